import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import {
  type AnyModel,
  defineModel,
  type EntityModel,
  type RecordIdOf,
  type RecordOf,
  type SharedModel,
  type StampedActionOf,
  type UserModel,
} from './model.ts'

interface Order {
  id: string
  customer: string
}

const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
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

// What a model is follows from how its stream is found.

const orders = defineModel(orderSlice, {
  streamId: (action) => action.payload.id,
  creates: ['created'],
  schemas: { created: z.object({ id: z.string(), customer: z.string() }) },
})
expectTypeOf(orders).toExtend<EntityModel<'order', Order | null>>()
expectTypeOf(orders.name).toEqualTypeOf<'order'>()
expectTypeOf<RecordOf<typeof orders>>().toEqualTypeOf<Order>()

const board = defineModel(boardSlice)
expectTypeOf(board).toExtend<SharedModel<'board', { notes: string[] }>>()
expectTypeOf<RecordOf<typeof board>>().toEqualTypeOf<{ notes: string[] }>()
expectTypeOf(defineModel(boardSlice, { stream: 'user' })).toExtend<UserModel<'board', { notes: string[] }>>()
expectTypeOf([orders, board]).toExtend<readonly AnyModel[]>()

// Its actions are known, with their payloads and what Foldback adds.

declare const action: StampedActionOf<typeof orders>
expectTypeOf(action.type).toEqualTypeOf<'order/created' | 'order/deleted'>()
expectTypeOf(action.meta.foldback.actor).toEqualTypeOf<string>()
if (action.type === 'order/created') expectTypeOf(action.payload.customer).toEqualTypeOf<string>()
// @ts-expect-error -- not every action has it
void action.payload.customer

// Actions of another slice may be added, and streamId sees them too.

defineModel(
  { ...boardSlice, actions: { ...boardSlice.actions, created: orderSlice.actions.created } },
  { streamId: ({ payload }) => (typeof payload === 'string' ? undefined : payload.id) },
)
defineModel(orderSlice, { streamId: ({ payload }) => [payload.id, 'all'] })

// What cannot work does not compile.

// @ts-expect-error -- a stream id is a string
defineModel(orderSlice, { streamId: (created) => created.payload.id.length })
// @ts-expect-error -- the payload has no such field
defineModel(orderSlice, { streamId: (created) => created.payload.orderId })
// @ts-expect-error -- not every action has that field
defineModel(orderSlice, { streamId: (created) => created.payload.customer })
// @ts-expect-error -- a string is no payload of theirs
defineModel(boardSlice, { streamId: ({ payload }) => payload.id })
// @ts-expect-error -- a payload is of its action
void (action.type === 'order/deleted' && action.payload.customer)
// @ts-expect-error -- a payload of another action
void ({ ...action, type: 'order/created', payload: { id: 7 } } satisfies typeof action)
// @ts-expect-error -- no such action
void (action.type === 'order/paid')
// @ts-expect-error -- no action has that name
defineModel(orderSlice, { streamId: ({ payload }) => payload.id, creates: ['create'] })
// @ts-expect-error -- no action has that name
defineModel(orderSlice, { streamId: ({ payload }) => payload.id, schemas: { create: z.object({}) } })
// @ts-expect-error -- there is no such kind of stream
defineModel(boardSlice, { stream: 'session' })
// @ts-expect-error -- the records of a slice that can be null are to be told apart
defineModel(orderSlice)
// @ts-expect-error -- the same, whatever else is said
defineModel(orderSlice, { version: 2 })
// @ts-expect-error -- it is one or the other
defineModel(boardSlice, { stream: 'user', streamId: () => '1' })
// @ts-expect-error -- the one record is always there
defineModel(boardSlice, { creates: ['noted'] })
// @ts-expect-error -- the actions are not the slice
defineModel(orderSlice.actions)
// @ts-expect-error -- the reducer is not the slice
defineModel(orderSlice.reducer)
// @ts-expect-error -- a slice has actions
defineModel({ name: 'board', reducer: boardSlice.reducer })

// The error stands where the mistake is, and nothing else becomes `any` by it.

defineModel(orderSlice, {
  streamId: (deleted) => deleted.payload.id,
  // @ts-expect-error -- no action has that name
  creates: ['create'],
})
defineModel(orderSlice, {
  streamId: (deleted) => deleted.payload.id,
  // @ts-expect-error -- that is no schema
  schemas: { created: { parse: () => true } },
})
defineModel(orderSlice, {
  streamId: (deleted) => deleted.payload.id,
  // @ts-expect-error -- a version is a number
  version: '2',
})
defineModel(orderSlice, {
  // @ts-expect-error -- a stream id is a string
  streamId: (deleted) => deleted.payload.id.length,
  creates: ['created'],
})
defineModel(orderSlice, {
  streamId: (deleted) => deleted.payload.id,
  // @ts-expect-error -- there is no such option
  create: ['created'],
})
defineModel(boardSlice, {
  version: 2,
  // @ts-expect-error -- there is no such option
  streamid: () => '1',
})
defineModel(orderSlice, {
  streamId: (deleted) => deleted.payload.id,
  coalesce: {
    // @ts-expect-error -- the action has no such field
    deleted: ({ payload }) => payload.customer,
  },
})

// A slice that can be null may be one record, if that is said.

expectTypeOf(defineModel(orderSlice, { stream: 'shared' })).toExtend<SharedModel<'order', Order | null>>()
expectTypeOf(defineModel(orderSlice, { stream: 'user', version: 2 })).toExtend<
  UserModel<'order', Order | null>
>()
expectTypeOf(defineModel(boardSlice, {})).toExtend<SharedModel<'board', { notes: string[] }>>()
expectTypeOf(defineModel(boardSlice, { version: 2 }).kind).toEqualTypeOf<'shared'>()

// What names a record.

expectTypeOf<RecordIdOf<typeof orders>>().toEqualTypeOf<[id: string]>()
expectTypeOf<RecordIdOf<typeof board>>().toEqualTypeOf<[]>()

const lineSlice = createSlice({
  name: 'line',
  initialState: null as Order | null,
  reducers: {
    added: (line, _action: PayloadAction<{ id: string }>) => line,
    cleared: (line) => line,
  },
})
// @ts-expect-error -- one of the actions lacks the id
defineModel(lineSlice, { streamId: (cleared) => cleared.payload.id })
