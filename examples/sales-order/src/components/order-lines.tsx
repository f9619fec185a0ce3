import { useMemo } from 'react'
import { useKnownIds } from '../highlight.ts'
import type { SalesOrder } from '../model/sales-order.ts'
import type { PendingParts } from '../pending.ts'
import type { Place } from '../refusal.ts'
import { AddLineForm } from './add-line-form.tsx'
import { LineRow } from './line-row.tsx'
import { Refusals } from './refusals.tsx'

export function OrderLines({ order, pending }: { order: SalesOrder; pending: PendingParts }) {
  const draft = order.status === 'draft'
  const lineIds = useMemo(() => order.lines.map((line) => line.id), [order.lines])
  const known = useKnownIds(lineIds)
  return (
    <section className="panel order-lines-panel" aria-labelledby="lines-title">
      <h2 id="lines-title" className="visually-hidden">
        Lines
      </h2>
      {order.lines.length === 0 && (
        <p className="no-lines">
          {draft ? 'No lines yet. Add the first one here.' : 'This order has no lines.'}
        </p>
      )}
      {order.lines.length > 0 && (
        <table className="lines" aria-labelledby="lines-title">
          <thead>
            <tr>
              <th>SKU</th>
              <th className="quantity-column">Quantity</th>
              <th className="amount price-column">Unit price</th>
              <th className="amount amount-column">Amount</th>
              {draft && (
                <th className="remove-column">
                  <span className="visually-hidden">Remove</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {order.lines.map((line) => (
              <LineRow
                key={line.id}
                orderId={order.id}
                line={line}
                editable={draft}
                pending={pending.lines.has(line.id)}
                known={known}
              />
            ))}
          </tbody>
        </table>
      )}
      <Refusals orderId={order.id} at={(place) => isAtLines(place, lineIds)} />
      {draft && <AddLineForm orderId={order.id} />}
    </section>
  )
}

/** Refusals about a line that is not there (any more) are shown below the lines. */
const isAtLines = (place: Place, lineIds: readonly string[]) =>
  place === 'lines' || (place.startsWith('line ') && !lineIds.includes(place.slice('line '.length)))
