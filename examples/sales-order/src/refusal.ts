import type { SalesOrderAction } from './model/sales-order.ts'

/** Where on the order page an action was made, and so where its refusal is shown. */
export type Place = 'order' | 'customer' | 'lines' | `line ${string}`

export interface Refusal {
  /** The same for refusals of which only the last one matters: the quantity was to be 5, then 6. */
  key: string
  orderId: string
  place: Place
  /** What did not happen, in the user's words. */
  title: string
  /** Why, and what to do next: the server's sentence. */
  message: string
}

export function refusalOf(action: SalesOrderAction, message: string): Refusal {
  const orderId = action.payload.id
  const thing = 'lineId' in action.payload ? action.payload.lineId : ''
  const key = [action.type, orderId, thing].join(' ')
  return { key, orderId, place: placeOf(action), title: titleOf(action), message }
}

export function placeOf(action: SalesOrderAction): Place {
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
    case 'salesOrder/cancelled':
    case 'salesOrder/deleted':
      return 'order'
  }
}

function titleOf(action: SalesOrderAction): string {
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
    case 'salesOrder/cancelled':
      return 'The order was not cancelled.'
    case 'salesOrder/deleted':
      return 'The order was not deleted.'
  }
}
