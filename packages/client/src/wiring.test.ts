import { configureStore, createSlice, type Middleware } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, models, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { createSync } from './create-sync.ts'
import type { StoreApi } from './store-door.ts'

/* How a sync is put into a store, and what is said in development when it is not. */

let server: FakeServer
let warnings: string[]

beforeEach(() => {
  server = new FakeServer()
  warnings = []
})

function makeSync() {
  const { clock, random, connect } = server
  const soon = (run: () => void): void => void clock.after(0, run)
  const ports = { clock, random, connect, soon, warn: (message: string) => void warnings.push(message) }
  return createSync({ url: 'ws://simulated', models, development: true, ports })
}

const uiSlice = createSlice({ name: 'ui', initialState: {}, reducers: {} })

describe('in development', () => {
  it('nothing is said of a store as it should be', () => {
    const sync = makeSync()
    const store = configureStore({
      reducer: { ...sync.reducers, ui: uiSlice.reducer },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    sync.connect()
    store.dispatch(created('1'))
    store.dispatch(renamed('1', 'Eve'))
    expect(warnings).toEqual([])
  })

  it('reducers that are not in the store are named once, when it is connected', () => {
    const sync = makeSync()
    const store = configureStore({
      reducer: { ui: uiSlice.reducer },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    sync.connect()
    const missing = expect.stringMatching(/no state\.order, no state\.note, .*Spread sync\.reducers into/)
    expect(warnings).toEqual([missing])
    store.dispatch(created('1'))
    store.dispatch(created('2'))
    expect(warnings).toEqual([missing])
  })

  it('a middleware that is not in the store is named with the first action', () => {
    const sync = makeSync()
    const store = configureStore({ reducer: { ...sync.reducers } })
    store.dispatch(created('1'))
    store.dispatch(created('2'))
    expect(warnings).toEqual([expect.stringContaining('sync.middleware is not in a store yet')])
    expect(() => sync.connect()).toThrow(expect.objectContaining({ code: 'not-bound' }))
  })

  it.each<[string, Middleware]>([
    ['swallows', () => () => () => undefined],
    ['changes', () => (next) => (action) => next({ ...(action as object), traced: true })],
    ['puts off', () => (next) => (action) => void Promise.resolve().then(() => next(action))],
  ])('a middleware behind it that %s actions is named, and nothing else', (_name, behind) => {
    const sync = makeSync()
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault({ serializableCheck: false }).concat(sync.middleware, behind),
    })
    store.dispatch(created('1'))
    expect(warnings[0]).toMatch(
      /order\/created did not come to sync\.reducers.*Make sync\.middleware the last/,
    )
    expect(warnings.filter((warning) => warning.includes('something else wrote'))).toEqual([])
  })

  it('another reducer of the same name is named', () => {
    const sync = makeSync()
    const store = configureStore({
      reducer: { ...sync.reducers, note: noteSlice.reducer },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    store.dispatch(noteSlice.actions.written('hello'))
    expect(warnings).toEqual([expect.stringMatching(/no reducer but this sync's have the name of a model/)])
  })

  it('a middleware that was called is no middleware', () => {
    const sync = makeSync()
    expect(() => sync.middleware(undefined as unknown as StoreApi)).toThrow(/without calling it/)
  })

  it('a second store is refused', () => {
    const sync = makeSync()
    const make = () =>
      configureStore({
        reducer: { ...sync.reducers },
        middleware: (getDefault) => getDefault().concat(sync.middleware),
      })
    make()
    expect(make).toThrow(expect.objectContaining({ code: 'misconfigured' }))
  })

  it('a model that the server does not have, or has in another version, is named once', async () => {
    const sync = makeSync()
    configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    sync.connect()
    await server.welcome({ models: { order: 1, note: 2 } })
    const said = [
      expect.stringMatching(/note has version 1 here and 2 in the server/),
      expect.stringMatching(/the server has no model theme.*Give createServer the same models/),
    ]
    expect(warnings).toEqual(said)
    server.connection.close(1006)
    await server.run(1_000)
    await server.welcome({ models: { order: 1, note: 2 } })
    expect(warnings).toEqual(said)
  })
})
