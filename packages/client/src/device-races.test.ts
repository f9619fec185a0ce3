import type { OutboxStorage, OutboxTransaction, StampedAction } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created } from '../../../test-support/order-models.ts'
import { createUser, type UserOptions } from '../../../test-support/store-user.ts'
import { MemoryOutbox } from './outbox/memory-outbox.ts'
import { Outbox } from './outbox/outbox.ts'

type Mode = 'read' | 'write' | 'strict'

/** One page's view of a shared device. */
class PageStorage implements OutboxStorage {
  readonly #device: MemoryOutbox
  #held: (() => void)[] = []
  isDead = false
  /** No Web Locks: every lock is free. */
  hasLocks = true
  beforeTransact: (mode: Mode) => Promise<void> | undefined = () => undefined
  beforeLock: (name: string) => Promise<void> | undefined = () => undefined
  constructor(device: MemoryOutbox) {
    this.#device = device
  }
  open = async () => 'durable' as const
  persist = async () => 'durable' as const
  async transact<R>(mode: Mode, run: (rows: OutboxTransaction) => Promise<R>): Promise<R> {
    if (this.isDead) return new Promise(() => {})
    await this.beforeTransact(mode)
    return this.#device.transact(mode, run)
  }
  async lock(name: string) {
    await this.beforeLock(name)
    if (!this.hasLocks) return () => {}
    const release = await this.#device.lock(name)
    if (release !== undefined) this.#held.push(release)
    return release
  }
  /** The page crashes. */
  die(): void {
    this.isDead = true
    for (const release of this.#held) release()
  }
}

function gate() {
  let open!: () => void
  const promise = new Promise<void>((resolve) => (open = resolve))
  return { promise, open }
}

let server: FakeServer
let device: MemoryOutbox
beforeEach(() => {
  server = new FakeServer()
  device = new MemoryOutbox()
})

function page(options: UserOptions = {}, hasLocks = true) {
  const storage = new PageStorage(device)
  storage.hasLocks = hasLocks
  const user = createUser(server, { outbox: storage, ...options })
  return { ...user, storage }
}
const customers = (actions: readonly StampedAction[]) =>
  actions.map(({ payload }) => (payload as { customer: string }).customer)
const allRows = () => device.transact('read', (rows) => rows.list(''))
const setActor = (actor: string) => device.transact('write', async (rows) => rows.put('actor', actor))

describe('what was never written, after the lane was lost', () => {
  it('outlives the page', async () => {
    const one = page({}, false)
    one.dispatch(created('1', 'a'))
    await server.run(0)
    const two = page({}, false)
    two.sync.connect()
    await server.run(0)
    expect(customers(two.sync.pending())).toEqual(['a'])
    one.dispatch(created('2', 'b'))
    await server.run(10_000)
    expect(customers(one.sync.pending())).toEqual(['b'])
    expect(one.sync.status.queued).toBe(1)
    one.storage.die()
    two.storage.die()
    const three = page()
    three.sync.connect()
    await server.run(10_000)
    expect(customers(three.sync.pending()).sort()).toEqual(['a', 'b'])
  })
})

describe('an action dispatched while a page that reconnects finds its lane lost', () => {
  it('is not dropped', async () => {
    const one = page({}, false)
    one.sync.connect()
    await server.welcome()
    one.dispatch(created('1', 'a'))
    await server.run(0)
    const [push] = server.connection.take('push')
    server.connection.say({ type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] })
    await server.run(0)
    server.connection.close(1006)
    const two = page({}, false)
    two.sync.connect()
    await server.run(0)
    two.storage.die()
    // It was connection of one, then of two
    const before = server.connections.length
    await server.run(2_000)
    expect(server.connections.length).toBeGreaterThan(before)
    const slow = gate()
    one.storage.beforeLock = () => slow.promise
    // the newest connection is one's
    server.connection.open()
    await server.run(0)
    const b = created('2', 'b')
    one.dispatch(b)
    const outcome = one.sync.settled(b).then(
      () => 'settled',
      (e: { code: string }) => e.code,
    )
    await server.run(0)
    slow.open()
    await server.run(0)
    expect(customers(one.sync.pending())).toEqual(['b'])
    expect(await Promise.race([outcome, Promise.resolve('pending')])).toBe('pending')
  })
})

