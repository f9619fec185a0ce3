import { defineModel, type StampedAction } from '@foldback/core'
import { configureStore, createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expectTypeOf } from 'vitest'
import { createSync, type Sync } from './create-sync.ts'
import type { EntityState } from './model-state.ts'
import { memoryOutbox } from './outbox/memory-outbox.ts'

interface SalesOrder {
  id: string
  customer: string
}

const salesOrderSlice = createSlice({
  name: 'salesOrder',
  initialState: null as SalesOrder | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string; customer: string }>) => payload,
    deleted: (_order, _action: PayloadAction<{ id: string }>) => null,
  },
})
const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: { noted: (board, { payload }: PayloadAction<string>) => void board.notes.push(payload) },
})
const uiSlice = createSlice({ name: 'ui', initialState: { isOpen: false }, reducers: {} })

const salesOrders = defineModel(salesOrderSlice, { streamId: (action) => action.payload.id })
const board = defineModel(boardSlice)
const settings = defineModel({ ...boardSlice, name: 'settings' }, { stream: 'user' })
const strangers = defineModel(
  { ...salesOrderSlice, name: 'stranger' },
  { streamId: ({ payload }) => payload.id },
)

const sync = createSync({ url: 'ws://localhost:4000', models: [salesOrders, board, settings] })
const store = configureStore({
  reducer: { ...sync.reducers, ui: uiSlice.reducer },
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})
type RootState = ReturnType<typeof store.getState>
declare const state: RootState
const { created } = salesOrderSlice.actions

// The state of the store is known from the slices.

expectTypeOf<RootState>().toEqualTypeOf<{
  salesOrder: EntityState<SalesOrder>
  board: { notes: string[] }
  settings: { notes: string[] }
  ui: { isOpen: boolean }
}>()
expectTypeOf(state.salesOrder.entities['1']).toEqualTypeOf<SalesOrder | undefined>()

// Redux Toolkit's selectors fit an entity model.

const selectors = createEntityAdapter<SalesOrder>().getSelectors((root: RootState) => root.salesOrder)
expectTypeOf(selectors.selectAll(state)).toEqualTypeOf<SalesOrder[]>()
expectTypeOf(selectors.selectById(state, '1')?.customer).toEqualTypeOf<string | undefined>()

// Dispatch takes thunks and gives back what it was given.

expectTypeOf(store.dispatch(created({ id: '1', customer: 'Ada' })).payload.customer).toEqualTypeOf<string>()
expectTypeOf(store.dispatch((_dispatch, getState: () => RootState) => getState().board.notes)).toEqualTypeOf<
  string[]
>()

// What became of an action.

const outcome = await sync.settled(store.dispatch(created({ id: '1', customer: 'Ada' })))
expectTypeOf(outcome.action).toEqualTypeOf<StampedAction>()
if (outcome.accepted)
  expectTypeOf(outcome).toEqualTypeOf<{ readonly accepted: true; readonly action: StampedAction }>()
else expectTypeOf(outcome.message).toEqualTypeOf<string>()
// @ts-expect-error -- there is no reason before it is known to be refused
void outcome.code

// Records and pending actions.

expectTypeOf(sync.record(salesOrders, '1')).toEqualTypeOf<SalesOrder | null | undefined>()
expectTypeOf(sync.record(board)).toEqualTypeOf<{ notes: string[] } | null | undefined>()
for (const { type, payload } of sync.pending(salesOrders)) {
  if (type === 'salesOrder/created') expectTypeOf(payload.customer).toEqualTypeOf<string>()
}
expectTypeOf(sync.pending()).toExtend<readonly { type: string }[]>()
expectTypeOf(sync).toExtend<Omit<Sync, 'models' | 'reducers'>>()

// What cannot work does not compile.

// @ts-expect-error -- there is no such state
void state.invoice
// @ts-expect-error -- there may be no order with this id
void state.salesOrder.entities['1'].customer
// @ts-expect-error -- a customer is missing
created({ id: '1' })
// @ts-expect-error -- the payload has no such field
created({ id: '1', customer: 'Ada', total: 1 })
// @ts-expect-error -- a customer is a string
created({ id: '1', customer: 7 })
// @ts-expect-error -- the payload is missing
created()
// @ts-expect-error -- the payload is an object
created('1')
// @ts-expect-error -- the payload is a string
store.dispatch(boardSlice.actions.noted({ text: 'a' }))
// @ts-expect-error -- there is no such action
store.dispatch(boardSlice.actions.erased())
// @ts-expect-error -- not every pending action has a customer
void sync.pending(salesOrders)[0]?.payload.customer
// @ts-expect-error -- the payload has no such field
void sync.pending(salesOrders)[0]?.payload.orderId
// @ts-expect-error -- a note is a string
sync.pending(board)[0]?.payload.toFixed()
// @ts-expect-error -- an outcome has no such field
if (!outcome.accepted) void outcome.reason
// @ts-expect-error -- a list of notes, not of numbers
store.getState().board.notes satisfies number[]
// @ts-expect-error -- it is on, off, or what bounds it
createSync({ url: 'ws://localhost:4000', models: [board], development: 'yes' })
// @ts-expect-error -- there is no such bound
createSync({ url: 'ws://localhost:4000', models: [board], development: { comparedMax: 1 } })
// @ts-expect-error -- an action, not its type
void sync.settled('salesOrder/created')
// @ts-expect-error -- this sync does not have that model
sync.subscribe(strangers, '1')
// @ts-expect-error -- this sync does not have that model
sync.record(strangers, '1')
// @ts-expect-error -- the models are missing
createSync({ url: 'ws://localhost:4000' })
// @ts-expect-error -- there is one for each id
sync.record(salesOrders)
// @ts-expect-error -- an id is a string
sync.record(salesOrders, 1)
// @ts-expect-error -- there is only one
sync.record(board, '1')
// @ts-expect-error -- a model, not its slice
sync.record(boardSlice)
// @ts-expect-error -- a model, not its name
sync.subscribe('board')
// @ts-expect-error -- slices are not models yet
createSync({ url: 'ws://localhost:4000', models: [boardSlice] })
// @ts-expect-error -- models are a list
createSync({ url: 'ws://localhost:4000', models: { board } })
// @ts-expect-error -- a token is asked for
createSync({ url: 'ws://localhost:4000', models: [board], token: 'abc' })
// @ts-expect-error -- a token is a string
createSync({ url: 'ws://localhost:4000', models: [board], token: () => 7 })
createSync({ url: 'ws://localhost:4000', models: [board], token: () => localStorage.getItem('token') })
// @ts-expect-error -- it makes one when it is called
createSync({ url: 'ws://localhost:4000', models: [board], outbox: memoryOutbox })
// @ts-expect-error -- there is no such option
createSync({ url: 'ws://localhost:4000', models: [board], model: [board] })
// @ts-expect-error -- only what was refused can be tried again
sync.retry(created({ id: '1', customer: 'Ada' }))
// @ts-expect-error -- reducers are spread
configureStore({ reducer: { sync: sync.reducers } })
// @ts-expect-error -- there is no such limit
createSync({ url: 'ws://localhost:4000', models: [board], limits: { retryMS: 1 } })
// @ts-expect-error -- there is no such limit
createSync({ url: 'ws://localhost:4000', models: [board], limits: { keep: 1 } })
// @ts-expect-error -- there is no such state
void configureStore({ reducer: { ...sync.reducers } }).getState().ui
