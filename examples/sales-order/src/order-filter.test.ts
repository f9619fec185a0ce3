import { expect, it } from 'vitest'
import type { SalesOrder } from './model/sales-order.ts'
import { countByStatus, filterOrders } from './order-filter.ts'

const order = (id: string, customer: string, rest: Partial<SalesOrder> = {}): SalesOrder => ({
  id,
  customer,
  status: 'draft',
  lines: [],
  total: 0,
  ...rest,
})

const orders = [
  order('SO-2', 'Borealis', { total: 500 }),
  order('SO-10', 'acme', {
    status: 'submitted',
    lines: [{ id: 'a', sku: 'BOLT-9', quantity: 1, unitPrice: 900 }],
    total: 900,
  }),
  order('SO-1', 'Cobalt', { status: 'cancelled' }),
]
const ids = (found: SalesOrder[]) => found.map(({ id }) => id)
const all = { search: '', status: 'all', sort: 'newest' } as const

it('shows the newest order first', () =>
  expect(ids(filterOrders(orders, all))).toEqual(['SO-10', 'SO-2', 'SO-1']))

it('sorts by customer and by total', () => {
  expect(ids(filterOrders(orders, { ...all, sort: 'customer' }))).toEqual(['SO-10', 'SO-2', 'SO-1'])
  expect(ids(filterOrders(orders, { ...all, sort: 'total' }))).toEqual(['SO-10', 'SO-2', 'SO-1'])
})

it('finds every word in number, customer or SKU, whatever the case', () => {
  expect(ids(filterOrders(orders, { ...all, search: 'ACME bolt' }))).toEqual(['SO-10'])
  expect(ids(filterOrders(orders, { ...all, search: 'acme cobalt' }))).toEqual([])
})

it('keeps one status', () =>
  expect(ids(filterOrders(orders, { ...all, status: 'cancelled' }))).toEqual(['SO-1']))

it('counts what there is of each status', () =>
  expect(countByStatus(orders)).toEqual({ all: 3, draft: 1, submitted: 1, shipped: 0, cancelled: 1 }))
