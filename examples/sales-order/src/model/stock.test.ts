import { describe, expect, it } from 'vitest'
import { quantities } from './goods.ts'
import { stock as model } from './models.ts'
import { salesOrderSlice } from './sales-order.ts'
import { stockPayloads } from './stock-payloads.ts'
import { stockSlice, type Stock } from './stock.ts'

const { received, counted, removed } = stockSlice.actions
const { shipped } = salesOrderSlice.actions

const fold = (...actions: { type: string }[]) =>
  actions.reduce<Stock | undefined>(stockSlice.reducer, undefined)?.items
const bolts = received({ sku: 'BOLT', quantity: 5 })

describe('the stock', () => {
  it('adds what is received, in the order of the SKUs', () => {
    const more = received({ sku: 'BOLT', quantity: 2 })
    expect(fold(bolts, received({ sku: 'AXLE', quantity: 1 }), more)).toEqual([
      { sku: 'AXLE', quantity: 1 },
      { sku: 'BOLT', quantity: 7 },
    ])
  })

  it('has what was counted, whatever was there before', () => {
    expect(fold(bolts, counted({ sku: 'BOLT', quantity: 0 }))).toEqual([{ sku: 'BOLT', quantity: 0 }])
    expect(fold(counted({ sku: 'NUT', quantity: 3 }))).toEqual([{ sku: 'NUT', quantity: 3 }])
  })

  it('forgets what is removed', () => expect(fold(bolts, removed({ sku: 'BOLT' }))).toEqual([]))

  it('hears of shipped orders, and of nothing else of them', () => {
    expect([...model.types]).toEqual([
      'stock/received',
      'stock/counted',
      'stock/removed',
      'salesOrder/shipped',
    ])
  })

  it('gives what is shipped, lines of the same SKU together', () => {
    const lines = [
      { sku: 'BOLT', quantity: 2 },
      { sku: 'BOLT', quantity: 1 },
    ]
    expect(fold(bolts, shipped({ id: '1', taken: lines }))).toEqual([{ sku: 'BOLT', quantity: 2 }])
  })

  it('never throws and never falls below nothing, even when more is taken than there is', () => {
    const much = shipped({
      id: '1',
      taken: [
        { sku: 'BOLT', quantity: 9 },
        { sku: 'NONE', quantity: 1 },
      ],
    })
    expect(fold(bolts, much)).toEqual([{ sku: 'BOLT', quantity: 0 }])
    expect(fold(much)).toEqual([])
  })

  it('takes SKUs that are called like something every object has', () => {
    const names = ['__proto__', 'constructor']
    expect(fold(...names.map((sku) => received({ sku, quantity: 1 })))).toHaveLength(2)
    expect(quantities(names.map((sku) => ({ sku, quantity: 2 }))).get('__proto__')).toBe(2)
  })
})

it.each([{ quantity: 0 }, { quantity: 1.5 }, { quantity: 1_000_001 }, { sku: ' ' }, { sku: undefined }])(
  'does not receive %j',
  (wrong) =>
    expect(stockPayloads.received.safeParse({ sku: 'A', quantity: 1, ...wrong }).success).toBe(false),
)