describe('adopting from two pages, of which the second fails', () => {
  it('does not lose the first', async () => {
    const one = page()
    one.dispatch(created('1', 'a'))
    const two = page()
    two.dispatch(created('2', 'b'))
    await server.run(0)
    one.storage.die()
    two.storage.die()
    const three = page()
    let count = 0
    three.storage.beforeTransact = (mode) =>
      mode === 'strict' && ++count === 2 ? Promise.reject(new Error('disk hiccup')) : undefined
    three.sync.connect()
    await server.welcome()
    await server.run(60_000)
    expect(customers(three.sync.pending()).sort()).toEqual(['a', 'b'])
  })
})

describe('settled', () => {
  it('of an action discarded before it was asked for rejects', async () => {
    const one = page()
    const a = created('1', 'a')
    one.dispatch(a)
    await server.run(0)
    one.sync.discard(a)
    await server.run(0)
    const answer = one.sync.settled(a).then(
      () => 'settled',
      (e: { code: string }) => e.code,
    )
    await server.run(0)
    expect(await Promise.race([answer, Promise.resolve().then(() => 'never')])).toBe('discarded')
  })
})

describe('signing out while the records of a new login are read', () => {
  it('shows nothing of the one who has left', async () => {
    // What an earlier page of ann's kept
    const first = page({ limits: { cacheMs: 10 } })
    first.sync.connect()
    await server.welcome()
    first.sync.subscribe(first.sync.models[0], '1')
    await server.run(0)
    server.connection.say({
      type: 'snapshot',
      model: 'order',
      id: '1',
      version: 1,
      eventId: 'e1',
      state: { id: '1', customer: 'secret', isSecret: false },
      marks: {},
    })
    first.dispatch(created('2', 'refused'))
    await server.run(0)
    const [push] = server.connection.take('push')
    server.connection.say({
      type: 'rejected',
      lane: push!.lane,
      n: 1,
      final: true,
      code: 'refused',
      message: 'No.',
    })
    await server.run(1_000)
    await first.sync.signOut()
    first.storage.die()

    const second = page()
    second.sync.subscribe(second.sync.models[0])
    second.sync.connect()
    const slow = gate()
    await server.run(0)
    let reads = 0
    second.storage.beforeTransact = (mode) => (mode === 'read' && ++reads > 1 ? slow.promise : undefined)
    await server.welcome()
    await server.run(0)
    second.storage.beforeTransact = () => undefined
    const out = second.sync.signOut()
    expect(second.order('1')).toBeUndefined()
    // Reading that takes too long is not waited for.
    await server.run(20_000)
    await out
    slow.open()
    await server.run(1_000)
    expect(second.sync.status.actor).toBeUndefined()
    expect.soft(second.sync.rejected).toEqual([])
    expect.soft(second.order('1')).toBeUndefined()
  })
})

