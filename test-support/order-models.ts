import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { defineModel } from '@foldback/core'
import { z } from 'zod'

export interface Order {
  readonly id: string
  customer: string
  readonly isSecret: boolean
}

export const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string; customer: string; isSecret?: boolean }>) => ({
      id: payload.id,
      customer: payload.customer,
      isSecret: payload.isSecret ?? false,
    }),
    renamed(order, { payload }: PayloadAction<{ id: string; customer: string }>) {
      if (order !== null) order.customer = payload.customer
    },
    exploded(_order, _action: PayloadAction<{ id: string }>) {
      throw new Error('the reducer exploded')
    },
    deleted: (_order, _action: PayloadAction<{ id: string }>) => null,
  },
})

export const noteSlice = createSlice({
  name: 'note',
  initialState: { text: '' },
  reducers: {
    written: (_, { payload }: PayloadAction<string>) => ({ text: payload }),
  },
})

export const themeSlice = createSlice({
  name: 'theme',
  initialState: { color: 'grey' },
  reducers: {
    painted: (_, { payload }: PayloadAction<string>) => ({ color: payload }),
  },
})

/** One model of each kind: orders, a note that all share, and a theme for each user. */
export const models = [
  defineModel(orderSlice, {
    streamId: (action) => action.payload.id,
    creates: ['created'],
    schemas: {
      created: z.object({ id: z.string(), customer: z.string(), isSecret: z.boolean().optional() }),
    },
  }),
  defineModel(noteSlice),
  defineModel(themeSlice, { stream: 'user' }),
] as const

export const created = (id: string, customer = 'Ada') => orderSlice.actions.created({ id, customer })
export const renamed = (id: string, customer: string) => orderSlice.actions.renamed({ id, customer })
