import { useState } from 'react'
import { useHighlight } from '../highlight.ts'
import type { SalesOrder } from '../model/sales-order.ts'
import type { PendingParts } from '../pending.ts'
import { CustomerForm } from './customer-form.tsx'
import { PendingMark } from './pending-mark.tsx'
import { Refusals } from './refusals.tsx'
import { StatusPill } from './status-pill.tsx'

export function OrderHeader({ order, pending }: { order: SalesOrder; pending: PendingParts }) {
  const [editing, setEditing] = useState(false)
  const draft = order.status === 'draft'
  return (
    <header className="order-header">
      <p className="order-facts">
        <span className="order-id">{order.id}</span>
        <OrderStatus order={order} pending={pending} />
      </p>
      {editing && draft ? (
        <CustomerForm order={order} onClose={() => setEditing(false)} />
      ) : (
        <Customer order={order} pending={pending} onEdit={draft ? () => setEditing(true) : undefined} />
      )}
      <Refusals orderId={order.id} at={(place) => place === 'customer'} />
    </header>
  )
}

function OrderStatus({ order, pending }: { order: SalesOrder; pending: PendingParts }) {
  const ref = useHighlight<HTMLSpanElement>(order.status, pending.status)
  return (
    <span ref={ref} className="order-status fresh-text">
      <StatusPill status={order.status} />
      <PendingMark when={pending.status} />
    </span>
  )
}

interface CustomerProps {
  order: SalesOrder
  pending: PendingParts
  onEdit: (() => void) | undefined
}

function Customer({ order, pending, onEdit }: CustomerProps) {
  const ref = useHighlight<HTMLHeadingElement>(order.customer, pending.customer)
  return (
    <div className="customer">
      <h1 ref={ref} className="fresh-text" dir="auto" title={order.customer} data-testid="customer">
        {order.customer}
      </h1>
      <PendingMark when={pending.customer} />
      {onEdit && (
        <button
          type="button"
          className="quiet-button customer-edit"
          aria-label="Edit customer"
          onClick={onEdit}
        >
          Edit
        </button>
      )}
    </div>
  )
}