describe('adopting while the user changes', () => {
  it('never makes the actions of the first one another user’s', async () => {
    await setActor('ann')
    const d1 = page()
    const d2 = page()
    d1.dispatch(created('x', 'opens'))
    d2.dispatch(created('y', 'opens'))
    await server.run(0)
    d1.dispatch(created('1', 'of ann 1'))
    d2.dispatch(created('2', 'of ann 2'))
    await server.run(0)
    expect(
      (await allRows())
        .filter(([key]) => key.startsWith('lane/'))
        .map(([, row]) => (row as { actor: string }).actor),
    ).toEqual(['ann', 'ann'])
    let name = 'ann'
    const one = page({ token: () => name })
    one.sync.connect()
    await server.welcome()
    one.dispatch(created('0', 'settled'))
    await server.run(0)
    const [push] = server.connection.take('push')
    server.connection.say({ type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] })
    await server.run(0)
    server.connection.close(1006)
    while (server.connections.length < 2) await server.run(100)
    d1.storage.die()
    d2.storage.die()
    const check = gate()
    let reads = 0
    one.storage.beforeTransact = (mode) => (mode === 'read' && ++reads === 1 ? check.promise : undefined)
    // A lane that has begun, so that check() reads
    server.connection.open()
    await server.run(0)
    const write = gate()
    one.storage.beforeTransact = (mode) => (mode === 'strict' ? write.promise : undefined)
    one.dispatch(created('3', 'of ann 3'))
    await server.run(0)
    const out = one.sync.signOut()
    await server.run(0)
    one.storage.beforeTransact = () => undefined
    let locks = 0
    const second = gate()
    one.storage.beforeLock = () => (++locks === 2 ? second.promise : undefined)
    check.open()
    await server.run(0)
    write.open()
    await server.run(0)
    second.open()
    await server.run(0)
    await out
    expect(reads).toBe(1)
    expect(locks).toBeGreaterThan(2)
    expect(one.sync.status.actor).toBeUndefined()
    expect.soft(customers(one.sync.pending())).toEqual([])
    name = 'bob'
    one.sync.connect()
    await server.welcome({ actor: 'bob' })
    await server.run(10_000)
    expect(server.connections.flatMap((c) => c.take('push').flatMap(({ actions }) => actions))).toEqual([])
  })
})

describe('retry twice (a double click)', () => {
  it('dispatches once', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    one.dispatch(created('1', 'a'))
    await server.run(0)
    const [push] = server.connection.take('push')
    server.connection.say({
      type: 'rejected',
      lane: push!.lane,
      n: 1,
      final: true,
      code: 'refused',
      message: 'No.',
    })
    await server.run(0)
    const [rejection] = one.sync.rejected
    one.sync.retry(rejection!)
    try {
      one.sync.retry(rejection!)
    } catch {}
    expect(one.sync.pending()).toHaveLength(1)
  })
})

describe('an adopted action that this build cannot bring up to date', () => {
  it('is listed as pending, so that it can be discarded', async () => {
    await setActor('ann')
    const action = {
      type: 'order/ancient',
      payload: {},
      meta: { foldback: { id: 'x1', at: 0, actor: 'ann' } },
    }
    await device.transact('write', async (rows) => {
      rows.put('lane/laneofanolderpage', { actor: 'ann', page: 'gone' })
      rows.put('action/laneofanolderpage/0000000000000001', { action, n: 1 })
    })
    const one = page()
    one.sync.connect()
    await server.run(0)
    expect(one.sync.status.pending).toBe(1)
    expect(one.sync.pending()).toHaveLength(1)
  })
})

describe('who waits for an action of a user who has left', () => {
  it('hears something when the user is back and another page has settled it', async () => {
    let name = 'ann'
    const one = page({ token: () => name })
    one.sync.connect()
    await server.welcome()
    const a = created('1', 'a')
    one.dispatch(a)
    let said = 'nothing'
    one.sync.settled(a).then(
      () => (said = 'settled'),
      (e: { code: string }) => (said = e.code),
    )
    await server.run(0)
    await (async () => {
      const o = one.sync.signOut()
      await server.run(0)
      await o
    })()
    // another tab of ann's takes and settles it
    const two = page()
    two.sync.connect()
    await server.welcome()
    await server.run(0)
    // actor was removed by the sign-out: adopts after welcome, and reconnects
    await server.welcome()
    const pushes = server.connection.take('push')
    const lane = pushes[0]!.lane
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await server.run(0)
    expect(two.sync.pending()).toEqual([])
    // ann is back on the first page
    one.sync.connect()
    await server.welcome()
    await server.run(60_000)
    expect(one.sync.status.actor).toBe('ann')
    expect(said).not.toBe('nothing')
  })
})

