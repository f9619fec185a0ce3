import { memo } from 'react'
import { useArrivalHighlight, useHighlight, type KnownIds } from '../highlight.ts'
import type { SalesOrder } from '../model/sales-order.ts'
import { formatCents, formatCount } from '../money.ts'
import { orderHref } from '../router.ts'
import { PendingMark } from './pending-mark.tsx'
import { StatusPill } from './status-pill.tsx'

interface OrderRowProps {
  order: SalesOrder
  pending: boolean
  refused: boolean
  known: KnownIds
}

/** Rendered again only when this order changes: the list may hold thousands. */
export const OrderRow = memo(function OrderRow({ order, pending, refused, known }: OrderRowProps) {
  const content = [order.customer, order.status, order.lines.length, order.total].join(' ')
  const ref = useHighlight<HTMLLIElement>(content, pending)
  useArrivalHighlight(ref, order.id, known, pending)
  return (
    <li
      ref={ref}
      className="order-row"
      data-testid="order-row"
      data-order-id={order.id}
      data-status={order.status}
    >
      <a className="order-link" href={orderHref(order.id)}>
        <span className="order-id">{order.id}</span>
        <span className="order-customer" dir="auto">
          {order.customer}
        </span>
        <span className="order-marks">
          <StatusPill status={order.status} />
          <PendingMark when={pending} />
          {refused && <span className="refused-tag">Change refused</span>}
        </span>
        <span className="order-line-count amount">
          {order.lines.length}
          <span className="visually-hidden"> {formatCount(order.lines.length, 'line').split(' ')[1]}</span>
        </span>
        <span className="order-total amount">{formatCents(order.total)}</span>
      </a>
    </li>
  )
})
