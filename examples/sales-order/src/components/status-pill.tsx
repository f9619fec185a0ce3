import type { SalesOrderStatus } from '../model/sales-order.ts'

const statusLabels: Record<SalesOrderStatus, string> = {
  draft: 'Draft',
  submitted: 'Submitted',
  shipped: 'Shipped',
  cancelled: 'Cancelled',
}

export function StatusPill({ status }: { status: SalesOrderStatus }) {
  return (
    <span className="status" data-status={status} data-testid="status">
      <svg className="status-icon" viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r="4.75" />
        {status === 'submitted' && <path d="m3.6 6.2 1.7 1.7 3.2-3.6" />}
        {status === 'shipped' && <path d="M3.4 6h4.8M6.2 3.8 8.4 6 6.2 8.2" />}
        {status === 'cancelled' && <path d="m4.2 4.2 3.6 3.6m0-3.6L4.2 7.8" />}
      </svg>
      {statusLabels[status]}
    </span>
  )
}
