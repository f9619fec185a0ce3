import { defineModel } from '@foldback/core'
import { createSlice, isAnyOf, type PayloadAction } from '@reduxjs/toolkit'
import { payloads as schemas, type Payloads } from './payloads.ts'

export type SalesOrderStatus = 'draft' | 'submitted' | 'shipped' | 'cancelled'

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
    created(order, { payload }: PayloadAction<Payloads['created']>) {
      return order ?? { id: payload.id, customer: payload.customer, status: 'draft', lines: [], total: 0 }
    },
    customerChanged(order, { payload }: PayloadAction<Payloads['customerChanged']>) {
      if (order) order.customer = payload.customer
    },
    lineAdded(order, { payload }: PayloadAction<Payloads['lineAdded']>) {
      if (!order || order.lines.some((line) => line.id === payload.lineId)) return
      const { lineId, sku, quantity, unitPrice } = payload
      order.lines.push({ id: lineId, sku, quantity, unitPrice })
      order.total = totalOf(order.lines)
    },
    lineQuantityChanged(order, { payload }: PayloadAction<Payloads['lineQuantityChanged']>) {
      const line = order?.lines.find((each) => each.id === payload.lineId)
      if (!order || !line) return
      line.quantity = payload.quantity
      order.total = totalOf(order.lines)
    },
    lineRemoved(order, { payload }: PayloadAction<Payloads['lineRemoved']>) {
      if (!order) return
      order.lines = order.lines.filter((line) => line.id !== payload.lineId)
      order.total = totalOf(order.lines)
    },
    submitted(order, _action: PayloadAction<Payloads['submitted']>) {
      if (order) order.status = 'submitted'
    },
    /** The stock hears of it too: see models.ts. */
    shipped(order, _action: PayloadAction<Payloads['shipped']>) {
      if (order?.status === 'submitted') order.status = 'shipped'
    },
    cancelled(order, _action: PayloadAction<Payloads['cancelled']>) {
      if (order) order.status = 'cancelled'
    },
    deleted: (_order, _action: PayloadAction<Payloads['deleted']>) => null,
  },
})

type Actions = typeof salesOrderSlice.actions
export type SalesOrderAction = ReturnType<Actions[keyof Actions]>
export const isSalesOrderAction = isAnyOf(...Object.values(salesOrderSlice.actions))

const streamId = ({ payload }: SalesOrderAction) => payload.id
/** Each keystroke in the customer's name is an action; those that were not sent yet become one. */
const coalesce = { customerChanged: () => 'customer' }
export const salesOrders = defineModel(salesOrderSlice, { streamId, creates: ['created'], schemas, coalesce })
