import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { created, type Line, lineAdded, lineOf, type OrderAction } from './model.ts'

/*
 * A stream of many events whose record stays small, as those that live long have it: what an order of ten thousand
 * lines would cost is the copying of its lines, whoever loads it.
 */

export const longStreamEvents = 10_000

interface OrderTotal {
  readonly id: string
  readonly customer: string
  lineCount: number
  /** Integer cents. */
  total: number
}

interface OrderId {
  readonly id: string
}

/** Handles the actions of sales orders, by the same names. */
export const orderTotalSlice = createSlice({
  name: 'salesOrder',
  initialState: null as OrderTotal | null,
  reducers: {
    created: (order, { payload: { id, customer } }: PayloadAction<OrderId & { readonly customer: string }>) =>
      order ?? { id, customer, lineCount: 0, total: 0 },
    lineAdded(order, { payload: { line } }: PayloadAction<OrderId & { readonly line: Line }>) {
      if (!order) return
      order.lineCount += 1
      order.total += line.quantity * line.unitPrice
    },
  },
})

/** The actions of one stream: the order, then its lines. */
export function longStreamActions(id: string): OrderAction[] {
  return Array.from({ length: longStreamEvents }, (_, index) =>
    index === 0 ? created({ id, customer: 'Ada Lovelace' }) : lineAdded({ id, line: lineOf(index) }),
  )
}
