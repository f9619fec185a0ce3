import type { OutboxStorage, OutboxTransaction, StampedAction } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, renamed } from '../../../test-support/order-models.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'
import { MemoryOutbox } from './outbox/memory-outbox.ts'

interface Row {
  readonly action: StampedAction
  readonly lane: string
  readonly n?: number
}

/** An outbox that writes when a test lets it, or fails to. */
class HeldOutbox extends MemoryOutbox {
  #waiting: ((failure?: Error) => void)[] = []
  writes = 0

  override async transact<Result>(
    mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result> {
    if (mode !== 'strict') return super.transact(mode, run)
    this.writes++
    // Calls never overlap.
    expect(this.#waiting).toEqual([])
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push((failure) => (failure === undefined ? resolve() : reject(failure)))
    })
    const before = await this.rows()
    const result = await super.transact(mode, run)
    const after = await this.rows()
    // A sealed row never changes.
    for (const row of before.filter(({ n }) => n !== undefined)) {
      const same = after.find(({ lane, n }) => lane === row.lane && n === row.n)
      if (same !== undefined) expect(same).toEqual(row)
    }
    return result
  }

  /** The rows of actions, oldest first. */
  rows(): Promise<Row[]> {
    return super.transact('read', async (rows) =>
      (await rows.list('action/')).map(([key, row]) => ({
        ...(row as unknown as Omit<Row, 'lane'>),
        lane: key.split('/')[1]!,
      })),
    )
  }

  get isWriting(): boolean {
    return this.#waiting.length > 0
  }

  finish(): void {
    for (const done of this.#waiting.splice(0)) done()
  }

  fail(): void {
    for (const done of this.#waiting.splice(0)) done(new Error('The disk is full.'))
  }
}

let server: FakeServer
let outbox: HeldOutbox
let ann: StoreUser

beforeEach(() => {
  server = new FakeServer()
  outbox = new HeldOutbox()
  ann = createUser(server, { outbox })
})

const customersIn = (rows: readonly Row[]): string[] =>
  rows.map(({ action }) => (action.payload as { customer: string }).customer)
const pushed = (): { n: number; customers: string[] }[] =>
  server.connection.take('push').map(({ n, actions }) => ({
    n,
    customers: (actions as { payload: { customer: string } }[]).map(({ payload }) => payload.customer),
  }))

async function connect(): Promise<void> {
  ann.sync.connect()
  await server.welcome()
  server.connection.frames.length = 0
}

/** Writes what is to be written, until nothing is left. */
async function finishAll(): Promise<void> {
  for (await server.run(0); outbox.isWriting; await server.run(0)) outbox.finish()
}

describe('an action', () => {
  it('is not sent before the outbox has it', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    await server.run(60_000)
    expect(pushed()).toEqual([])
    await finishAll()
    expect(pushed()).toEqual([{ n: 1, customers: ['first'] }])
    expect(await outbox.rows()).toEqual([{ action: ann.sync.pending()[0], lane: expect.any(String), n: 1 }])
  })

  it('dispatched offline is written open, and sealed when there is a connection', async () => {
    ann.dispatch(created('1', 'first'))
    await finishAll()
    expect(await outbox.rows()).toEqual([{ action: ann.sync.pending()[0], lane: expect.any(String) }])
    await connect()
    await finishAll()
    expect(await outbox.rows()).toMatchObject([{ n: 1 }])
    expect(outbox.writes).toBe(2)
  })

  it('leaves the outbox when it is settled', async () => {
    await connect()
    for (const customer of ['first', 'second']) ann.dispatch(created('1', customer))
    await finishAll()
    const { lane } = (await outbox.rows())[0]!
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    server.connection.say({ type: 'rejected', lane, n: 2, final: true, code: 'refused', message: 'No.' })
    await finishAll()
    expect(await outbox.rows()).toEqual([])
  })

  it('dispatched while others are being written comes after them', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    await server.run(0)
    ann.dispatch(created('1', 'second'))
    await finishAll()
    ann.dispatch(created('1', 'third'))
    await finishAll()
    expect(pushed().flatMap(({ customers }) => customers)).toEqual(['first', 'second', 'third'])
    expect((await outbox.rows()).map(({ n }) => n)).toEqual([1, 2, 3])
  })

  it('that never came to stand is never written', async () => {
    await connect()
    expect(() => ann.dispatch(created('1', 'throw in the journal'))).toThrow('The journal is full.')
    await server.run(60_000)
    expect(outbox.writes).toBe(0)
  })
})

