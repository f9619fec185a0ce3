import { SeededRandom } from '@foldback/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created } from '../../../../test-support/order-models.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { LaneLost, Outbox } from './outbox.ts'
import { actionKey, type ActionRow, laneKey } from './rows.ts'

const random = new SeededRandom(1)
let storage: MemoryOutbox

beforeEach(() => {
  storage = new MemoryOutbox()
})

async function open(user?: string): Promise<Outbox> {
  const outbox = new Outbox(storage, random)
  await outbox.open()
  if (user !== undefined) await outbox.signedIn(user)
  return outbox
}

function row(n?: number): ActionRow {
  const action = { ...created('1'), meta: { foldback: { id: random.id(), at: 0, actor: 'ann' } } }
  return n === undefined ? { action } : { action, n }
}

async function write(outbox: Outbox, ...rows: readonly ActionRow[]): Promise<void> {
  const put = rows.map((each, order) => ({ key: actionKey(outbox.lane, order), row: each }))
  await outbox.write({ put, remove: [], rejections: [] })
}

const laneRow = (lane: string): Promise<unknown> =>
  storage.transact('read', (rows) => rows.get(laneKey(lane)))

describe('adopting', () => {
  it('gives what is sealed in the order of its numbers, in whatever order its rows are', async () => {
    const first = await open()
    await write(first, row(2), row(3), row(1))
    first.close()
    const { lanes } = await (await open()).adopt(() => 1)
    expect(lanes.map(({ sealed }) => sealed.map((each) => each.row.n))).toEqual([[1, 2, 3]])
  })

  it('takes all that a page has left or nothing, also what that had taken over before it knew its user', async () => {
    const nobody = await open()
    await write(nobody, row(1))
    nobody.close()
    const first = await open()
    await first.adopt(() => 1)
    await first.signedIn('ann')
    await write(first, row(1))
    first.close()
    expect((await (await open('bob')).adopt(() => 1)).lanes).toEqual([])
    expect((await (await open('ann')).adopt(() => 1)).lanes).toHaveLength(2)
  })
})

describe('a page whose lane another one has adopted', () => {
  it('writes nothing to it, also when it is about to become another page while that is tried', async () => {
    const first = await open()
    await write(first, row())
    // Its lock is free, as that of a page that sleeps.
    first.close()
    const second = await open()
    await second.adopt(() => 1)
    const { lane } = first
    const failure = write(first, row(), row()).catch((thrown: unknown) => thrown)
    await first.leave()
    expect(await failure).toBeInstanceOf(LaneLost)
    expect(await laneRow(lane)).toBeUndefined()
  })
})
