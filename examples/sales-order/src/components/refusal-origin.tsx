import type { Refusal } from '../refusal.ts'
import { boardHref, orderHref, stockHref } from '../router.ts'
import { useAppSelector } from '../store.ts'

const time = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

/** Where a change was made, and when it was refused. */
export function RefusalOrigin({ refusal: { orderId, place, at } }: { refusal: Refusal }) {
  const customer = useAppSelector(({ salesOrder }) =>
    orderId === undefined ? undefined : salesOrder.entities[orderId]?.customer,
  )
  return (
    <p className="refusal-origin">
      {orderId !== undefined && (
        <a href={orderHref(orderId)}>
          <span className="order-id">{orderId}</span> {customer}
        </a>
      )}
      {place === 'board' && <a href={boardHref}>Board</a>}
      {place === 'stock' && <a href={stockHref}>Stock</a>}
      {place === 'elsewhere' && <span>Settings</span>}
      {at !== undefined && <time dateTime={new Date(at).toISOString()}>{time.format(at)}</time>}
    </p>
  )
}
