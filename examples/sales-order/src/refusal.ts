import { isAnyOf } from '@reduxjs/toolkit'
import { boardSlice, type BoardAction } from './model/board.ts'
import { isSalesOrderAction, type SalesOrderAction } from './model/sales-order.ts'
import { stockSlice, type StockAction } from './model/stock.ts'

/** Where an action was made, and so where its refusal is shown: on the order page, or on another. */
export type Place = 'order' | 'customer' | 'lines' | `line ${string}` | 'board' | 'stock'

export interface Refusal {
  /** The same for refusals of which only the last one matters: the quantity was to be 5, then 6. */
  key: string
  /** Of what is not about an order, undefined. */
  orderId: string | undefined
  place: Place
  /** What did not happen, in the user's words. */
  title: string
  /** Why, and what to do next: the server's sentence. */
  message: string
}

export type SharedAction = SalesOrderAction | BoardAction | StockAction
const isBoardAction = isAnyOf(...Object.values(boardSlice.actions))
const isStockAction = isAnyOf(...Object.values(stockSlice.actions))
export const isSharedAction = isAnyOf(isSalesOrderAction, isBoardAction, isStockAction)

export function refusalOf(action: SharedAction, message: string): Refusal {
  const key = [action.type, ...thingsOf(action)].join(' ')
  return { key, orderId: orderIdOf(action), place: placeOf(action), title: titleOf(action), message }
}

export const orderIdOf = (action: SharedAction): string | undefined =>
  isSalesOrderAction(action) ? action.payload.id : undefined

/** What the action is about, as ids. */
export function thingsOf(action: SharedAction): string[] {
  const { payload } = action
  if (typeof payload === 'string') return [payload]
  if ('lineId' in payload) return [payload.id, payload.lineId]
  return ['id' in payload ? payload.id : payload.sku]
}

export function placeOf(action: SharedAction): Place {
  if (isBoardAction(action)) return 'board'
  if (isStockAction(action)) return 'stock'
  switch (action.type) {
    case 'salesOrder/customerChanged':
      return 'customer'
    case 'salesOrder/lineAdded':
      return 'lines'
    case 'salesOrder/lineQuantityChanged':
    case 'salesOrder/lineRemoved':
      return `line ${action.payload.lineId}`
    case 'salesOrder/created':
    case 'salesOrder/submitted':
    case 'salesOrder/shipped':
    case 'salesOrder/cancelled':
    case 'salesOrder/deleted':
      return 'order'
  }
}

function titleOf(action: SharedAction): string {
  switch (action.type) {
    case 'salesOrder/created':
      return `The order for ${action.payload.customer} was not created.`
    case 'salesOrder/customerChanged':
      return `The customer was not changed to ${action.payload.customer}.`
    case 'salesOrder/lineAdded':
      return `${action.payload.quantity} × ${action.payload.sku} was not added.`
    case 'salesOrder/lineQuantityChanged':
      return `The quantity was not changed to ${action.payload.quantity}.`
    case 'salesOrder/lineRemoved':
      return 'The line was not removed.'
    case 'salesOrder/submitted':
      return 'The order was not submitted.'
    case 'salesOrder/shipped':
      return 'The order was not shipped.'
    case 'salesOrder/cancelled':
      return 'The order was not cancelled.'
    case 'salesOrder/deleted':
      return 'The order was not deleted.'
    case 'board/taskAdded':
      return `“${action.payload.title}” was not added.`
    case 'board/taskChanged':
      return `The task was not changed${action.payload.changes.title ? ` to “${action.payload.changes.title}”` : ''}.`
    case 'board/taskMoved':
      return 'The task was not moved.'
    case 'board/taskRemoved':
      return 'The task was not removed.'
    case 'stock/received':
      return `${action.payload.quantity} of ${action.payload.sku} was not received.`
    case 'stock/counted':
      return `The stock of ${action.payload.sku} was not set to ${action.payload.quantity}.`
    case 'stock/removed':
      return `${action.payload.sku} was not removed.`
  }
}
