import { defineModel } from '@foldback/core'
import { SimulatedWorld } from '@foldback/testkit'
import { configureStore } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, noteSlice, orderSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'
import { createSync } from './create-sync.ts'
import { isReceived, isRejected } from './foldback-actions.ts'

let world: OrderWorld
let ann: StoreUser

/** From here on only what the test itself brings about is heard. */
function forgetHeard(): void {
  ann.heard.length = 0
}

beforeEach(async () => {
  world = await OrderWorld.start()
  ann = await world.connected()
  ann.dispatch(created('1'))
  await world.run(1_000)
  forgetHeard()
})

describe('settled', () => {
  it('tells that an action was accepted', async () => {
    const action = renamed('1', 'Eve')
    const outcome = await world.waitFor(ann.sync.settled(ann.dispatch(action)))
    expect(outcome).toEqual({ accepted: true, action: expect.objectContaining(renamed('1', 'Eve')) })
  })

  it('tells why an action was refused', async () => {
    const outcome = await world.waitFor(ann.sync.settled(ann.dispatch(renamed('1', 'refused'))))
    expect(outcome).toEqual({
      accepted: false,
      code: 'bad-name',
      message: 'Not this name.',
      action: expect.objectContaining(renamed('1', 'refused')),
    })
    expect(ann.order('1')?.customer).toBe('Ada')
  })

  it('takes what was given to dispatch, what it returned, and the stamped action', async () => {
    const action = renamed('1', 'Eve')
    const returned = ann.dispatch(action)
    const [stamped] = ann.sync.pending()
    const outcomes = Promise.all([action, returned, stamped!].map((each) => ann.sync.settled(each)))
    const [first, ...others] = await world.waitFor(outcomes)
    expect(first).toMatchObject({ accepted: true })
    for (const other of others) expect(other).toBe(first)
  })

  it('answers at once when the outcome is known, also much later', async () => {
    const action = ann.dispatch(renamed('1', 'Eve'))
    await world.run(60_000)
    expect(await ann.sync.settled(action)).toMatchObject({ accepted: true })
  })

  it('speaks of the newest of two dispatches of one object', async () => {
    const action = renamed('1', 'Eve')
    ann.dispatch(action)
    await world.run(1_000)
    action.payload.customer = 'refused'
    ann.dispatch(action)
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: false })
  })

  it('rejects for what was never dispatched, for a copy, and for an action that is not synced', async () => {
    const action = ann.dispatch(renamed('1', 'Eve'))
    const strangers = [renamed('1', 'Eve'), { ...action }, ann.dispatch({ type: 'ui/opened' })]
    for (const stranger of strangers) {
      await expect(ann.sync.settled(stranger)).rejects.toMatchObject({ code: 'not-dispatched' })
    }
  })
})

describe('what slices, listeners and middleware see', () => {
  it('is one’s own action once, when it is dispatched, and nothing when it is accepted', async () => {
    const outcome = ann.sync.settled(ann.dispatch(renamed('1', 'Eve')))
    const state = ann.store.getState()
    const told = vi.fn()
    ann.store.subscribe(told)
    await world.waitFor(outcome)
    await world.run(10_000)
    expect(ann.heard).toEqual([renamed('1', 'Eve')])
    expect(told).not.toHaveBeenCalled()
    expect(ann.store.getState()).toBe(state)
  })

  it('is the same for a record that was created here', async () => {
    ann.dispatch(created('2'))
    const state = ann.store.getState()
    await world.run(10_000)
    expect(ann.heard).toEqual([created('2')])
    expect(ann.store.getState()).toBe(state)
    expect(ann.sync.isLoaded(ann.sync.models[0], '2')).toBe(true)
  })

  it('is one foldback/received for all that a frame brings, and never somebody else’s action by itself', async () => {
    await world.foreign(
      renamed('1', 'Zoe'),
      renamed('1', 'Zoe the Second'),
      noteSlice.actions.written('zoe was here'),
    )
    await world.run(1_000)
    expect(ann.heard.map(({ type }) => type)).toEqual(['foldback/received'])
    const [received] = ann.heard
    expect(isReceived(received) && received.payload).toEqual({
      events: [
        expect.objectContaining({ model: 'order', stream: '1', version: 2, actor: 'zoe' }),
        expect.objectContaining({ model: 'order', stream: '1', version: 3, actor: 'zoe' }),
        expect.objectContaining({ model: 'note', stream: 'shared', version: 1, actor: 'zoe' }),
      ],
      records: [
        { model: 'order', id: '1', state: ann.order('1') },
        { model: 'note', id: '', state: { text: 'zoe was here' } },
      ],
    })
    expect(ann.order('1')?.customer).toBe('Zoe the Second')
  })

  it('is one’s own pending action only once, however often it is folded again on others’', async () => {
    ann.sync.disconnect()
    ann.dispatch(renamed('1', 'Eve'))
    await world.foreign(renamed('1', 'Zoe'))
    ann.sync.connect()
    await world.run(10_000)
    expect(ann.order('1')?.customer).toBe('Eve')
    const own = ann.heard.filter(({ type }) => type === 'order/renamed')
    expect(own).toEqual([renamed('1', 'Eve')])
    expect(ann.seen.filter((type) => type === 'order/renamed')).toHaveLength(1)
  })

  it('is one foldback/rejected for each refusal, with the action and why', async () => {
    ann.dispatch(renamed('1', 'refused'))
    ann.dispatch(noteSlice.actions.written('kept'))
    const [stamped] = ann.sync.pending()
    await world.run(10_000)
    const rejected = ann.heard.filter(isRejected)
    expect(rejected).toEqual([
      {
        type: 'foldback/rejected',
        payload: {
          code: 'bad-name',
          message: 'Not this name.',
          action: stamped,
          records: [{ model: 'order', id: '1', state: ann.order('1') }],
        },
      },
    ])
    expect(ann.order('1')?.customer).toBe('Ada')
    expect(ann.store.getState().note.text).toBe('kept')
  })

  it('is the server’s version of an action that it replaced', async () => {
    const outcome = ann.sync.settled(ann.dispatch(renamed('1', 'enriched')))
    expect(ann.order('1')?.customer).toBe('enriched')
    expect(await world.waitFor(outcome)).toMatchObject({ accepted: true })
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('ENRICHED')
    expect(ann.heard.filter(({ type }) => type === 'order/renamed')).toHaveLength(1)
    expect(ann.sync.pending()).toEqual([])
  })
})

