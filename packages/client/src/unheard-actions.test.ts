import { defineModel } from '@foldback/core'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { describe, expect, it } from 'vitest'
import { browserPorts } from './browser-ports.ts'
import { createSync } from './create-sync.ts'

const uiSlice = createSlice({
  name: 'ui',
  initialState: 0,
  reducers: { reset: () => 0, moved: (count) => count + 1 },
})
const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: ['a'] },
  reducers: { cleared: () => ({ notes: [] }) },
  extraReducers: (builder) => builder.addCase(uiSlice.actions.reset, () => ({ notes: [] })),
})

function storeOf(development: boolean) {
  const warnings: string[] = []
  const sync = createSync({
    url: 'ws://nowhere',
    models: [defineModel(boardSlice)],
    development,
    ports: { ...browserPorts, warn: (message) => void warnings.push(message) },
  })
  const store = configureStore({
    reducer: { ...sync.reducers, ui: uiSlice.reducer },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  return { store, warnings }
}

describe("an action that is not among a model's", () => {
  it('is not folded, and in development it is named once when the reducer would have reacted', () => {
    const { store, warnings } = storeOf(true)
    store.dispatch(uiSlice.actions.moved())
    expect(warnings).toEqual([])
    store.dispatch(uiSlice.actions.reset())
    store.dispatch(uiSlice.actions.reset())
    expect(store.getState().board).toEqual({ notes: ['a'] })
    expect(warnings).toEqual([expect.stringMatching(/board reacts to ui\/reset.*actions, reset \}/)])
  })

  it('costs nothing in production', () => {
    const { store, warnings } = storeOf(false)
    store.dispatch(uiSlice.actions.reset())
    expect(warnings).toEqual([])
  })
})

describe('an action in which no streamId finds an id', () => {
  it('stays on this device, and in development is named once', async () => {
    const orderSlice = createSlice({
      name: 'order',
      initialState: null as { id: string } | null,
      reducers: {
        opened: (_order, { payload }: PayloadAction<{ id?: string }>) => ({ id: payload.id ?? '' }),
      },
    })
    const warnings: string[] = []
    const sync = createSync({
      url: 'ws://nowhere',
      models: [defineModel(orderSlice, { streamId: (action) => action.payload.id })],
      development: true,
      ports: { ...browserPorts, warn: (message) => void warnings.push(message) },
    })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    const action = store.dispatch(orderSlice.actions.opened({}))
    store.dispatch(orderSlice.actions.opened({}))
    expect(sync.pending()).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('order/opened')])
    await expect(sync.settled(action)).rejects.toThrow('stays on this device')
  })
})
