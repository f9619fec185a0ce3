/** So many of one thing. */
export interface Goods {
  sku: string
  quantity: number
}

/** How many of each SKU there are in all, in the order in which the SKUs come first. */
export function quantities(goods: readonly Goods[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of goods) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return sums
}