describe('a listener', () => {
  it('may wait for what becomes of the action it hears', async () => {
    const outcomes: unknown[] = []
    ann.listener.startListening({
      actionCreator: orderSlice.actions.renamed,
      effect: async (action) => void outcomes.push((await ann.sync.settled(action)).accepted),
    })
    ann.dispatch(renamed('1', 'Eve'))
    ann.dispatch(renamed('1', 'refused'))
    await world.run(1_000)
    expect(outcomes).toEqual([true, false])
  })

  it('may dispatch on what somebody else did, and runs only once for it', async () => {
    ann.listener.startListening({
      matcher: isReceived,
      effect: ({ payload }, api) => {
        for (const { action } of payload.events) {
          if (renamed('', '').type === action.type) api.dispatch(noteSlice.actions.written('seen'))
        }
      },
    })
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(world.logged).toHaveLength(3)
    expect(ann.store.getState().note.text).toBe('seen')
  })
})

describe('the work of one action', () => {
  it('is one call of the reducer, from its dispatch until long after it is accepted', async () => {
    const reducer = vi.fn(orderSlice.reducer)
    const options = { streamId: (action: { payload: { id: string } }) => action.payload.id }
    // The server folds with a reducer of its own, which is not counted.
    const counted = new SimulatedWorld([defineModel(orderSlice, options)], { seed: 1 })
    await counted.startServer()
    const { clock, random, network } = counted
    const sync = createSync({
      url: 'ws://simulated',
      models: [defineModel({ ...orderSlice, reducer }, options)],
      token: () => 'ann',
      ports: {
        clock,
        random,
        connect: network.connect,
        soon: (run) => void clock.after(0, run),
        warn: expect.unreachable,
      },
    })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    sync.connect()
    await counted.runUntil(() => sync.status.phase === 'connected')
    store.dispatch(created('1'))
    await counted.run(1_000)
    reducer.mockClear()
    for (let count = 0; count < 10; count++) store.dispatch(renamed('1', `Eve ${count}`))
    await counted.run(10_000)
    expect(sync.status.pending).toBe(0)
    expect(reducer).toHaveBeenCalledTimes(10)
  })
})

describe('an action that is settled before those in front of it', () => {
  it('stays behind them on the screen, and is confirmed with them', async () => {
    const server = new FakeServer()
    const bob = createUser(server, {})
    bob.sync.subscribe(bob.sync.models[0], '1')
    bob.sync.connect()
    await server.welcome()
    const state = { id: '1', customer: 'Ada', lines: [] }
    server.connection.say({
      type: 'snapshot',
      model: 'order',
      id: '1',
      version: 1,
      eventId: 'e1',
      marks: {},
      state,
    })
    const first = bob.dispatch(renamed('1', 'first'))
    const second = bob.dispatch(renamed('1', 'second'))
    await server.run(1_000)
    const [push] = server.connection.take('push')
    // As after a commit of which nobody knew whether it had happened: the first is told when that was looked up.
    const place = { model: 'order', id: '1', version: 3 }
    server.connection.say({ type: 'settled', lane: push!.lane, from: 2, to: 2, places: [place] })
    await server.run(1_000)
    expect(await bob.sync.settled(second)).toMatchObject({ accepted: true })
    expect(bob.sync.pending()).toEqual([expect.objectContaining(first)])
    expect(bob.order('1')?.customer).toBe('second')
    const [asked] = server.connection.take('subscribe')
    expect(asked).toEqual({ type: 'subscribe', model: 'order', id: '1' })
    server.connection.say(
      {
        type: 'snapshot',
        model: 'order',
        id: '1',
        version: 3,
        eventId: 'e3',
        marks: { [push!.lane]: 2 },
        state: { ...state, customer: 'second' },
      },
      { type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] },
    )
    await server.run(1_000)
    expect(await bob.sync.settled(first)).toMatchObject({ accepted: true })
    expect(bob.sync.pending()).toEqual([])
    expect(bob.order('1')?.customer).toBe('second')
  })
})
