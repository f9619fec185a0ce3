import { useIsLoaded } from '@foldback/react'
import { useDeferredValue, useMemo, useState } from 'react'
import { NewOrderDialog } from '../components/new-order-dialog.tsx'
import { Notice } from '../components/notice.tsx'
import { OrderFilters } from '../components/order-filters.tsx'
import { OrderListSkeleton } from '../components/order-list-skeleton.tsx'
import { OrderList } from '../components/order-list.tsx'
import { Refusals } from '../components/refusals.tsx'
import { WaitingText } from '../components/waiting-text.tsx'
import { useIsComing } from '../loaded.ts'
import { salesOrders, type SalesOrder } from '../model/sales-order.ts'
import { countByStatus, filterOrders } from '../order-filter.ts'
import { useOrders } from '../orders.ts'
import { useRefusals } from '../refusals.ts'
import { useSettings, useSettingsActions } from '../settings.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { searchChanged } from '../ui-slice.ts'

export function OrderListPage() {
  const orders = useOrders()
  const [creating, setCreating] = useState(false)
  const create = () => setCreating(true)
  return (
    <>
      <title>Sales orders</title>
      {orders?.length === 0 ? <NoOrders onCreate={create} /> : <Orders orders={orders} onCreate={create} />}
      {creating && <NewOrderDialog onClose={() => setCreating(false)} />}
    </>
  )
}

function Orders({ orders, onCreate }: { orders: readonly SalesOrder[] | undefined; onCreate: () => void }) {
  const isComplete = useIsLoaded(salesOrders)
  const counts = useMemo(() => countByStatus(orders ?? []), [orders])
  return (
    <>
      <div className="page-heading">
        <h1>Orders</h1>
        <button type="button" className="button primary-button" onClick={onCreate}>
          New order
        </button>
      </div>
      <OrderFilters counts={isComplete ? counts : undefined} />
      <LostRefusals orders={orders} />
      {orders && !isComplete && <PartialText />}
      {orders ? <FilteredOrders orders={orders} /> : <UnknownOrders />}
    </>
  )
}

/** Counted and added up, a part would look like the whole. */
const PartialText = () => (
  <p className="partial-text" role="status">
    These are the orders that this device knows of. There may be others: they come with the next connection.
  </p>
)

/** Bones would promise that something is coming. */
const UnknownOrders = () => (useIsComing(false) ? <OrderListSkeleton /> : <WaitingText what="the orders" />)

function FilteredOrders({ orders }: { orders: readonly SalesOrder[] }) {
  const dispatch = useAppDispatch()
  const { statusFilterChosen } = useSettingsActions()
  const search = useAppSelector((state) => state.ui.search)
  const { status, sort } = useSettings()
  const deferredSearch = useDeferredValue(search)
  const found = useMemo(
    () => filterOrders(orders, { search: deferredSearch, status, sort }),
    [orders, deferredSearch, status, sort],
  )
  const showAll = () => {
    dispatch(searchChanged(''))
    if (status !== 'all') dispatch(statusFilterChosen('all'))
  }
  if (found.length > 0) return <OrderList all={orders} found={found} />
  return (
    <div className="nothing-found">
      <p>No order matches.</p>
      <button type="button" className="button" onClick={showAll}>
        Show all orders
      </button>
    </div>
  )
}

function NoOrders({ onCreate }: { onCreate: () => void }) {
  return (
    <>
      <LostRefusals orders={[]} />
      <Notice
        title="No orders yet"
        text="Create the first one. It appears at once for everybody who has this page open."
      >
        <button type="button" className="button primary-button" onClick={onCreate}>
          New order
        </button>
      </Notice>
    </>
  )
}

/** Refusals of orders that are not in the list (any more), and so have no other place. */
function LostRefusals({ orders }: { orders: readonly SalesOrder[] | undefined }) {
  const refusals = useRefusals()
  if (!orders || refusals.length === 0) return null
  const listed = new Set(orders.map((order) => order.id))
  const about = refusals.flatMap(({ orderId }) => orderId ?? [])
  const lost = new Set(about.filter((id) => !listed.has(id)))
  return [...lost].map((id) => <Refusals key={id} orderId={id} at={() => true} />)
}
