import { useHighlight } from '../highlight.ts'
import type { SalesOrder } from '../model/sales-order.ts'
import { formatCents, formatNumber } from '../money.ts'
import type { PendingParts } from '../pending.ts'
import { OrderActions } from './order-actions.tsx'
import { PendingMark } from './pending-mark.tsx'
import { Refusals } from './refusals.tsx'

export function OrderSummary({ order, pending }: { order: SalesOrder; pending: PendingParts }) {
  const total = useHighlight<HTMLSpanElement>(order.total, pending.total)
  const units = order.lines.reduce((sum, line) => sum + line.quantity, 0)
  return (
    <aside className="panel order-summary" aria-label="Summary">
      <dl className="sums">
        <dt>Lines</dt>
        <dd>{formatNumber(order.lines.length)}</dd>
        <dt>Units</dt>
        <dd>{formatNumber(units)}</dd>
        <dt className="sum-total">
          Total
          <PendingMark when={pending.total} />
        </dt>
        <dd className="sum-total">
          <span ref={total} className="fresh-text" data-testid="order-total">
            {formatCents(order.total)}
          </span>
        </dd>
      </dl>
      <OrderActions order={order} pending={pending.status} />
      <Refusals orderId={order.id} at={(place) => place === 'order'} />
    </aside>
  )
}
