import { useIsLoaded } from '@foldback/react'
import { useMemo, type CSSProperties } from 'react'
import { useKnownIds } from '../highlight.ts'
import { salesOrders, type SalesOrder } from '../model/sales-order.ts'
import { formatCents, formatCount, formatNumber } from '../money.ts'
import { usePendingOrderIds } from '../pending.ts'
import { useRefusals } from '../refusals.ts'
import { OrderRow } from './order-row.tsx'

export function OrderList({ all, found }: { all: readonly SalesOrder[]; found: readonly SalesOrder[] }) {
  const pending = usePendingOrderIds()
  const isComplete = useIsLoaded(salesOrders)
  const refusals = useRefusals()
  const refused = useMemo(() => new Set(refusals.map((refusal) => refusal.orderId)), [refusals])
  const known = useKnownIds(useMemo(() => all.map((order) => order.id), [all]))
  const largest = found.reduce((most, { total }) => Math.max(most, total), 0)
  return (
    <section
      aria-label="Orders"
      className="order-list"
      style={{ '--total-length': formatCents(largest).length } as CSSProperties}
    >
      <div className="order-columns-head" aria-hidden="true">
        <span>Number</span>
        <span>Customer</span>
        <span>Status</span>
        <span className="amount">Lines</span>
        <span className="amount">Total</span>
      </div>
      <ul className="order-rows">
        {found.map((order) => (
          <OrderRow
            key={order.id}
            order={order}
            pending={pending.has(order.id)}
            refused={refused.has(order.id)}
            known={known}
          />
        ))}
      </ul>
      {isComplete && <ListSum found={found} />}
    </section>
  )
}

/** What was cancelled will not be paid, and is counted only where nothing else is listed. */
function ListSum({ found }: { found: readonly SalesOrder[] }) {
  const cancelled = found.filter((order) => order.status === 'cancelled').length
  const leftOut = cancelled < found.length ? cancelled : 0
  const counted = leftOut > 0 ? found.filter((order) => order.status !== 'cancelled') : found
  return (
    <p className="order-list-sum">
      {formatCount(found.length, 'order')}
      <span className="amount">
        {leftOut > 0 && `Without ${formatNumber(leftOut)} cancelled: `}
        <span data-testid="list-total">
          {formatCents(counted.reduce((sum, order) => sum + order.total, 0))}
        </span>
      </span>
    </p>
  )
}