describe('an accepted action that has no place yet', () => {
  it('is not shown any more when its user leaves', async () => {
    let name = 'ann'
    const one = page({ token: () => name })
    one.sync.connect()
    await server.welcome()
    one.dispatch(created('1', 'a'))
    await server.run(0)
    const [push] = server.connection.take('push')
    server.connection.say({ type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] })
    await server.run(0)
    expect(one.sync.pending()).toEqual([])
    expect(one.order('1')?.customer).toBe('a')
    const out = one.sync.signOut()
    await server.run(0)
    await out
    expect(one.order('1')).toBeUndefined()
    name = 'bob'
    one.sync.connect()
    await server.welcome({ actor: 'bob' })
    expect(one.order('1')).toBeUndefined()
  })
})

describe('a user who is back on a device whose storage fails', () => {
  const refuse = (what: Mode | 'all') => (mode: Mode) =>
    what === 'all' || mode === what ? Promise.reject(new Error('The disk has failed.')) : undefined

  async function cameAndWent() {
    const one = page()
    one.sync.connect()
    await server.welcome()
    server.connection.close(1006)
    return one
  }

  async function leave(one: ReturnType<typeof page>) {
    void one.sync.signOut()
    await server.run(0)
    // That ends the waiting for what cannot be written.
    one.sync.connect()
    await server.run(6_000)
    expect(one.sync.status.actor).toBeUndefined()
  }

  it('has what was never written, behind what was, once the storage answers', async () => {
    const one = await cameAndWent()
    one.dispatch(created('1', 'a'))
    await server.run(0)
    one.storage.beforeTransact = refuse('strict')
    const b = created('2', 'b')
    one.dispatch(b)
    await server.run(0)
    await leave(one)
    one.storage.beforeTransact = refuse('all')
    await server.welcome()
    expect(one.sync.status.actor).toBe('ann')
    one.storage.beforeTransact = () => undefined
    await server.run(60_000)
    expect(customers(one.sync.pending())).toEqual(['a', 'b'])
    expect(one.sync.status.queued).toBe(2)
  })

  it('gets what was being sealed, and failed, into a lane after all', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    const slow = gate()
    one.storage.beforeTransact = (mode) =>
      mode === 'strict' ? slow.promise.then(() => refuse('strict')(mode)) : undefined
    one.dispatch(created('1', 'a'))
    await server.run(0)
    await leave(one)
    slow.open()
    await server.run(0)
    one.storage.beforeTransact = () => undefined
    await server.welcome()
    await server.run(60_000)
    const [push] = server.connection.take('push')
    expect(push?.n).toBe(1)
    expect(customers(push!.actions as StampedAction[])).toEqual(['a'])
  })

  it('is not told that a discarded action never happens which another page has adopted meanwhile', async () => {
    const one = await cameAndWent()
    const a = created('1', 'a')
    one.dispatch(a)
    await server.run(100)
    let said = 'nothing'
    one.sync.settled(a).then(
      () => (said = 'settled'),
      ({ code }: { code: string }) => (said = code),
    )
    one.storage.beforeTransact = refuse('strict')
    one.sync.discard(a)
    await server.run(0)
    await leave(one)
    one.storage.beforeTransact = () => undefined
    await server.run(60_000)
    expect(said).toBe('taken-over')
  })

  it.each(['was being written', 'was written'])('hears of what an edit has replaced that %s', async (how) => {
    const one = await cameAndWent()
    const slow = gate()
    const isSlow = how === 'was being written'
    if (isSlow) one.storage.beforeTransact = (mode) => slow.promise.then(() => refuse('strict')(mode))
    const a = created('1', 'a')
    one.dispatch(a)
    await server.run(100)
    let said = 'nothing'
    one.sync.settled(a).then(
      () => (said = 'settled'),
      ({ code }: { code: string }) => (said = code),
    )
    one.sync.edit(a, created('1', 'better'))
    if (!isSlow) one.storage.beforeTransact = refuse('strict')
    slow.open()
    await server.run(0)
    await leave(one)
    await server.welcome()
    one.storage.beforeTransact = () => undefined
    await server.run(60_000)
    expect(customers(one.sync.pending())).toEqual(['better'])
    expect(said).toBe('discarded')
  })
})

