import { defineModel } from '@foldback/core'
import { createSlice, isAnyOf, type PayloadAction } from '@reduxjs/toolkit'
import { payloads } from './payloads.ts'

export type SalesOrderStatus = 'draft' | 'submitted' | 'cancelled'

export interface SalesOrderLine {
  id: string
  sku: string
  quantity: number
  /** Integer cents. */
  unitPrice: number
}

export interface SalesOrder {
  id: string
  customer: string
  status: SalesOrderStatus
  lines: SalesOrderLine[]
  /** Integer cents. */
  total: number
}

const totalOf = (lines: readonly SalesOrderLine[]) =>
  lines.reduce((total, line) => total + line.quantity * line.unitPrice, 0)

export const salesOrderSlice = createSlice({
  name: 'salesOrder',
  initialState: null as SalesOrder | null,
  reducers: {
    created(order, { payload }: PayloadAction<{ id: string; customer: string }>) {
      return order ?? { id: payload.id, customer: payload.customer, status: 'draft', lines: [], total: 0 }
    },
    customerChanged(order, { payload }: PayloadAction<{ id: string; customer: string }>) {
      if (order) order.customer = payload.customer
    },
    lineAdded(
      order,
      {
        payload,
      }: PayloadAction<{ id: string; lineId: string; sku: string; quantity: number; unitPrice: number }>,
    ) {
      if (!order || order.lines.some((line) => line.id === payload.lineId)) return
      const { lineId, sku, quantity, unitPrice } = payload
      order.lines.push({ id: lineId, sku, quantity, unitPrice })
      order.total = totalOf(order.lines)
    },
    lineQuantityChanged(order, { payload }: PayloadAction<{ id: string; lineId: string; quantity: number }>) {
      const line = order?.lines.find((each) => each.id === payload.lineId)
      if (!order || !line) return
      line.quantity = payload.quantity
      order.total = totalOf(order.lines)
    },
    lineRemoved(order, { payload }: PayloadAction<{ id: string; lineId: string }>) {
      if (!order) return
      order.lines = order.lines.filter((line) => line.id !== payload.lineId)
      order.total = totalOf(order.lines)
    },
    submitted(order, _action: PayloadAction<{ id: string }>) {
      if (order) order.status = 'submitted'
    },
    cancelled(order, _action: PayloadAction<{ id: string }>) {
      if (order) order.status = 'cancelled'
    },
    deleted: (_order, _action: PayloadAction<{ id: string }>) => null,
  },
})

type Actions = typeof salesOrderSlice.actions
export type SalesOrderAction = ReturnType<Actions[keyof Actions]>
export const isSalesOrderAction = isAnyOf(...Object.values(salesOrderSlice.actions))

export const salesOrders = defineModel(salesOrderSlice, {
  streamId: (action) => action.payload.id,
  creates: ['created'],
  schemas: payloads,
})
