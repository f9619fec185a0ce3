import { defineModel } from '@foldback/core'
import { configureStore, createAsyncThunk, createSlice } from '@reduxjs/toolkit'
import { applyMiddleware, combineReducers, legacy_createStore as createStore } from 'redux'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  created,
  models,
  noteSlice,
  orderSlice,
  renamed,
  themeSlice,
} from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { createSync } from './create-sync.ts'

/* Everything here happens before any connection: dispatching is synchronous and needs no server. */

let world: OrderWorld

beforeEach(async () => {
  world = await OrderWorld.start()
  vi.spyOn(console, 'error')
})

afterEach(() => {
  // Redux Toolkit's development checks report there.
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

function deepFreeze<Value extends object>(value: Value): Value {
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) deepFreeze(child)
  return Object.freeze(value)
}

describe('dispatch', () => {
  it('changes the screen at once, for each kind of model', () => {
    const { store, dispatch } = world.user()
    dispatch(created('1', 'Ada'))
    dispatch(noteSlice.actions.written('hello'))
    dispatch(themeSlice.actions.painted('red'))
    expect(store.getState()).toMatchObject({
      order: { ids: ['1'], entities: { 1: { id: '1', customer: 'Ada', isSecret: false } } },
      note: { text: 'hello' },
      theme: { color: 'red' },
    })
  })

  it('starts with what the slices start with', () => {
    const { order, note, theme } = world.user().store.getState()
    expect({ order, note, theme }).toEqual({
      order: { ids: [], entities: {} },
      note: noteSlice.getInitialState(),
      theme: themeSlice.getInitialState(),
    })
  })

  it('keeps the order in which records were first seen, and takes deleted ones away', () => {
    const { store, dispatch } = world.user()
    for (const id of ['b', 'a', 'c']) dispatch(created(id))
    dispatch(orderSlice.actions.deleted({ id: 'a' }))
    dispatch(renamed('b', 'Eve'))
    dispatch(created('a'))
    expect(store.getState().order.ids).toEqual(['b', 'c', 'a'])
  })

  it('returns the very object it was given, neither changed nor frozen', () => {
    const { dispatch } = world.user()
    const action = created('1')
    const copy = structuredClone(action)
    expect(dispatch(action)).toBe(action)
    expect(action).toEqual(copy)
    expect([action, action.payload].some(Object.isFrozen)).toBe(false)
    action.payload.customer = 'somebody else'
    expect(dispatch(deepFreeze(created('2')))).toEqual(created('2'))
  })

  it('stamps who, when and which on a copy', async () => {
    const { sync, dispatch } = await world.connected()
    dispatch({ ...created('1'), meta: { source: 'scanner' } })
    const [pending] = sync.pending()
    expect(pending).toEqual({
      ...created('1'),
      meta: { source: 'scanner', foldback: { id: expect.any(String), at: expect.any(Number), actor: 'ann' } },
    })
  })

  it('takes one object dispatched twice for two actions', () => {
    const { sync, dispatch } = world.user()
    const action = created('1')
    dispatch(action)
    dispatch(action)
    const ids = sync.pending().map(({ meta }) => meta.foldback.id)
    expect(new Set(ids).size).toBe(2)
  })

  it('folds and sends a payload as JSON carries it', () => {
    const { sync, dispatch, order } = world.user({ development: false })
    const payload = { id: '1', customer: new Date(0), isSecret: undefined }
    vi.mocked(console.error).mockImplementation(() => {})
    dispatch(orderSlice.actions.created(payload as never))
    // Redux Toolkit says that the Date does not belong there, as it does without sync.
    expect(console.error).toHaveBeenCalledOnce()
    vi.mocked(console.error).mockClear()
    expect(order('1')).toEqual({ id: '1', customer: '1970-01-01T00:00:00.000Z', isSecret: false })
    expect(sync.pending()[0]!.payload).toEqual({ id: '1', customer: '1970-01-01T00:00:00.000Z' })
  })

  it.each<[string, () => unknown]>([
    ['a BigInt', () => 1n],
    [
      'a cycle',
      () => {
        const cycle: { self?: unknown } = {}
        cycle.self = cycle
        return cycle
      },
    ],
  ])('throws to the caller what JSON cannot carry: %s', (_name, make) => {
    const sync = createSync({ url: 'ws://nowhere', models })
    // Without Redux Toolkit's checks, which cannot walk a cycle themselves.
    const store = createStore(combineReducers(sync.reducers), applyMiddleware(sync.middleware))
    const before = store.getState()
    const action = { type: 'order/created', payload: { id: '1', customer: make() } }
    expect(() => store.dispatch(action)).toThrow(expect.objectContaining({ code: 'action-not-json', action }))
    expect(store.getState()).toBe(before)
    expect(sync.pending()).toEqual([])
  })

  it.each([7, '', '__proto__', null])('throws to the caller when %j is to be the id of a record', (id) => {
    const { sync, store, dispatch } = world.user()
    const before = store.getState()
    const action = orderSlice.actions.created({ id: id as string, customer: 'Ada' })
    expect(() => dispatch(action)).toThrow(expect.objectContaining({ code: 'no-stream-id' }))
    expect(store.getState()).toBe(before)
    expect(sync.pending()).toEqual([])
  })
})

describe('an action that is not for any model', () => {
  it('goes on untouched, and is neither stamped nor queued', () => {
    const { sync, store, dispatch, heard, seen } = world.user()
    const { order } = store.getState()
    const actions = [{ type: 'order/unheardOf', payload: { id: '1' } }, { type: 'ui/opened' }]
    for (const action of actions) expect(dispatch(action)).toBe(action)
    expect(store.getState().order).toBe(order)
    expect(heard).toEqual(actions)
    expect(seen).toEqual([])
    expect(sync.pending()).toEqual([])
  })

  it('may be a thunk, which gets what it expects', () => {
    const { sync, dispatch } = world.user()
    const answer = dispatch((thunkDispatch, getState) => {
      thunkDispatch(created('1'))
      thunkDispatch(renamed('1', 'Eve'))
      return getState().order.entities['1']?.customer
    })
    expect(answer).toBe('Eve')
    expect(sync.pending().map(({ type }) => type)).toEqual(['order/created', 'order/renamed'])
  })

  it('is the life cycle of an async thunk, while what it dispatches is', async () => {
    const { sync, store, dispatch } = world.user()
    const create = createAsyncThunk('order/create', (id: string, api) => void api.dispatch(created(id)))
    await world.waitFor(dispatch(create('1')))
    expect(store.getState().journal.seen).toEqual([
      'order/create/pending',
      'order/created',
      'order/create/fulfilled',
    ])
    expect(sync.pending().map(({ type }) => type)).toEqual(['order/created'])
  })
})

describe('an action that several models handle', () => {
  const boardSlice = createSlice({
    name: 'board',
    initialState: { submitted: [] as string[] },
    reducers: {},
    extraReducers: (builder) =>
      builder.addCase(orderSlice.actions.created, (board, { payload }) => {
        if (payload.customer === 'throw on the board') throw new Error('The board is full.')
        board.submitted.push(payload.id)
      }),
  })
  const board = defineModel({ ...boardSlice, actions: { created: orderSlice.actions.created } })
  const pairs = defineModel(
    { ...orderSlice, name: 'pair' },
    { streamId: ({ payload }) => (payload.id === 'nobody' ? undefined : [payload.id, `${payload.id}'`]) },
  )

  function makeStore() {
    const sync = createSync({ url: 'ws://nowhere', models: [models[0], board, pairs] })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    return { sync, store }
  }

  it('changes all of them at once, and is one action', () => {
    const { sync, store } = makeStore()
    const states: unknown[] = []
    store.subscribe(() => void states.push(store.getState()))
    store.dispatch(created('1'))
    expect(store.getState()).toMatchObject({
      order: { ids: ['1'] },
      board: { submitted: ['1'] },
      pair: { ids: ['1', "1'"] },
    })
    expect(states).toHaveLength(1)
    expect(sync.pending()).toHaveLength(1)
    expect(sync.pending(board)).toEqual(sync.pending(pairs, "1'"))
  })

  it('changes none of them when one of their reducers throws', () => {
    const { sync, store } = makeStore()
    const before = store.getState()
    expect(() => store.dispatch(created('1', 'throw on the board'))).toThrow('The board is full.')
    expect(store.getState()).toBe(before)
    expect(sync.pending()).toEqual([])
  })

  it('leaves out those to which it does not belong', () => {
    const { store } = makeStore()
    store.dispatch(created('nobody'))
    expect(store.getState()).toMatchObject({ order: { ids: ['nobody'] }, pair: { ids: [] } })
  })
})

describe('a model whose reducer makes its initial state anew each time', () => {
  it('is left in peace', () => {
    const written = noteSlice.actions.written
    const reducer = (state: { text: string } | undefined = { text: '' }, action: { type: string }) =>
      written.match(action) ? { text: action.payload } : state
    const note = defineModel({ name: 'note', reducer, actions: { written } })
    const warn = vi.spyOn(console, 'warn')
    const sync = createSync({ url: 'ws://nowhere', models: [note], development: true })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    const before = store.getState().note
    store.dispatch({ type: 'ui/opened' })
    expect(store.getState().note).toBe(before)
    store.dispatch(written('hello'))
    expect(store.getState().note).toEqual({ text: 'hello' })
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('a sync', () => {
  it('belongs to one store', () => {
    const { sync } = world.user()
    expect(() =>
      configureStore({ reducer: { ...sync.reducers }, middleware: () => [sync.middleware] as never }),
    ).toThrow(expect.objectContaining({ code: 'misconfigured' }))
  })

  it('says that its middleware is missing instead of connecting to nothing', () => {
    const sync = createSync({ url: 'ws://nowhere', models })
    expect(() => sync.connect()).toThrow(expect.objectContaining({ code: 'not-bound' }))
  })

  it.each(['http://localhost', 'localhost:4000', '', 'ws://'])('refuses the address %j', (url) => {
    expect(() => createSync({ url, models })).toThrow(expect.objectContaining({ code: 'misconfigured' }))
  })
})
