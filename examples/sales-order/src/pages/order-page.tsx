import { useState } from 'react'
import { Notice } from '../components/notice.tsx'
import { OrderHeader } from '../components/order-header.tsx'
import { OrderLines } from '../components/order-lines.tsx'
import { OrderSkeleton } from '../components/order-skeleton.tsx'
import { OrderSummary } from '../components/order-summary.tsx'
import { Refusals } from '../components/refusals.tsx'
import type { SalesOrder } from '../model/sales-order.ts'
import { useOrder } from '../orders.ts'
import { useOrderPending } from '../pending.ts'
import { ordersHref } from '../router.ts'

export function OrderPage({ id }: { id: string }) {
  const order = useOrder(id)
  const [seen, setSeen] = useState(false)
  if (order && !seen) setSeen(true)
  return (
    <>
      <title>{order ? `${order.id} ${order.customer}` : `${id} · Sales orders`}</title>
      <a className="back-link" href={ordersHref}>
        <span aria-hidden="true">←</span> All orders
      </a>
      {order ? (
        <Order order={order} />
      ) : order === null ? (
        <MissingOrder id={id} deleted={seen} />
      ) : (
        <OrderSkeleton />
      )}
    </>
  )
}

function Order({ order }: { order: SalesOrder }) {
  const pending = useOrderPending(order.id)
  return (
    <article className="order" data-testid="order" data-order-id={order.id}>
      <OrderHeader order={order} pending={pending} />
      <OrderLines order={order} pending={pending} />
      <OrderSummary order={order} pending={pending} />
    </article>
  )
}

function MissingOrder({ id, deleted }: { id: string; deleted: boolean }) {
  const pending = useOrderPending(id)
  const text = deleted ? deletedText(id, pending.any) : missingText(id)
  return (
    <>
      <Refusals orderId={id} at={() => true} />
      <Notice title={deleted ? 'This order was deleted' : 'No such order'} text={text}>
        <a className="button" href={ordersHref}>
          Go to all orders
        </a>
      </Notice>
    </>
  )
}

const missingText = (id: string) =>
  `There is no order with the number ${id}. It may have been deleted, or the address may be wrong.`

const deletedText = (id: string, pending: boolean) =>
  pending
    ? `Order ${id} is gone for everybody as soon as this change is saved.`
    : `Order ${id} is gone for everybody. Its history is kept.`
