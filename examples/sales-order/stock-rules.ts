import type { Refusal } from './refusal.ts'
import { type Goods, quantities } from './src/model/goods.ts'
import type { salesOrderSlice } from './src/model/sales-order.ts'
import { levelMax } from './src/model/stock-payloads.ts'
import type { Stock, StockAction } from './src/model/stock.ts'
import { formatNumber } from './src/money.ts'

type Shipped = ReturnType<typeof salesOrderSlice.actions.shipped>

const itemsMax = 1_000
/** A sentence names this many; an order may be short of hundreds. */
const shortagesToldMax = 3

/** What the shelves do not allow. */
export function stockRefusal(stock: Stock | null, action: StockAction | Shipped): Refusal | undefined {
  const items = stock?.items ?? []
  switch (action.type) {
    case 'stock/received':
      return full(items, action.payload.sku) ?? tooMany(items, action.payload)
    case 'stock/counted':
      return full(items, action.payload.sku)
    case 'stock/removed':
      return cannotRemove(items, action.payload.sku)
    case 'salesOrder/shipped':
      return shortOf(items, action.payload.taken)
  }
}

const levelOf = (items: readonly Goods[], sku: string) =>
  items.find((item) => item.sku === sku)?.quantity ?? 0

function full(items: readonly Goods[], sku: string): Refusal | undefined {
  if (items.length < itemsMax || items.some((item) => item.sku === sku)) return undefined
  return {
    code: 'stock-full',
    message: 'The stock has 1,000 SKUs, and cannot have more. Remove one that is no longer kept.',
  }
}

function tooMany(items: readonly Goods[], { sku, quantity }: Goods): Refusal | undefined {
  if (levelOf(items, sku) + quantity <= levelMax) return undefined
  return {
    code: 'stock-too-large',
    message: `There can be at most 1,000,000,000 of ${sku}. Receive less.`,
  }
}

function cannotRemove(items: readonly Goods[], sku: string): Refusal | undefined {
  const there = levelOf(items, sku)
  if (there === 0) return undefined
  return {
    code: 'stock-not-empty',
    message: `There ${areThere(there)} of ${sku}. Set it to 0 first, then remove it.`,
  }
}

function shortOf(items: readonly Goods[], taken: readonly Goods[]): Refusal | undefined {
  const levels = quantities(items)
  const short = [...quantities(taken)].filter(([sku, quantity]) => (levels.get(sku) ?? 0) < quantity)
  if (short.length === 0) return undefined
  const told = short
    .slice(0, shortagesToldMax)
    .map(
      ([sku, quantity]) =>
        `${sku} (${formatNumber(quantity)} ordered, ${formatNumber(levels.get(sku) ?? 0)} in stock)`,
    )
  if (short.length > told.length) told.push(`${short.length - told.length} more`)
  return {
    code: 'stock-short',
    message: `There is not enough of ${told.join(', ')}. Receive what is missing, then ship the order again.`,
  }
}

const areThere = (count: number) => (count === 1 ? 'is still 1' : `are still ${formatNumber(count)}`)
