import { defineModel } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expectTypeOf } from 'vitest'
import type { AnyRules, Rules } from './rules.ts'

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
const orders = defineModel(orderSlice, { streamId: ({ payload }) => payload.id })
const board = defineModel(boardSlice)
type Models = [typeof orders, typeof board]

// Rules know the record and the actions of their model.

const rules: Rules<Models> = {
  order: {
    canRead: (order, session, id) => order.customer === session.actor || id === 'public',
    canDispatch: (action, session) =>
      action.type !== 'order/deleted' || session.claims['admin'] === true || 'Only an admin deletes.',
    guard(order, action) {
      expectTypeOf(order).toEqualTypeOf<Order | null>()
      if (action.type === 'order/created') expectTypeOf(action.payload.customer).toEqualTypeOf<string>()
      return order === null || { code: 'order-exists', message: 'There is one already.' }
    },
    enrich: (action) =>
      orderSlice.actions.created.match(action)
        ? { ...action, payload: { ...action.payload, customer: action.payload.customer.trim() } }
        : undefined,
  },
  board: { guard: (notes, action) => notes === null || action.payload.length < 100 || 'Too long.' },
}
expectTypeOf(rules).toExtend<AnyRules>()

// What cannot work does not compile.

// @ts-expect-error -- there is no such model
const ofAnother: Rules<Models> = { invoice: {} }
// @ts-expect-error -- there is no such rule
const unheardOf: Rules<Models> = { order: { mayWrite: () => true } }
// @ts-expect-error -- the record has no such field
const ofField: Rules<Models> = { order: { canRead: (order) => order.total > 0 } }
// @ts-expect-error -- the payload has no such field
const ofPayload: Rules<Models> = { order: { guard: (_order, { payload }) => payload.total > 0 } }
// @ts-expect-error -- not every action has a customer
const ofSome: Rules<Models> = { order: { guard: (_order, { payload }) => payload.customer !== '' } }
// @ts-expect-error -- a note is a string
const ofKind: Rules<Models> = { board: { canDispatch: ({ payload }) => payload > 7 } }
// @ts-expect-error -- the model has no such action
const ofType: Rules<Models> = { order: { canDispatch: ({ type }) => type !== 'order/paid' } }
// @ts-expect-error -- a rule answers at once
const later: Rules<Models> = { order: { guard: async () => true } }
// @ts-expect-error -- an action has a type
const untyped: Rules<Models> = { order: { enrich: () => ({ payload: 1 }) } }
void [ofAnother, unheardOf, ofField, ofPayload, ofSome, ofKind, ofType, later, untyped]

// What looks like "refuse when it is closed" would refuse whenever it is open.
declare const isClosed: boolean
// @ts-expect-error -- false is no answer
const looksRight: Rules<Models> = { board: { guard: () => isClosed && 'It is closed.' } }
void looksRight
