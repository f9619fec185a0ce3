import { useMemo } from 'react'
import { useKnownIds } from '../highlight.ts'
import type { Goods } from '../model/goods.ts'
import { useOrdered, usePendingSkus } from '../stock.ts'
import { StockRow } from './stock-row.tsx'

export function StockTable({ items }: { items: readonly Goods[] }) {
  const ordered = useOrdered()
  const pending = usePendingSkus()
  const known = useKnownIds(useMemo(() => items.map(({ sku }) => sku), [items]))
  return (
    <table className="lines stock-items" aria-label="Levels">
      <thead>
        <tr>
          <th>SKU</th>
          <th className="quantity-column">In stock</th>
          <th className="amount ordered-column">To be shipped</th>
          <th className="remove-column">
            <span className="visually-hidden">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <StockRow
            key={item.sku}
            item={item}
            ordered={ordered && (ordered.get(item.sku) ?? 0)}
            pending={pending.has(item.sku)}
            known={known}
          />
        ))}
      </tbody>
    </table>
  )
}
