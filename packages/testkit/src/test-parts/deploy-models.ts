import { type AnyModel, defineModel } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

/* Two versions of the same three models, one of each kind, that fold otherwise; in the second an action is renamed. */

const orderV1 = createSlice({
  name: 'order',
  initialState: null as { id: string; customer: string } | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string; customer: string }>) => payload,
    renamed: (order, { payload }: PayloadAction<{ id: string; customer: string }>) =>
      order && { ...order, customer: payload.customer },
  },
})
/** `customer` is called `name`, `renamed` is called `named`, and changes are counted. */
const orderV2 = createSlice({
  name: 'order',
  initialState: null as { id: string; name: string; changes: number } | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string; name: string }>) => ({ ...payload, changes: 0 }),
    named: (order, { payload }: PayloadAction<{ id: string; name: string }>) =>
      order && { ...order, name: payload.name, changes: order.changes + 1 },
  },
})
const noteSlice = (mark: string) =>
  createSlice({
    name: 'note',
    initialState: { text: '' },
    reducers: { written: (_, { payload }: PayloadAction<string>) => ({ text: `${mark}${payload}` }) },
  })
const themeSlice = (mark: string) =>
  createSlice({
    name: 'theme',
    initialState: { color: '' },
    reducers: { painted: (_, { payload }: PayloadAction<string>) => ({ color: `${mark}${payload}` }) },
  })

const streamId = ({ payload }: { payload: { id: string } }): string => payload.id
export const modelsV1: readonly AnyModel[] = [
  defineModel(orderV1, { streamId }),
  defineModel(noteSlice('')),
  defineModel(themeSlice(''), { stream: 'user' }),
]
export const modelsV2: readonly AnyModel[] = [
  defineModel(orderV2, {
    version: 2,
    streamId,
    upcast: (action) => {
      const { id, customer } = action.payload
      const type = action.type === 'order/renamed' ? 'order/named' : action.type
      return { ...action, type, payload: { id, name: customer } }
    },
  }),
  defineModel(noteSlice('2: '), { version: 2 }),
  defineModel(themeSlice('2: '), { version: 2, stream: 'user' }),
]

export const created = (customer: string, id = '1') => orderV1.actions.created({ id, customer })
export const renamed = (customer: string, id = '1') => orderV1.actions.renamed({ id, customer })
export const createdV2 = (name: string, id = '1') => orderV2.actions.created({ id, name })
export const named = (name: string, id = '1') => orderV2.actions.named({ id, name })
export const { written } = noteSlice('').actions
export const { painted } = themeSlice('').actions
