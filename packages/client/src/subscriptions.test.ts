import { FoldbackError } from '@foldback/core'
import { memoryStore, type StoreMemory } from '@foldback/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, models, renamed, themeSlice } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'

const [orders, note, theme] = models
let world: OrderWorld
let ann: StoreUser

beforeEach(async () => {
  world = await OrderWorld.start()
  await world.foreign(created('1'), created('2'))
  ann = await world.connected({ limits: { keepMs: 1_000 } })
})

describe('subscribing to a record', () => {
  it('loads it and keeps it live', async () => {
    expect(ann.sync.record(orders, '1')).toBeUndefined()
    expect(ann.sync.isLoaded(orders, '1')).toBe(false)
    ann.sync.subscribe(orders, '1')
    await world.run(1_000)
    expect(ann.sync.record(orders, '1')).toEqual({ id: '1', customer: 'Ada', isSecret: false })
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
    expect(ann.order('2')).toBeUndefined()
  })

  it('tells that there is none', async () => {
    ann.sync.subscribe(orders, '3')
    await world.run(1_000)
    expect(ann.sync.record(orders, '3')).toBeNull()
    expect(ann.sync.isLoaded(orders, '3')).toBe(true)
  })

  it('may be asked for before there is a connection', async () => {
    const bob = world.user({ name: 'bob' })
    bob.sync.subscribe(orders, '1')
    bob.sync.connect()
    await world.run(1_000)
    expect(bob.order('1')).toBeDefined()
  })

  it('is kept for a while after it is let go, and let go by all only when the last has', async () => {
    const releases = [ann.sync.subscribe(orders, '1'), ann.sync.subscribe(orders, '1')]
    await world.run(1_000)
    releases[0]!()
    releases[0]!()
    await world.run(10_000)
    expect(ann.order('1')).toBeDefined()
    releases[1]!()
    await world.run(999)
    expect(ann.order('1')).toBeDefined()
    await world.run(1)
    expect(ann.order('1')).toBeUndefined()
    expect(ann.sync.record(orders, '1')).toBeUndefined()
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')).toBeUndefined()
  })

  it('goes on without a word when it is asked for again in time', async () => {
    ann.sync.subscribe(orders, '1')()
    await world.run(500)
    const { order } = ann.store.getState()
    const { deliveries } = world.network
    ann.sync.subscribe(orders, '1')
    await world.run(10_000)
    expect(ann.store.getState().order).toBe(order)
    expect(world.network.deliveries).toBe(deliveries)
  })

  it('can be asked for again after it was let go', async () => {
    ann.sync.subscribe(orders, '1')()
    await world.run(10_000)
    await world.foreign(renamed('1', 'Zoe'))
    ann.sync.subscribe(orders, '1')
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
  })
})

describe('subscribing to a whole model', () => {
  it('loads all its records and keeps them live, new ones too', async () => {
    expect(ann.sync.isLoaded(orders)).toBe(false)
    ann.sync.subscribe(orders)
    await world.run(1_000)
    expect(ann.sync.isLoaded(orders)).toBe(true)
    expect(ann.store.getState().order.ids).toEqual(['1', '2'])
    await world.foreign(created('3'), renamed('2', 'Zoe'))
    await world.run(1_000)
    expect(ann.store.getState().order.ids).toEqual(['1', '2', '3'])
    expect(ann.order('2')?.customer).toBe('Zoe')
  })

  it('tells of every other record that there is none', async () => {
    ann.sync.subscribe(orders)
    await world.run(1_000)
    expect(ann.sync.record(orders, '3')).toBeNull()
  })

  it('leaves the records that are wanted by themselves when it is let go', async () => {
    const release = ann.sync.subscribe(orders)
    ann.sync.subscribe(orders, '1')
    await world.run(1_000)
    release()
    await world.run(2_000)
    expect(ann.store.getState().order.ids).toEqual(['1'])
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
  })
})

describe('what is there without being asked for', () => {
  it('is the one record of each model that everybody shares or that is the user’s own', async () => {
    expect([note, theme].map((model) => ann.sync.isLoaded(model))).toEqual([true, true])
    const elsewhere = await world.connected()
    elsewhere.dispatch(themeSlice.actions.painted('red'))
    const bob = await world.connected({ name: 'bob' })
    await world.run(1_000)
    expect(ann.sync.record(theme)).toEqual({ color: 'red' })
    expect(bob.sync.record(theme)).toEqual({ color: 'grey' })
  })

  it('is what one’s own action is for, until it is settled and a while longer', async () => {
    ann.dispatch(renamed('1', 'Eve'))
    // It is not loaded here, and the server will judge.
    expect(ann.order('1')).toBeUndefined()
    await world.run(900)
    expect(ann.order('1')?.customer).toBe('Eve')
    await world.run(2_000)
    expect(ann.order('1')).toBeUndefined()
  })

  it('is not what remains of an accepted action of which no more was heard', async () => {
    ann.dispatch(created('3'))
    // The server has it, and its answer is lost with the connection; at the next one only the outcome arrives.
    await world.runUntil(() => world.logged.length === 3)
    world.network.cutAll()
    await world.runUntil(() => ann.sync.status.phase === 'connected' && ann.sync.status.pending === 0)
    world.network.listen(undefined)
    await world.run(60_000)
    expect(ann.store.getState().order.ids).toEqual([])
  })
})

