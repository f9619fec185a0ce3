import type { SalesOrder, SalesOrderStatus } from './model/sales-order.ts'
import type { SortOrder, StatusFilter } from './model/settings.ts'

export interface OrderFilter {
  search: string
  status: StatusFilter
  sort: SortOrder
}

/** The orders that match, sorted. */
export function filterOrders(
  orders: readonly SalesOrder[],
  { search, status, sort }: OrderFilter,
): SalesOrder[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return orders
    .filter((order) => (status === 'all' || order.status === status) && matches(order, words))
    .sort(comparers[sort])
}

export function countByStatus(orders: readonly SalesOrder[]): Record<StatusFilter, number> {
  const counts: Record<SalesOrderStatus, number> = { draft: 0, submitted: 0, shipped: 0, cancelled: 0 }
  for (const order of orders) counts[order.status] += 1
  return { all: orders.length, ...counts }
}

function matches(order: SalesOrder, words: string[]): boolean {
  if (words.length === 0) return true
  const text = [order.id, order.customer, ...order.lines.map((line) => line.sku)].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Order numbers begin with the time. Other programs may count: 9 comes before 10. */
const byId = (a: SalesOrder, b: SalesOrder) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1)

const comparers: Record<SortOrder, (a: SalesOrder, b: SalesOrder) => number> = {
  newest: (a, b) => byId(b, a),
  customer: (a, b) => collator.compare(a.customer, b.customer) || byId(b, a),
  total: (a, b) => b.total - a.total || byId(b, a),
}
