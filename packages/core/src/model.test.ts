import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Action } from './action.ts'
import { type AnyModel, defineModel, modelsByName } from './model.ts'

const orderSlice = createSlice({
  name: 'order',
  initialState: null as { id: string } | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string }>) => ({ id: payload.id }),
    deleted: (_order, _action: PayloadAction<{ id: string }>) => null,
  },
})
const boardSlice = createSlice({
  name: 'board',
  initialState: { notes: [] as string[] },
  reducers: { noted: (board, { payload }: PayloadAction<string>) => void board.notes.push(payload) },
})
const streamId = (action: { payload: { id: string } }): string => action.payload.id
const misconfigured = expect.objectContaining({ code: 'misconfigured' })

describe('defineModel', () => {
  it('makes one record for each id of a slice whose stream it is told to find', () => {
    const orders = defineModel(orderSlice, { streamId })
    expect(orders).toMatchObject({ name: 'order', kind: 'entity', version: 1, createsTypes: undefined })
    expect(orders.streamId(orderSlice.actions.created({ id: '7' }))).toBe('7')
  })

  it('makes one record for everybody of a slice alone, and one for each user when asked to', () => {
    expect(defineModel(boardSlice).kind).toBe('shared')
    expect(defineModel(boardSlice, { stream: 'shared' }).kind).toBe('shared')
    expect(defineModel(boardSlice, { stream: 'user' }).kind).toBe('user')
  })

  it('handles exactly the types of the slice, and of actions that are added to them', () => {
    expect(defineModel(boardSlice).types).toEqual(new Set(['board/noted']))
    const both = defineModel({
      ...boardSlice,
      actions: { ...boardSlice.actions, created: orderSlice.actions.created },
    })
    expect(both.types).toEqual(new Set(['board/noted', 'order/created']))
  })

  it('takes what creates records, and payload schemas, by the short names of the actions', () => {
    const schema = z.object({ id: z.string() })
    const orders = defineModel(orderSlice, { streamId, creates: ['created'], schemas: { created: schema } })
    expect(orders.createsTypes).toEqual(new Set(['order/created']))
    expect([...orders.schemas]).toEqual([['order/created', schema]])
  })

  it.each(['', '7up', 'a/b', 'a b', 'ä', '__proto__', 'a'.repeat(65)])('refuses the name %j', (name) => {
    expect(() => defineModel({ ...boardSlice, name })).toThrow(misconfigured)
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses the version %s', (version) => {
    expect(() => defineModel(boardSlice, { version })).toThrow(misconfigured)
  })

  it('takes an upcast, and refuses one that is no function', () => {
    const upcast = (action: Action) => action
    expect(defineModel(boardSlice, { version: 2, upcast }).upcast).toBe(upcast)
    expect(defineModel(boardSlice).upcast).toBeUndefined()
    expect(() => defineModel(boardSlice, { upcast: {} as never })).toThrow(misconfigured)
  })

  it('refuses a slice without actions', () => {
    expect(() => defineModel({ ...boardSlice, actions: {} })).toThrow(misconfigured)
  })

  it.each(['nothing', 'toString', '__proto__'])(
    'refuses options about an action %j that is not there',
    (name) => {
      expect(() => defineModel(orderSlice, { streamId, creates: [name as 'created'] })).toThrow(misconfigured)
      const schemas = Object.fromEntries([[name, z.string()]])
      expect(() => defineModel(boardSlice, { schemas })).toThrow(misconfigured)
    },
  )
})

describe('modelsByName', () => {
  it('finds models by their names, and refuses two of one name', () => {
    const board = defineModel(boardSlice)
    expect(modelsByName([board]).get('board')).toBe(board)
    expect(() => modelsByName([board, defineModel(boardSlice, { stream: 'user' })])).toThrow(
      'two models are named board',
    )
  })
})

describe('a mistake that only the type checker would see', () => {
  const slice = {
    name: 'order',
    reducer: () => ({}),
    actions: { opened: Object.assign(() => ({ type: 'order/opened' }), { type: 'order/opened' }) },
  }
  const define = defineModel as unknown as (...given: unknown[]) => unknown

  it.each([
    [
      'an option that there is not',
      [slice, { streamid: () => '1' }],
      /defineModel\(order\) has no option streamid; there are .*streamId/,
    ],
    ['a stream that there is not', [slice, { stream: 'users' }], /'shared' or 'user', not "users"/],
    ['a streamId that is no function', [slice, { streamId: 'id' }], /must be a function/],
    ['a schema that is none', [slice, { schemas: { opened: {} } }], /order\/opened is no Standard Schema/],
    ['a stream beside a streamId', [slice, { stream: 'user', streamId: () => '1' }], /take one of them away/],
    ['creates without a streamId', [slice, { creates: ['opened'] }], /creates without a streamId/],
    ['creates that is no list', [slice, { streamId: () => '1', creates: 'opened' }], /\['created'\]/],
    ['an action that there is not', [slice, { streamId: () => '1', creates: ['open'] }], /it has opened\)/],
    ['options that are none', [slice, null], /options of model order must be an object/],
    ['a list of slices', [[slice]], /takes a slice/],
    ['an action group', [slice.actions], /defineModel\(\{ name, reducer, actions: group \}\)/],
    [
      'an action creator without a type',
      [{ ...slice, actions: { opened: () => ({}) } }],
      /opened of order has no type/,
    ],
    ['a reducer in the place of a slice', [() => ({})], /a reducer alone/],
    ['nothing in the place of a slice', [undefined], /takes a slice/],
  ])('is named: %s', (_name, given, message) => {
    expect(() => define(...given)).toThrow(message)
  })

  it('is named: a slice that begins as null, and nothing that tells its records apart', () => {
    expect(() => define(orderSlice)).toThrow(/begins as null; give streamId/)
    expect(() => define(orderSlice, { version: 2 })).toThrow(/begins as null/)
    expect(define(orderSlice, { stream: 'shared' })).toMatchObject({ kind: 'shared' })
  })

  it('is named: a slice in the place of a model, and what is no list', () => {
    expect(() => modelsByName([slice as unknown as AnyModel])).toThrow(/a slice is not a model yet/)
    expect(() => modelsByName(undefined as unknown as AnyModel[])).toThrow(/must be a list/)
    expect(() => modelsByName({ slice } as unknown as AnyModel[])).toThrow(/must be a list/)
  })
})