describe('a client that has disconnected', () => {
  it('keeps what it shows, and lets go of it when it is back', async () => {
    ann.sync.subscribe(orders, '1')()
    await world.run(500)
    ann.sync.disconnect()
    await world.run(60_000)
    expect(ann.order('1')).toBeDefined()
    ann.sync.connect()
    await world.run(500)
    expect(ann.order('1')).toBeDefined()
    await world.run(2_000)
    expect(ann.order('1')).toBeUndefined()
  })
})

describe('what a user may not read', () => {
  it('disappears, and comes back when that changes', async () => {
    world = await OrderWorld.start({
      rules: { order: { canRead: (order) => (order as { customer: string }).customer !== 'secret' } },
    })
    await world.foreign(created('1'))
    ann = await world.connected()
    ann.sync.subscribe(orders, '1')
    await world.run(1_000)
    await world.foreign(renamed('1', 'secret'))
    await world.run(1_000)
    expect(ann.order('1')).toBeUndefined()
    expect(ann.sync.record(orders, '1')).toBeNull()
    await world.foreign(renamed('1', 'public'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('public')
  })
})

describe('pending actions', () => {
  it('are told of for all, for a model and for a record, oldest first', () => {
    ann.sync.disconnect()
    ann.dispatch(renamed('1', 'Eve'))
    ann.dispatch(created('3'))
    ann.dispatch(themeSlice.actions.painted('red'))
    const types = (...args: Parameters<typeof ann.sync.pending>): string[] =>
      ann.sync.pending(...args).map(({ type }) => type)
    expect(types()).toEqual(['order/renamed', 'order/created', 'theme/painted'])
    expect(types(orders)).toEqual(['order/renamed', 'order/created'])
    expect(types(orders, '3')).toEqual(['order/created'])
    expect(types(orders, '2')).toEqual([])
    expect(types(theme)).toEqual(['theme/painted'])
    expect(types(note)).toEqual([])
  })

  it('are the same list until they change', async () => {
    ann.sync.disconnect()
    ann.dispatch(created('3'))
    const before = [
      ann.sync.pending(),
      ann.sync.pending(orders),
      ann.sync.pending(orders, '3'),
      ann.sync.pending(note),
    ]
    ann.dispatch(themeSlice.actions.painted('red'))
    const after = [
      ann.sync.pending(),
      ann.sync.pending(orders),
      ann.sync.pending(orders, '3'),
      ann.sync.pending(note),
    ]
    expect(after.map((list, index) => list === before[index])).toEqual([false, true, true, true])
  })
})

describe('letting go', () => {
  it('of a record is told to the server too while the whole model is subscribed', async () => {
    const server = new FakeServer()
    const { sync } = createUser(server, { limits: { keepMs: 1_000 } })
    sync.connect()
    const releaseRecord = sync.subscribe(orders, '1')
    await server.welcome()
    const releaseModel = sync.subscribe(orders)
    releaseRecord()
    await server.run(1_000)
    releaseModel()
    await server.run(1_000)
    expect(server.connection.take('unsubscribe')).toEqual([
      { type: 'unsubscribe', model: 'order', id: '1' },
      { type: 'unsubscribe', model: 'order' },
    ])
  })
})

describe('a subscription that the server cannot answer', () => {
  it.each(['a record', 'a whole model'])('is asked for again: %s', async (what) => {
    let isFailing = false
    const failing = (memory: StoreMemory) => {
      const store = memoryStore(memory)
      const failOnce = (name: 'read' | 'list') => async (request: never) => {
        if (!isFailing) return store[name](request)
        isFailing = false
        throw new FoldbackError('store-failed')
      }
      const answers = { read: failOnce('read'), list: failOnce('list') }
      return new Proxy(store, {
        get: (target, name: keyof typeof store) =>
          name === 'read' || name === 'list' ? answers[name] : target[name].bind(target),
      })
    }
    world = await OrderWorld.start({ makeStore: failing })
    await world.foreign(created('1'))
    // The record is not in the memory of the server that is started now.
    world.crashServer()
    await world.startServer()
    ann = await world.connected()
    isFailing = true
    if (what === 'a record') ann.sync.subscribe(orders, '1')
    else ann.sync.subscribe(orders)
    await world.run(60_000)
    expect(isFailing).toBe(false)
    expect(ann.order('1')).toBeDefined()
    expect(ann.sync.isLoaded(orders, '1')).toBe(true)
  })
})

describe('asking afresh', () => {
  it('does not let go of the record before the answer has come', async () => {
    const server = new FakeServer()
    const { sync } = createUser(server, { limits: { keepMs: 1_000 } })
    sync.connect()
    sync.subscribe(orders)
    sync.subscribe(orders, '1')()
    await server.welcome()
    server.connection.say({ type: 'synced', model: 'order', complete: true, position: { seq: 9, id: 'i' } })
    await server.run(900)
    server.connection.frames.length = 0
    const action = { ...renamed('1', 'Zoe'), meta: { foldback: { id: 'e', at: 0, actor: 'zoe' } } }
    const event = { id: 'e', version: 4, seq: 10, actor: 'zoe', receivedAt: 0, action }
    server.connection.say({ type: 'events', model: 'order', id: '1', events: [event] })
    await server.run(500)
    const said = server.connection.frames.flatMap(
      (frame) => JSON.parse(frame) as { type: string; id?: string }[],
    )
    expect(said.filter(({ id }) => id === '1').map(({ type }) => type)).toEqual(['subscribe'])
  })
})