describe('an outbox that fails to write', () => {
  it('is told of, and tried again until it does, with nothing lost and in order', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    await server.run(0)
    outbox.fail()
    await server.run(0)
    expect(ann.sync.status).toMatchObject({
      phase: 'connected',
      pending: 1,
      error: { code: 'outbox-failed' },
    })
    expect(ann.warnings).toHaveLength(1)
    ann.dispatch(created('1', 'second'))
    await server.run(1_000)
    outbox.fail()
    await server.run(1_000)
    expect(pushed()).toEqual([])
    await finishAll()
    expect(pushed()).toEqual([{ n: 1, customers: ['first', 'second'] }])
    expect(customersIn(await outbox.rows())).toEqual(['first', 'second'])
    expect(ann.sync.status.error).toBeUndefined()
  })

  it('is not hurried by new actions', async () => {
    ann.dispatch(created('1', 'first'))
    await server.run(0)
    outbox.fail()
    await server.run(0)
    const { writes } = outbox
    for (let count = 0; count < 10; count++) {
      ann.dispatch(created('1'))
      await server.run(50)
    }
    expect(outbox.writes).toBe(writes)
  })

  it('removes later what it failed to remove', async () => {
    await connect()
    ann.dispatch(created('1'))
    await finishAll()
    const { lane } = (await outbox.rows())[0]!
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await server.run(0)
    outbox.fail()
    await server.run(1_000)
    await finishAll()
    expect(await outbox.rows()).toEqual([])
  })

  it('while the connection goes away and comes back gives each action one number', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    await server.run(0)
    outbox.fail()
    server.connection.close(1006)
    await server.run(1_000)
    ann.dispatch(created('1', 'second'))
    outbox.finish()
    await server.welcome()
    await finishAll()
    expect(pushed()).toEqual([{ n: 1, customers: ['first', 'second'] }])
  })
})

describe('a new lane', () => {
  it('takes over what is being written at that moment', async () => {
    await connect()
    ann.dispatch(created('1', 'settled'))
    await finishAll()
    const { lane } = (await outbox.rows())[0]!
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await finishAll()
    ann.dispatch(renamed('1', 'first'))
    await server.run(0)
    expect(outbox.isWriting).toBe(true)
    server.connection.close(1006)
    await server.run(500)
    // The server has lost what it had settled.
    await server.welcome({ mark: 0 })
    ann.dispatch(renamed('1', 'second'))
    await server.welcome()
    server.connection.frames.length = 0
    await finishAll()
    const pushes = server.connection.take('push')
    expect(pushes.map(({ n, actions }) => [n, actions.length])).toEqual([[1, 2]])
    expect(pushes[0]!.lane).not.toBe(lane)
    expect((await outbox.rows()).map((row) => [row.lane === pushes[0]!.lane, row.n])).toEqual([
      [true, 1],
      [true, 2],
    ])
  })
})

describe('an outbox', () => {
  it('that throws at once has failed like one that rejects: the action is tried again', async () => {
    let isBroken = true
    const memory = new MemoryOutbox()
    const breaking: OutboxStorage = {
      open: () => memory.open(),
      persist: () => memory.persist(),
      lock: (name) => memory.lock(name),
      transact: (mode, run) => {
        if (isBroken && mode === 'strict') throw new Error('No storage in this window.')
        return memory.transact(mode, run)
      },
    }
    const bob = createUser(server, { outbox: breaking })
    bob.sync.connect()
    await server.welcome()
    bob.dispatch(created('1'))
    await server.run(0)
    expect(bob.sync.status).toMatchObject({ pending: 1, error: { code: 'outbox-failed' } })
    isBroken = false
    await server.run(5_000)
    expect(pushed()).toHaveLength(1)
  })
})
