import { useRef, useState } from 'react'
import { quantities } from '../model/goods.ts'
import { salesOrderSlice, type SalesOrder, type SalesOrderAction } from '../model/sales-order.ts'
import { useIsOffline } from '../offline.ts'
import { useShortages } from '../stock.ts'
import { useAppDispatch } from '../store.ts'
import { Confirm } from './confirm.tsx'
import { Shortages } from './shortages.tsx'

const { submitted, shipped, cancelled, deleted } = salesOrderSlice.actions

interface OrderActionsProps {
  order: SalesOrder
  /** Its last step is not saved yet. */
  pending: boolean
}

export function OrderActions({ order, pending }: OrderActionsProps) {
  const dispatch = useAppDispatch()
  const [asking, setAsking] = useState<'ship' | 'cancel' | 'delete'>()
  const group = useRef<HTMLDivElement>(null)
  const { id, status } = order
  const isOffline = useIsOffline()
  const shortages = useShortages(order)

  const act = (action: SalesOrderAction) => {
    setAsking(undefined)
    dispatch(action)
    // The pressed button may be gone now; the keyboard goes on from here, and finds it again if it comes back.
    requestAnimationFrame(() => (group.current ?? document.querySelector('main'))?.focus())
  }

  const ship = () => {
    const taken = Array.from(quantities(order.lines), ([sku, quantity]) => ({ sku, quantity }))
    act(shipped({ id, taken }))
  }

  return (
    <div ref={group} className="order-actions" role="group" aria-label="Order" tabIndex={-1}>
      {status === 'draft' && (
        <button type="button" className="button primary-button" onClick={() => act(submitted({ id }))}>
          Submit order
        </button>
      )}
      {status === 'submitted' && (
        <>
          <Shortages shortages={shortages} />
          <button
            type="button"
            className="button primary-button"
            // While there is a connection, the server answers at once.
            onClick={isOffline && shortages.length > 0 ? () => setAsking('ship') : ship}
          >
            Ship order
          </button>
        </>
      )}
      {status === 'shipped' && pending && isOffline && (
        <p className="not-final" role="status">
          Not final yet: when the connection is back, the server looks whether everything is in stock.
        </p>
      )}
      {(status === 'draft' || status === 'submitted') && (
        <button type="button" className="button" onClick={() => setAsking('cancel')}>
          Cancel order
        </button>
      )}
      {(status === 'draft' || status === 'cancelled') && (
        <button type="button" className="button danger-text" onClick={() => setAsking('delete')}>
          Delete order
        </button>
      )}
      {asking === 'ship' && (
        <Confirm
          title="Ship what is short in stock?"
          confirmLabel="Ship order"
          keepLabel="Not yet"
          onConfirm={ship}
          onClose={() => setAsking(undefined)}
        >
          As far as this device knows, not everything is there. Unless the rest has come meanwhile, the server
          refuses it when the connection is back.
        </Confirm>
      )}
      {asking === 'cancel' && (
        <Confirm
          title="Cancel this order?"
          confirmLabel="Cancel order"
          keepLabel="Keep order"
          onConfirm={() => act(cancelled({ id }))}
          onClose={() => setAsking(undefined)}
        >
          A cancelled order stays in the list and can no longer be changed.
        </Confirm>
      )}
      {asking === 'delete' && (
        <Confirm
          title="Delete this order?"
          confirmLabel="Delete order"
          keepLabel="Keep order"
          onConfirm={() => act(deleted({ id }))}
          onClose={() => setAsking(undefined)}
        >
          It disappears from the list for everybody.
        </Confirm>
      )}
    </div>
  )
}
