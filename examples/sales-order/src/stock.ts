import { useIsLoaded, usePending } from '@foldback/react'
import { useMemo } from 'react'
import { quantities } from './model/goods.ts'
import { stock } from './model/models.ts'
import type { SalesOrder } from './model/sales-order.ts'
import { useOrders } from './orders.ts'
import { useAppSelector } from './store.ts'

export const useStockItems = () => useAppSelector((state) => state.stock.items)

/** The SKUs of which something is not saved yet. */
export function usePendingSkus(): ReadonlySet<string> {
  const actions = usePending(stock)
  return useMemo(
    () =>
      new Set(actions.flatMap(({ payload }) => ('taken' in payload ? payload.taken : payload)).map(skuOf)),
    [actions],
  )
}

const skuOf = ({ sku }: { sku: string }) => sku

/** How many of each SKU are on orders that wait to be shipped; undefined while the orders are not known. */
export function useOrdered(): ReadonlyMap<string, number> | undefined {
  const orders = useOrders()
  return useMemo(() => orders && orderedOf(orders), [orders])
}

export interface Shortage {
  sku: string
  ordered: number
  inStock: number
}

/** What this device knows the stock to have too little of for an order. */
export function useShortages(order: SalesOrder): readonly Shortage[] {
  const isLoaded = useIsLoaded(stock)
  const levels = quantities(useStockItems())
  if (!isLoaded) return []
  return Array.from(quantities(order.lines), ([sku, ordered]) => ({
    sku,
    ordered,
    inStock: levels.get(sku) ?? 0,
  })).filter(({ ordered, inStock }) => inStock < ordered)
}

const orderedOf = (orders: readonly SalesOrder[]) =>
  quantities(orders.filter(({ status }) => status === 'submitted').flatMap(({ lines }) => lines))
