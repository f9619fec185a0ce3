import type { SalesOrder, SalesOrderStatus } from './model/sales-order.ts'
import type { SortOrder, StatusFilter } from './ui-slice.ts'

export interface OrderFilter {
  search: string
  status: StatusFilter
  sort: SortOrder
}

/** The orders that match, sorted; `orders` come in the order in which they were first seen. */
export function filterOrders(
  orders: readonly SalesOrder[],
  { search, status, sort }: OrderFilter,
): SalesOrder[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return orders
    .filter((order) => (status === 'all' || order.status === status) && matches(order, words))
    .reverse()
    .sort(comparers[sort])
}

export function countByStatus(orders: readonly SalesOrder[]): Record<StatusFilter, number> {
  const counts: Record<SalesOrderStatus, number> = { draft: 0, submitted: 0, cancelled: 0 }
  for (const order of orders) counts[order.status] += 1
  return { all: orders.length, ...counts }
}

function matches(order: SalesOrder, words: string[]): boolean {
  if (words.length === 0) return true
  const text = [order.id, order.customer, ...order.lines.map((line) => line.sku)].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

const comparers: Record<SortOrder, (a: SalesOrder, b: SalesOrder) => number> = {
  newest: () => 0,
  id: (a, b) => collator.compare(a.id, b.id),
  customer: (a, b) => collator.compare(a.customer, b.customer),
  total: (a, b) => b.total - a.total,
}