describe('another user while the disk is full', () => {
  it('signing out shows nothing more of the first one at once, and ends when somebody else comes', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    one.storage.beforeTransact = (mode) =>
      mode === 'strict' ? Promise.reject(new Error('QuotaExceeded')) : undefined
    one.dispatch(created('1', 'a'))
    await server.run(0)
    let isOut = false
    void one.sync.signOut().then(() => (isOut = true))
    await server.run(600_000)
    expect(one.order('1')).toBeUndefined()
    expect(isOut).toBe(false)
    expect(one.sync.status).toMatchObject({ pending: 1, queued: 0 })
    one.sync.connect()
    await server.run(6_000)
    expect(isOut).toBe(true)
    await server.welcome({ actor: 'bob' })
    expect(one.sync.status).toMatchObject({ actor: 'bob', phase: 'connected', pending: 0 })
    expect(one.order('1')).toBeUndefined()
  })
  it('nor to another one', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    one.storage.beforeTransact = (mode) =>
      mode === 'strict' ? Promise.reject(new Error('QuotaExceeded')) : undefined
    one.dispatch(created('1', 'a'))
    await server.run(0)
    server.connection.close(1006)
    while (server.connections.length < 2) await server.run(100)
    await server.welcome({ actor: 'bob' })
    await server.run(6_000)
    expect.soft(one.order('1')).toBeUndefined()
    await server.welcome({ actor: 'bob' })
    expect.soft(one.sync.status).toMatchObject({ actor: 'bob', phase: 'connected' })
  })
})

describe('a write that has not begun when the page leaves its lane', () => {
  it('does not write to the lane under the new page’s name', async () => {
    const outbox = new Outbox(device, server.random)
    await outbox.open()
    const lane = outbox.lane
    const action = { type: 'order/x', meta: { foldback: { id: 'x', at: 0, actor: '' } } } as StampedAction
    const put = [{ key: `action/${lane}/1`, row: { action, n: 1 } }]
    await outbox.write({ put, remove: [], rejections: [] })
    // another page adopts
    await device.transact('write', async (rows) => rows.put(`lane/${lane}`, { actor: '', page: 'other' }))
    const writing = outbox.write({ put, remove: [], rejections: [] })
    const leaving = outbox.leave()
    await expect(writing).rejects.toThrow('another page')
    await leaving
  })
})

describe('settled rows when the disk is full', () => {
  it('are removed although new ones cannot be put', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    one.dispatch(created('1', 'a'))
    await server.run(0)
    const [push] = server.connection.take('push')
    // room for one row of an action
    one.storage.transact = (
      (original) => async (mode: Mode, run: (rows: OutboxTransaction) => Promise<unknown>) =>
        original.call(one.storage, mode, async (rows: OutboxTransaction) => {
          const keys = new Set((await rows.list('action/')).map(([key]) => key))
          const result = await run({
            ...rows,
            put: (k, v) => {
              if (k.startsWith('action/')) keys.add(k)
              rows.put(k, v)
            },
            remove: (k) => {
              rows.remove(k)
            },
          })
          if (keys.size > 1) throw new Error('QuotaExceeded')
          return result
        })
    )(one.storage.transact) as never
    server.connection.say({ type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] })
    one.dispatch(created('2', 'b'))
    await server.run(60_000)
    expect(server.connection.take('push')).toHaveLength(1)
  })
})

describe('a storage that answers after it was given up', () => {
  it('does not change who the user is', async () => {
    await setActor('old')
    const one = page({ token: () => 'ann' })
    const slow = gate()
    let n = 0
    one.storage.beforeTransact = () => (n++ === 0 ? slow.promise : undefined)
    one.sync.connect()
    await server.run(5_000)
    expect(one.sync.status.storage).toBe('page')
    await server.welcome()
    expect(one.sync.status.actor).toBe('ann')
    slow.open()
    await server.run(1_000)
    one.dispatch(created('1', 'a'))
    await server.run(0)
    expect(one.sync.status.actor).toBe('ann')
    expect(one.sync.pending()[0]!.meta.foldback.actor).toBe('ann')
  })
})

