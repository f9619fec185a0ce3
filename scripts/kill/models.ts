import { defineModel } from '@foldback/core'
import type { Rules } from '@foldback/engine'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

/*
 * What the killed server keeps: orders, a stock that shipping an order takes from, and a notebook for each user. So
 * there are records that come and go, grow and are refused; one action that is recorded in two streams or in none;
 * and one that the server replaces by its own.
 */

interface Line {
  readonly id: string
  readonly sku: string
  readonly quantity: number
  /** Long enough, now and then, to take more than a page of the database. */
  readonly note: string
}

interface Order {
  readonly id: string
  status: 'draft' | 'submitted' | 'shipped'
  lines: Line[]
  invoice: string
}

interface Stock {
  readonly levels: Record<string, number>
}

interface OrderId {
  readonly id: string
}

const linesMax = 40
const entriesKept = 20

const orderSlice = createSlice({
  name: 'order',
  initialState: null as Order | null,
  reducers: {
    created: (order, { payload }: PayloadAction<OrderId>) =>
      order ?? { id: payload.id, status: 'draft', lines: [], invoice: '' },
    lineAdded(order, { payload }: PayloadAction<OrderId & { readonly line: Line }>) {
      order?.lines.push(payload.line)
    },
    lineRemoved(order, { payload }: PayloadAction<OrderId & { readonly line: string }>) {
      if (order) order.lines = order.lines.filter(({ id }) => id !== payload.line)
    },
    submitted(order, { payload }: PayloadAction<OrderId & { readonly invoice?: string }>) {
      if (!order) return
      order.status = 'submitted'
      order.invoice = payload.invoice ?? ''
    },
    shipped(order, _action: PayloadAction<OrderId & { readonly sku: string; readonly quantity: number }>) {
      if (order) order.status = 'shipped'
    },
    deleted: (_order, _action: PayloadAction<OrderId>) => null,
  },
})

const stockSlice = createSlice({
  name: 'stock',
  initialState: (): Stock => ({ levels: {} }),
  reducers: {
    received({ levels }, { payload }: PayloadAction<{ readonly sku: string; readonly quantity: number }>) {
      levels[payload.sku] = (levels[payload.sku] ?? 0) + payload.quantity
    },
  },
  extraReducers: (builder) =>
    builder.addCase(orderSlice.actions.shipped, ({ levels }, { payload }) => {
      levels[payload.sku] = (levels[payload.sku] ?? 0) - payload.quantity
    }),
})

const notebookSlice = createSlice({
  name: 'notebook',
  initialState: { entries: [] as string[] },
  reducers: {
    written(notebook, { payload }: PayloadAction<string>) {
      notebook.entries = [...notebook.entries, payload].slice(-entriesKept)
    },
  },
})

export const { created, lineAdded, lineRemoved, submitted, shipped, deleted } = orderSlice.actions
export const { received } = stockSlice.actions
export const { written } = notebookSlice.actions

export const orders = defineModel(orderSlice, {
  streamId: ({ payload }) => payload.id,
  creates: ['created'],
})
const stock = defineModel({ ...stockSlice, actions: { ...stockSlice.actions, shipped } })
const notebook = defineModel(notebookSlice, { stream: 'user' })

export const models = [orders, stock, notebook] as const

const refused = (code: string) => ({ code, message: `The rules of this server say: ${code}.` })

/** @param newInvoice a number that no other invoice has. */
export const rulesWith = (newInvoice: () => string): Rules<typeof models> => ({
  order: {
    guard: (order, { type }) => {
      if (order === null) return true
      if (type === 'order/created') return refused('order-exists')
      if (type === 'order/shipped') return order.status === 'submitted' || refused('not-submitted')
      if (type === 'order/deleted') return true
      if (order.status !== 'draft') return refused('not-draft')
      return type !== 'order/lineAdded' || order.lines.length < linesMax || refused('order-full')
    },
    enrich: (action) =>
      action.type === 'order/submitted'
        ? { ...action, payload: { ...action.payload, invoice: newInvoice() } }
        : undefined,
  },
  stock: {
    guard: (state, action) =>
      action.type !== 'order/shipped' ||
      (state?.levels[action.payload.sku] ?? 0) >= action.payload.quantity ||
      refused('stock-short'),
  },
})
