import { describe, expect, it } from 'vitest'
import { payloads } from './payloads.ts'
import { salesOrderSlice, type SalesOrder, type SalesOrderAction } from './sales-order.ts'

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
const bolts = lineAdded({ id, lineId: 'a', sku: 'BOLT', quantity: 4, unitPrice: 25 })
const hinges = lineAdded({ id, lineId: 'b', sku: 'HINGE', quantity: 2, unitPrice: 1249 })

const fold = (...actions: SalesOrderAction[]) =>
  actions.reduce<SalesOrder | null>(salesOrderSlice.reducer, null)

describe('a sales order', () => {
  it('begins as an empty draft', () => {
    expect(fold(created({ id, customer: 'Ada' }))).toEqual({
      id,
      customer: 'Ada',
      status: 'draft',
      lines: [],
      total: 0,
    })
  })

  it('is not wiped when it is created again', () => {
    const order = fold(created({ id, customer: 'Ada' }), bolts)
    expect(salesOrderSlice.reducer(order, created({ id, customer: 'Eve' }))).toBe(order)
  })

  it('adds its lines up in cents', () => {
    const order = fold(created({ id, customer: 'Ada' }), bolts, hinges)
    expect(order?.lines).toEqual([
      { id: 'a', sku: 'BOLT', quantity: 4, unitPrice: 25 },
      { id: 'b', sku: 'HINGE', quantity: 2, unitPrice: 1249 },
    ])
    expect(order?.total).toBe(2598)
  })

  it('keeps the total right when quantities change and lines go', () => {
    const changed = lineQuantityChanged({ id, lineId: 'b', quantity: 3 })
    const order = fold(created({ id, customer: 'Ada' }), bolts, hinges, changed)
    expect(order?.total).toBe(3847)
    expect(salesOrderSlice.reducer(order, lineRemoved({ id, lineId: 'a' }))?.total).toBe(3747)
  })

  it('changes its customer', () => {
    expect(fold(created({ id, customer: 'Ada' }), customerChanged({ id, customer: 'Eve' }))?.customer).toBe(
      'Eve',
    )
  })

  it('is submitted and cancelled', () => {
    const draft = fold(created({ id, customer: 'Ada' }), bolts)
    expect(salesOrderSlice.reducer(draft, submitted({ id }))?.status).toBe('submitted')
    expect(salesOrderSlice.reducer(draft, cancelled({ id }))?.status).toBe('cancelled')
  })

  it('is shipped when it is submitted, and stays as it is otherwise', () => {
    const draft = fold(created({ id, customer: 'Ada' }), bolts)
    const ship = shipped({ id, taken: [{ sku: 'BOLT', quantity: 4 }] })
    expect(fold(created({ id, customer: 'Ada' }), bolts, submitted({ id }), ship)).toEqual({
      ...draft,
      status: 'shipped',
    })
    expect(salesOrderSlice.reducer(draft, ship)).toBe(draft)
    expect(fold(ship)).toBeNull()
  })

  it('leaves nothing when it is deleted', () => {
    expect(fold(created({ id, customer: 'Ada' }), bolts, deleted({ id }))).toBeNull()
  })

  it('stays missing whatever happens to it before it is created', () => {
    const actions = [bolts, customerChanged({ id, customer: 'Eve' }), submitted({ id }), cancelled({ id })]
    expect(fold(...actions, lineRemoved({ id, lineId: 'a' }), deleted({ id }))).toBeNull()
  })

  it('is the same object after a change of a line it does not have, or has already', () => {
    const order = fold(created({ id, customer: 'Ada' }), bolts)
    expect(salesOrderSlice.reducer(order, lineQuantityChanged({ id, lineId: 'z', quantity: 9 }))).toBe(order)
    expect(salesOrderSlice.reducer(order, bolts)).toBe(order)
  })
})

describe('the payload of a line', () => {
  const line = { id, lineId: 'a', sku: 'BOLT', quantity: 1, unitPrice: 0 }

  it('may be free, and large', () => {
    expect(payloads.lineAdded.safeParse(line).success).toBe(true)
    expect(payloads.lineAdded.safeParse({ ...line, quantity: 1_000_000 }).success).toBe(true)
  })

  it.each([
    { quantity: 0 },
    { quantity: 1.5 },
    { quantity: 1_000_001 },
    { quantity: '1' },
    { unitPrice: -1 },
    { unitPrice: 0.5 },
    { unitPrice: NaN },
    { sku: ' ' },
    { sku: 'x'.repeat(65) },
    { lineId: '' },
    { lineId: undefined },
  ])('is not %j', (wrong) => {
    expect(payloads.lineAdded.safeParse({ ...line, ...wrong }).success).toBe(false)
  })
})