describe('a queue that a page takes over more slowly than it connects', () => {
  it('is sent all the same', async () => {
    const one = page({ limits: { openMsMax: 100 } })
    one.sync.connect()
    await server.welcome()
    const meta = { foldback: { id: 'of-a-page-that-is-gone', at: 0, actor: 'ann' } }
    await device.transact('write', async (rows) => {
      rows.put('lane/laneofapagethatisgone', { actor: 'ann', page: 'gone' })
      rows.put('action/laneofapagethatisgone/0000000000000001', {
        action: { ...created('1', 'left behind'), meta },
        n: 1,
      })
    })
    const { promise, open } = gate()
    one.storage.beforeTransact = () => promise
    server.connection.close(1006)
    while (server.connection.isClosed || server.connections.length < 2) await server.run(100)
    server.connection.open()
    // It waits for its device as long as it may, and says who it is without.
    await server.run(100)
    expect(server.connection.take('hello')).toMatchObject([{ lanes: [{}] }])
    await server.welcomeAgain()
    const before = server.connection
    open()
    await server.run(0)
    expect(server.connection).not.toBe(before)
    await server.welcome()
    expect(server.connection.take('push')).toMatchObject([{ lane: 'laneofapagethatisgone', n: 1 }])
  })
})

describe('more lanes than a server takes', () => {
  it('are all sent in one connection after the other', async () => {
    await setActor('ann')
    await device.transact('write', async (rows) => {
      for (let i = 0; i < 150; i++) {
        const name = `laneofanolderpage${String(i).padStart(4, '0')}`
        const action = {
          ...created(String(i), 'c' + i),
          meta: { foldback: { id: 'x' + i, at: 0, actor: 'ann' } },
        }
        rows.put(`lane/${name}`, { actor: 'ann', page: 'gone' + i })
        rows.put(`action/${name}/0000000000000001`, { action, n: 1 })
      }
    })
    const one = page()
    one.sync.connect()
    await server.welcome()
    const settle = async () => {
      for (const { lane, n, actions } of server.connection.take('push'))
        server.connection.say({ type: 'settled', lane, from: n, to: n + actions.length - 1, places: [] })
      await server.run(0)
    }
    await settle()
    one.dispatch(created('new', 'new'))
    await server.run(0)
    await server.welcome()
    await settle()
    await settle()
    expect(server.connections).toHaveLength(2)
    expect(one.sync.status.phase).toBe('connected')
    expect(one.sync.status.pending).toBe(0)
  })
})

describe('what a page whose lane was lost does to rows that are another one’s', () => {
  it('leaves nothing behind', async () => {
    const one = page({}, false)
    one.sync.connect()
    await server.welcome()
    const a = created('1', 'a')
    one.dispatch(a)
    await server.run(0)
    server.connection.close(1006)
    const two = page({}, false)
    two.sync.connect()
    await server.welcome()
    await server.run(0)
    const [push] = server.connection.take('push')
    expect(push).toBeDefined()
    server.connection.say({ type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] })
    await server.run(0)
    two.storage.die()
    one.sync.discard(a)
    await server.run(0)
    one.storage.die()
    const three = page()
    three.sync.connect()
    await server.welcome()
    await server.run(60_000)
    expect((await allRows()).filter(([key]) => key.startsWith('action/'))).toEqual([])
  })
})

describe('a storage that stops answering after it was opened', () => {
  for (const how of ['rejects', 'hangs'] as const) {
    it(`(${how}) leaves a page that can sign out and go on online`, async () => {
      const one = page()
      one.sync.connect()
      await server.welcome()
      one.dispatch(created('1', 'a'))
      await server.run(0)
      one.storage.beforeTransact = () =>
        how === 'hangs'
          ? new Promise(() => {})
          : Promise.reject(new Error('UnknownError: Connection to Indexed Database server lost'))
      server.connection.close(1006)
      for (let i = 0; i < 600; i++) {
        await server.run(1_000)
        if (!server.connection.isClosed) server.connection.open()
      }
      await server.run(0)
      expect.soft(server.connections.slice(1).flatMap((c) => c.take('hello')).length).toBeGreaterThan(0)
      let isOut = false
      void one.sync.signOut().then(() => (isOut = true))
      await server.run(600_000)
      expect.soft(isOut).toBe(true)
      expect.soft(one.order('1')).toBeUndefined()
    })
  }
})

