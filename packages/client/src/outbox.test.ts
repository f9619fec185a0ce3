import type { Outbox, OutboxChange, OutboxRow } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, renamed } from '../../../test-support/order-models.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'
import { memoryOutbox } from './memory-outbox.ts'

/** An outbox that writes when a test lets it, or fails to. */
class HeldOutbox implements Outbox {
  readonly rows = new Map<string, OutboxRow>()
  #waiting: { readonly change: OutboxChange; readonly done: (failure?: Error) => void }[] = []
  writes = 0

  write(change: OutboxChange): Promise<void> {
    this.writes++
    // Calls never overlap.
    expect(this.#waiting).toEqual([])
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, done: (failure) => (failure === undefined ? resolve() : reject(failure)) })
    })
  }

  get isWriting(): boolean {
    return this.#waiting.length > 0
  }

  finish(): void {
    for (const { change, done } of this.#waiting.splice(0)) {
      for (const row of change.put) {
        const before = this.rows.get(row.id)
        // A sealed row never changes.
        if (before?.n !== undefined && before.lane === row.lane) expect(row).toEqual(before)
        this.rows.set(row.id, row)
      }
      for (const id of change.remove) this.rows.delete(id)
      done()
    }
  }

  fail(): void {
    for (const { done } of this.#waiting.splice(0)) done(new Error('The disk is full.'))
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

const customersIn = (rows: Iterable<OutboxRow>): string[] =>
  [...rows].map(({ action }) => (action.payload as { customer: string }).customer)
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
    expect([...outbox.rows.values()]).toEqual([
      { id: expect.any(String), action: ann.sync.pending()[0], lane: expect.any(String), n: 1 },
    ])
  })

  it('dispatched offline is written open, and sealed when there is a connection', async () => {
    ann.dispatch(created('1', 'first'))
    await finishAll()
    expect([...outbox.rows.values()]).toEqual([{ id: expect.any(String), action: ann.sync.pending()[0] }])
    await connect()
    await finishAll()
    expect([...outbox.rows.values()]).toMatchObject([{ n: 1 }])
    expect(outbox.writes).toBe(2)
  })

  it('leaves the outbox when it is settled', async () => {
    await connect()
    for (const customer of ['first', 'second']) ann.dispatch(created('1', customer))
    await finishAll()
    const { lane } = [...outbox.rows.values()][0]!
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    server.connection.say({ type: 'rejected', lane, n: 2, final: true, code: 'refused', message: 'No.' })
    await finishAll()
    expect(outbox.rows.size).toBe(0)
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
    expect([...outbox.rows.values()].map(({ n }) => n)).toEqual([1, 2, 3])
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
    expect(customersIn(outbox.rows.values())).toEqual(['first', 'second'])
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
    const { lane } = [...outbox.rows.values()][0]!
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await server.run(0)
    outbox.fail()
    await server.run(1_000)
    await finishAll()
    expect(outbox.rows.size).toBe(0)
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
    const { lane } = [...outbox.rows.values()][0]!
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
    expect([...outbox.rows.values()].map((row) => [row.lane === pushes[0]!.lane, row.n])).toEqual([
      [true, 1],
      [true, 2],
    ])
  })
})

describe('memoryOutbox', () => {
  it('keeps rows in order, replaces them by their ids and takes them away', async () => {
    const memory = memoryOutbox()
    const action = { ...created('1'), meta: { foldback: { id: 'a', at: 1, actor: 'ann' } } }
    const [a, b] = ['a', 'b'].map((id) => ({ id, action }))
    await memory.write({ put: [a!, b!], remove: [] })
    await memory.write({ put: [{ ...a!, lane: 'L', n: 1 }], remove: [] })
    expect(memory.rows).toEqual([{ ...a, lane: 'L', n: 1 }, b])
    await memory.write({ put: [], remove: ['a', 'nobody'] })
    expect(memory.rows).toEqual([b])
  })
})

describe('an outbox', () => {
  it('that throws at once has failed like one that rejects: the action is tried again', async () => {
    let isBroken = true
    const breaking: Outbox = {
      write: (change) => {
        if (isBroken) throw new Error('No storage in this window.')
        return memoryOutbox().write(change)
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
