import { formatNumber } from '../money.ts'
import { stockHref } from '../router.ts'
import type { Shortage } from '../stock.ts'

/** What the stock has too little of for an order, as far as this device knows. The server has the last word. */
export function Shortages({ shortages }: { shortages: readonly Shortage[] }) {
  if (shortages.length === 0) return null
  return (
    <div className="shortages" data-testid="shortages">
      <p>
        Short in <a href={stockHref}>stock</a>
      </p>
      <ul>
        {shortages.map(({ sku, ordered, inStock }) => (
          <li key={sku}>
            <span className="shortage-sku" dir="auto">
              {sku}
            </span>
            <span className="amount">
              {formatNumber(inStock)} of {formatNumber(ordered)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
