import {
  combineReducers,
  configureStore,
  createSlice,
  type PayloadAction,
  type UnknownAction,
} from '@reduxjs/toolkit'
import { persistReducer, persistStore } from 'redux-persist'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, models, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { createSync } from './create-sync.ts'

/* redux-persist beside sync: it may keep the other slices; the synced ones are kept by the outbox. */

const uiSlice = createSlice({
  name: 'ui',
  initialState: { tab: 'orders' },
  reducers: { opened: (_, { payload }: PayloadAction<string>) => ({ tab: payload }) },
})

let world: OrderWorld
let stored: Map<string, string>

beforeEach(async () => {
  world = await OrderWorld.start()
  await world.foreign(created('1'))
  stored = new Map()
})

const storage = {
  getItem: async (key: string) => stored.get(key) ?? null,
  setItem: async (key: string, value: string) => void stored.set(key, value),
  removeItem: async (key: string) => void stored.delete(key),
}

/** A page that has dispatched these, then been rehydrated, and is not connected yet. */
async function open(blacklist: readonly string[], early: readonly UnknownAction[] = []) {
  const { clock, random, network } = world
  const warnings: string[] = []
  const sync = createSync({
    url: 'ws://simulated',
    models,
    token: () => 'ann',
    development: true,
    ports: {
      clock,
      random,
      connect: network.connect,
      soon: (run) => void clock.after(0, run),
      warn: (message) => void warnings.push(message),
    },
  })
  const reducer = combineReducers({ ...sync.reducers, ui: uiSlice.reducer })
  const store = configureStore({
    reducer: persistReducer({ key: 'root', storage, blacklist: [...blacklist], timeout: 0 }, reducer),
    // The actions of redux-persist have functions in them.
    middleware: (getDefault) => getDefault({ serializableCheck: false }).concat(sync.middleware),
    devTools: false,
  })
  const persistor = await new Promise<ReturnType<typeof persistStore>>((resolve) => {
    const made = persistStore(store, null, () => resolve(made))
    for (const action of early) store.dispatch(action)
    expect(made.getState().bootstrapped).toBe(false)
  })
  return {
    sync,
    store,
    warnings,
    order: () => store.getState().order.entities['1'],
    connect: async () => {
      sync.subscribe(models[0])
      sync.connect()
      await world.run(5_000)
    },
    close: async () => {
      sync.disconnect()
      await persistor.flush()
      persistor.pause()
    },
  }
}

const synced = models.map(({ name }) => name)

describe('redux-persist', () => {
  it('that leaves the synced slices out keeps the others, and neither is in the other’s way', async () => {
    const first = await open(synced)
    await first.connect()
    first.store.dispatch(uiSlice.actions.opened('settings'))
    first.store.dispatch(renamed('1', 'Eve'))
    await world.run(1_000)
    await first.close()
    expect(Object.keys(JSON.parse(stored.get('persist:root')!) as object)).toEqual(['ui', '_persist'])

    const second = await open(synced)
    expect(second.store.getState().ui.tab).toBe('settings')
    expect(second.order()).toBeUndefined()
    await second.connect()
    expect(second.order()?.customer).toBe('Eve')
    expect([...first.warnings, ...second.warnings]).toEqual([])
    await second.close()
  })

  it('may rehydrate while actions are pending', async () => {
    stored.set(
      'persist:root',
      JSON.stringify({ ui: '{"tab":"settings"}', _persist: '{"version":-1,"rehydrated":true}' }),
    )
    const page = await open(synced, [created('2', 'Bob')])
    expect(page.store.getState()).toMatchObject({ ui: { tab: 'settings' }, order: { ids: ['2'] } })
    await page.connect()
    expect(page.sync.status.pending).toBe(0)
    expect(page.warnings).toEqual([])
    expect(world.logged).toHaveLength(2)
    await page.close()
  })

  it('that does not leave them out shows nothing stale: they are replaced, which is named', async () => {
    const first = await open([])
    await first.connect()
    first.store.dispatch(uiSlice.actions.opened('settings'))
    await first.close()
    expect(stored.get('persist:root')).toContain('Ada')
    await world.foreign(renamed('1', 'Zoe'))

    const second = await open([])
    expect(second.store.getState().ui.tab).toBe('settings')
    expect(second.store.getState().order).toEqual({ ids: [], entities: {} })
    expect(second.warnings).toEqual([expect.stringContaining('state.order')])
    second.store.dispatch(renamed('1', 'Eve'))
    await second.connect()
    expect(second.order()?.customer).toBe('Eve')
    expect(world.logged).toHaveLength(3)
    expect(second.warnings).toHaveLength(1)
    await second.close()
  })
})
