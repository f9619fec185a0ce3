import { useMemo } from 'react'
import { useKnownIds } from '../highlight.ts'
import type { SalesOrder } from '../model/sales-order.ts'
import { formatCents, formatCount } from '../money.ts'
import { usePendingOrderIds } from '../orders.ts'
import { useAppSelector } from '../store.ts'
import { OrderRow } from './order-row.tsx'

export function OrderList({ all, found }: { all: readonly SalesOrder[]; found: readonly SalesOrder[] }) {
  const pending = usePendingOrderIds()
  const refusals = useAppSelector((state) => state.ui.refusals)
  const refused = useMemo(() => new Set(refusals.map((refusal) => refusal.orderId)), [refusals])
  const known = useKnownIds(useMemo(() => all.map((order) => order.id), [all]))
  return (
    <section aria-label="Orders" className="order-list">
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
      <p className="order-list-sum">
        {formatCount(found.length, 'order')}
        <span className="amount" data-testid="list-total">
          {formatCents(found.reduce((sum, order) => sum + order.total, 0))}
        </span>
      </p>
    </section>
  )
}