describe('a record that was healed', () => {
  it('is kept as it was healed', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    one.sync.subscribe(one.sync.models[0], '1')
    await server.run(0)
    const snapshot = (customer: string) => ({
      type: 'snapshot',
      model: 'order',
      id: '1',
      version: 1,
      eventId: 'e1',
      state: { id: '1', customer, isSecret: false },
      marks: {},
    })
    server.connection.say(snapshot('wrong'))
    await server.run(2_000)
    server.connection.say(snapshot('right'))
    await server.run(2_000)
    expect(one.order('1')).toMatchObject({ customer: 'right' })
    one.sync.disconnect()
    await server.run(2_000)
    one.storage.die()
    const two = page()
    two.sync.subscribe(two.sync.models[0], '1')
    two.sync.connect()
    await server.run(100)
    expect(two.order('1')).toMatchObject({ customer: 'right' })
  })
})

describe('a lane that comes back to the page that had lost it', () => {
  it('has nothing that was settled before, and wedges nothing', async () => {
    const one = page({}, false)
    one.sync.connect()
    await server.welcome()
    one.dispatch(created('1', 'a'))
    one.dispatch(created('2', 'b'))
    await server.run(0)
    const first = server.connection
    const [push] = first.take('push')
    const two = page({}, false)
    two.sync.connect()
    await server.run(0)
    two.storage.die()
    first.say({
      type: 'settled',
      lane: push!.lane,
      from: 1,
      to: 1,
      places: [{ model: 'order', id: '1', version: 1 }],
    })
    await server.run(10_000)
    while (one.sync.status.phase !== 'connecting') await server.run(100)
    const lane = push!.lane
    // one has reconnected
    const now = server.connection
    expect(now).not.toBe(first)
    now.open()
    await server.run(0)
    const [hello] = now.take('hello')
    now.say({
      type: 'welcome',
      actor: 'ann',
      time: server.clock.now(),
      models: hello!.models,
      history: 'one',
      frameBytesMax: 1e6,
      silentMsMax: 60_000,
      lanes: hello!.lanes.map((each) => ({
        lane: each.lane,
        mark: each.lane === lane ? 1 : 0,
        refusals: [],
      })),
    })
    await server.run(0)
    now.take('push')
    now.say({ type: 'settled', lane, from: 2, to: 2, places: [] })
    await server.run(1_000)
    one.dispatch(created('3', 'c'))
    await server.run(120_000)
    expect.soft(customers(one.sync.pending())).toEqual(['c'])
    expect.soft(now.take('push')).toHaveLength(1)
    expect.soft(one.sync.status.phase).toBe('connected')
  })
})

describe('discarding what another page has taken over, or of a user who has left', () => {
  it('says that it cannot be', async () => {
    const one = page({}, false)
    const a = created('1', 'a')
    one.dispatch(a)
    await server.run(0)
    const two = page({}, false)
    two.sync.connect()
    await server.run(0)
    one.dispatch(created('2', 'b'))
    await server.run(0)
    expect(customers(one.sync.pending())).toEqual(['b'])
    expect(() => one.sync.discard(a)).toThrow('another page')
  })
  it('does not come true later', async () => {
    const one = page()
    one.sync.connect()
    await server.welcome()
    const a = created('1', 'a')
    one.dispatch(a)
    await server.run(0)
    expect(server.connection.take('push')).toHaveLength(1)
    const out = one.sync.signOut()
    await server.run(0)
    await out
    let thrown: unknown
    try {
      one.sync.discard(a)
    } catch (error) {
      thrown = error
    }
    await server.run(0)
    one.sync.connect()
    await server.welcome()
    await server.run(0)
    await server.welcome()
    const [push] = server.connection.take('push')
    expect(thrown !== undefined || JSON.stringify(push!.actions).includes('foldback/cancelled')).toBe(true)
  })
})
