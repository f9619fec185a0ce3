import { defineModel } from '@foldback/core'
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

/* The sales orders that everything is measured with: Foldback, the peers that have a reducer, and the reducer alone. */

export interface Line {
  readonly id: string
  readonly sku: string
  readonly quantity: number
  /** Integer cents. */
  readonly unitPrice: number
}

export interface SalesOrder {
  readonly id: string
  readonly customer: string
  lines: Line[]
  /** Integer cents. */
  total: number
}

interface OrderId {
  readonly id: string
}

export const salesOrderSlice = createSlice({
  name: 'salesOrder',
  initialState: null as SalesOrder | null,
  reducers: {
    created: (order, { payload: { id, customer } }: PayloadAction<OrderId & { readonly customer: string }>) =>
      order ?? { id, customer, lines: [], total: 0 },
    lineAdded(order, { payload: { line } }: PayloadAction<OrderId & { readonly line: Line }>) {
      if (!order) return
      order.lines.push(line)
      order.total += line.quantity * line.unitPrice
    },
  },
})

export const { created, lineAdded } = salesOrderSlice.actions
export type OrderAction = ReturnType<typeof created> | ReturnType<typeof lineAdded>

export const salesOrders = defineModel(salesOrderSlice, {
  streamId: ({ payload }) => payload.id,
  creates: ['created'],
})
export const models = [salesOrders] as const

/** Lines that an order gets; then its writer begins the next one. So records are of a bounded size, as orders are. */
export const linesPerOrder = 50
export const eventsPerOrder = linesPerOrder + 1

/**
 * What a writer dispatches, one after the other: an order, then its lines, then the next order. No two writers have an
 * order in common. A line is about 150 bytes of JSON.
 */
export class OrderWriter {
  readonly #name: string
  #orderCount = 0
  #lineCount = linesPerOrder

  /** @param name such as 'w07', another one for each writer and each run. */
  constructor(name: string) {
    this.#name = name
  }

  next(): OrderAction {
    if (this.#lineCount === linesPerOrder) {
      this.#orderCount += 1
      this.#lineCount = 0
      return created({ id: this.#orderId, customer: 'Ada Lovelace' })
    }
    this.#lineCount += 1
    return lineAdded({ id: this.#orderId, line: lineOf(this.#lineCount) })
  }

  get #orderId(): string {
    return `${this.#name}-${this.#orderCount}`
  }
}

/** The line with this number of an order. */
export function lineOf(number: number): Line {
  return {
    id: `line-${number}`,
    sku: 'TEA-EARL-GREY-LEAVES-TIN-250G',
    quantity: 1 + (number % 9),
    unitPrice: 450,
  }
}
