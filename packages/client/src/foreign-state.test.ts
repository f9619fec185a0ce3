import { combineReducers, configureStore, type UnknownAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, models, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { createSync } from './create-sync.ts'

/* state[model] belongs to sync: whatever else writes there is replaced after the next action. */

let world: OrderWorld

beforeEach(async () => {
  world = await OrderWorld.start()
})

/** A store whose root reducer can be reset, or filled from what was kept somewhere. */
async function connected(development = true) {
  const { clock, random, network } = world
  const warnings: string[] = []
  const sync = createSync({
    url: 'ws://simulated',
    models,
    token: () => 'ann',
    development,
    ports: {
      clock,
      random,
      connect: network.connect,
      soon: (run) => void clock.after(0, run),
      warn: (message) => void warnings.push(message),
    },
  })
  const reducer = combineReducers({ ...sync.reducers, count: (count: number = 0) => count + 1 })
  type State = ReturnType<typeof reducer>
  const store = configureStore({
    reducer: (state: State | undefined, action: UnknownAction): State => {
      if (action.type === 'root/reset') return reducer(undefined, action)
      if (action.type === 'root/rehydrated') return { ...state, ...(action['payload'] as State) }
      return reducer(state, action)
    },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  sync.connect()
  sync.subscribe(models[0], '1')
  await world.runUntil(() => sync.status.phase === 'connected')
  store.dispatch(created('1'))
  await world.run(1_000)
  return { sync, store, warnings }
}

const stale = { ids: ['9'], entities: { 9: { id: '9', customer: 'kept from last year', isSecret: false } } }

describe('what something else writes into a synced slice', () => {
  it('is replaced after a reset of the root state, and pending actions survive it', async () => {
    const { sync, store, warnings } = await connected()
    sync.disconnect()
    store.dispatch(renamed('1', 'Eve'))
    const { order } = store.getState()
    store.dispatch({ type: 'root/reset' })
    expect(store.getState().order).toBe(order)
    expect(sync.pending()).toHaveLength(1)
    sync.connect()
    await world.run(60_000)
    expect(sync.pending()).toEqual([])
    expect(store.getState().order).toBe(order)
    expect(warnings).toEqual([expect.stringContaining('state.order')])
  })

  it('is replaced after a rehydration, whatever it has there', async () => {
    const { store, warnings } = await connected()
    const { order } = store.getState()
    for (const foreign of [stale, null, 'broken', { ids: 'no list' }, [], { ids: [], entities: null }]) {
      store.dispatch({ type: 'root/rehydrated', payload: { order: foreign } })
      expect(store.getState().order).toBe(order)
    }
    expect(warnings).toHaveLength(6)
  })

  it('is replaced together with the next action of one’s own', async () => {
    const { store } = await connected()
    store.dispatch({ type: 'root/rehydrated', payload: { order: stale } })
    store.dispatch(renamed('1', 'Eve'))
    expect(store.getState().order).toMatchObject({ ids: ['1'], entities: { 1: { customer: 'Eve' } } })
  })

  it('is replaced when it was there before the first action', () => {
    const sync = createSync({ url: 'ws://nowhere', models, development: false })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
      preloadedState: { order: stale, note: { text: '' }, theme: { color: 'grey' } },
    })
    store.dispatch(created('1'))
    expect(store.getState().order.ids).toEqual(['1'])
  })

  it('is replaced when the next action comes from the server', async () => {
    const sync = createSync({
      url: 'ws://simulated',
      models,
      token: () => 'ann',
      development: false,
      ports: {
        clock: world.clock,
        random: world.random,
        connect: world.network.connect,
        soon: (run) => void world.clock.after(0, run),
        warn: expect.unreachable,
      },
    })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
      preloadedState: { order: stale, note: { text: '' }, theme: { color: 'grey' } },
    })
    sync.connect()
    await world.run(1_000)
    expect(store.getState().order).toEqual({ ids: [], entities: {} })
  })

  it('is named in development, and only there', async () => {
    const { store, warnings } = await connected(false)
    store.dispatch({ type: 'root/reset' })
    expect(warnings).toEqual([])
    expect(store.getState().order.ids).toEqual(['1'])
  })

  it('does not end in an endless quarrel where it is written again and again', async () => {
    const warnings: string[] = []
    const sync = createSync({
      url: 'ws://nowhere',
      models,
      ports: {
        clock: world.clock,
        random: world.random,
        connect: world.network.connect,
        soon: (run) => run(),
        warn: (message) => void warnings.push(message),
      },
    })
    const reducer = combineReducers(sync.reducers)
    const store = configureStore({
      // Another object after each action.
      reducer: (state: ReturnType<typeof reducer> | undefined, action: UnknownAction) => ({
        ...reducer(state, action),
        order: { ...stale },
      }),
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    for (let count = 0; count < 3; count++) store.dispatch({ type: 'ui/opened' })
    expect(warnings).toHaveLength(3)
  })
})
