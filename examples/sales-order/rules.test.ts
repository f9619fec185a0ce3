import { expect, it } from 'vitest'
import { refusal } from './rules.ts'
import { salesOrderSlice, type SalesOrder, type SalesOrderStatus } from './src/model/sales-order.ts'

const {
  created,
  customerChanged,
  lineAdded,
  lineQuantityChanged,
  lineRemoved,
  submitted,
  shipped,
  cancelled,
  deleted,
} = salesOrderSlice.actions

const id = 'SO-1'
const order = (status: SalesOrderStatus, rest: Partial<SalesOrder> = {}): SalesOrder => ({
  id,
  customer: 'Ada',
  status,
  lines: [{ id: 'a', sku: 'BOLT', quantity: 4, unitPrice: 25 }],
  total: 100,
  ...rest,
})

const changes = [
  customerChanged({ id, customer: 'Eve' }),
  lineAdded({ id, lineId: 'b', sku: 'HINGE', quantity: 1, unitPrice: 1 }),
  lineQuantityChanged({ id, lineId: 'a', quantity: 2 }),
  lineRemoved({ id, lineId: 'a' }),
]

it('lets a draft be changed, submitted, cancelled and deleted', () => {
  for (const action of [...changes, submitted({ id }), cancelled({ id }), deleted({ id })]) {
    expect(refusal(order('draft'), action)).toBeUndefined()
  }
})

it.each(['submitted', 'shipped', 'cancelled'] as const)('lets nobody change a %s order', (status) => {
  for (const action of changes) expect(refusal(order(status), action)?.code).toBe('order-not-draft')
})

it('creates an order only once', () => {
  expect(refusal(null, created({ id, customer: 'Ada' }))).toBeUndefined()
  expect(refusal(order('draft'), created({ id, customer: 'Ada' }))?.code).toBe('order-exists')
})

it('submits an order that has lines, once, and not after it was cancelled', () => {
  expect(refusal(order('draft', { lines: [] }), submitted({ id }))?.code).toBe('no-lines')
  expect(refusal(order('submitted'), submitted({ id }))?.code).toBe('already-submitted')
  expect(refusal(order('cancelled'), submitted({ id }))?.code).toBe('order-not-draft')
})

const ship = (...taken: { sku: string; quantity: number }[]) => shipped({ id, taken })

it('ships a submitted order, once', () => {
  const goods = ship({ sku: 'BOLT', quantity: 4 })
  expect(refusal(order('submitted'), goods)).toBeUndefined()
  expect(refusal(order('draft'), goods)?.code).toBe('order-not-submitted')
  expect(refusal(order('cancelled'), goods)?.code).toBe('order-cancelled')
  expect(refusal(order('shipped'), goods)?.code).toBe('already-shipped')
})

it('ships exactly what is on the lines, those of the same SKU together', () => {
  const line = { sku: 'BOLT', quantity: 4, unitPrice: 25 }
  const lines = [
    { ...line, id: 'a' },
    { ...line, id: 'b' },
    { ...line, id: 'c', sku: 'NUT' },
  ]
  const submittedOrder = order('submitted', { lines })
  const nuts = { sku: 'NUT', quantity: 4 }
  expect(refusal(submittedOrder, ship({ sku: 'BOLT', quantity: 8 }, nuts))).toBeUndefined()
  expect(
    refusal(submittedOrder, ship(nuts, ...[1, 7].map((quantity) => ({ sku: 'BOLT', quantity })))),
  ).toBeUndefined()
  expect(refusal(submittedOrder, ship({ sku: 'BOLT', quantity: 4 }, nuts))).toEqual({
    code: 'goods-not-ordered',
    message: 'The order is for 8 of BOLT, and 4 would be taken. Take exactly what is ordered.',
  })
  expect(refusal(submittedOrder, ship())?.code).toBe('goods-not-ordered')
})

it('neither cancels nor deletes nor submits what is shipped', () => {
  expect(refusal(order('shipped'), cancelled({ id }))?.code).toBe('order-shipped')
  expect(refusal(order('shipped'), deleted({ id }))?.code).toBe('order-shipped')
  expect(refusal(order('shipped'), submitted({ id }))?.code).toBe('order-not-draft')
})

it('cancels an order once', () => {
  expect(refusal(order('submitted'), cancelled({ id }))).toBeUndefined()
  expect(refusal(order('cancelled'), cancelled({ id }))?.code).toBe('already-cancelled')
})

it('deletes no submitted order', () => {
  expect(refusal(order('submitted'), deleted({ id }))?.code).toBe('order-submitted')
  expect(refusal(order('cancelled'), deleted({ id }))).toBeUndefined()
})

it('tells a line that is there already from one that is not there', () => {
  const again = lineAdded({ id, lineId: 'a', sku: 'BOLT', quantity: 1, unitPrice: 1 })
  expect(refusal(order('draft'), again)?.code).toBe('line-exists')
  expect(refusal(order('draft'), lineRemoved({ id, lineId: 'z' }))?.code).toBe('no-such-line')
  const change = lineQuantityChanged({ id, lineId: 'z', quantity: 1 })
  expect(refusal(order('draft'), change)?.code).toBe('no-such-line')
})

it('keeps totals exact to the cent', () => {
  const large = lineAdded({ id, lineId: 'b', sku: 'SHIP', quantity: 1_000_000, unitPrice: 1_000_000_000 })
  expect(refusal(order('draft'), large)?.code).toBe('order-too-large')
  expect(refusal(order('draft', { total: 0 }), large)).toBeUndefined()
})
