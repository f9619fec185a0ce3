import { useIsLoaded } from '../loaded.ts'
import { quantities } from '../model/goods.ts'
import { stock } from '../model/models.ts'
import type { SalesOrder } from '../model/sales-order.ts'
import { formatNumber } from '../money.ts'
import { stockHref } from '../router.ts'
import { useStockItems } from '../stock.ts'

/** What the stock has too little of for this order, as far as this device knows. The server has the last word. */
export function Shortages({ order }: { order: SalesOrder }) {
  const isLoaded = useIsLoaded(stock)
  const levels = quantities(useStockItems())
  const short = [...quantities(order.lines)].filter(([sku, ordered]) => (levels.get(sku) ?? 0) < ordered)
  if (!isLoaded || short.length === 0) return null
  return (
    <div className="shortages" data-testid="shortages">
      <p>
        Short in <a href={stockHref}>stock</a>
      </p>
      <ul>
        {short.map(([sku, ordered]) => (
          <li key={sku}>
            <span className="shortage-sku">{sku}</span>
            <span className="amount">
              {formatNumber(levels.get(sku) ?? 0)} of {formatNumber(ordered)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
