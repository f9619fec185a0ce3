import { expect, it } from 'vitest'
import { salesOrderSlice } from './src/model/sales-order.ts'
import { stockSlice } from './src/model/stock.ts'
import { stockRefusal } from './stock-rules.ts'

const { received, counted, removed } = stockSlice.actions
const { shipped } = salesOrderSlice.actions
const stock = {
  items: [
    { sku: 'BOLT', quantity: 3 },
    { sku: 'NUT', quantity: 0 },
  ],
}
const ship = (...taken: { sku: string; quantity: number }[]) =>
  stockRefusal(stock, shipped({ id: '1', taken }))

it('ships what is there, to the last one', () => expect(ship({ sku: 'BOLT', quantity: 3 })).toBeUndefined())

it('says what there is not enough of, and how much there is', () => {
  expect(
    ship({ sku: 'BOLT', quantity: 2 }, { sku: 'BOLT', quantity: 2 }, { sku: 'GEAR', quantity: 1 }),
  ).toEqual({
    code: 'stock-short',
    message:
      'There is not enough of BOLT (4 ordered, 3 in stock), GEAR (1 ordered, 0 in stock). ' +
      'Receive what is missing, then ship the order again.',
  })
})

it('names the first few of many shortages', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({ sku: `S${index}`, quantity: 1 }))
  expect(ship(...many)?.message).toMatch(/S0 .*S2 .*, 6 more\./)
})

it('removes only what there is none of', () => {
  expect(stockRefusal(stock, removed({ sku: 'NUT' }))).toBeUndefined()
  expect(stockRefusal(stock, removed({ sku: 'BOLT' }))?.message).toContain('There are still 3 of BOLT.')
})

it('keeps levels and the number of SKUs within bounds', () => {
  const full = {
    items: Array.from({ length: 1_000 }, (_, index) => ({ sku: `S${index}`, quantity: 999_999_999 })),
  }
  expect(stockRefusal(full, received({ sku: 'S1', quantity: 1 }))).toBeUndefined()
  expect(stockRefusal(full, received({ sku: 'S1', quantity: 2 }))?.code).toBe('stock-too-large')
  expect(stockRefusal(full, received({ sku: 'NEW', quantity: 1 }))?.code).toBe('stock-full')
  expect(stockRefusal(full, counted({ sku: 'NEW', quantity: 1 }))?.code).toBe('stock-full')
})
