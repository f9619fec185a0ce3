import type { MouseEvent } from 'react'
import { useArrivalHighlight, useHighlight, type KnownIds } from '../highlight.ts'
import { salesOrderSlice, type SalesOrderLine } from '../model/sales-order.ts'
import { formatCents, formatNumber } from '../money.ts'
import { useRefusals } from '../refusals.ts'
import { useAppDispatch } from '../store.ts'
import { CrossIcon } from './cross-icon.tsx'
import { PendingMark } from './pending-mark.tsx'
import { QuantityField } from './quantity-field.tsx'
import { Refusals } from './refusals.tsx'

interface LineRowProps {
  orderId: string
  line: SalesOrderLine
  editable: boolean
  pending: boolean
  known: KnownIds
}

export function LineRow({ orderId, line, editable, pending, known }: LineRowProps) {
  const dispatch = useAppDispatch()
  const { lineQuantityChanged, lineRemoved } = salesOrderSlice.actions
  const ref = useHighlight<HTMLTableRowElement>(line.quantity, pending)
  useArrivalHighlight(ref, line.id, known, pending)

  const changeQuantity = (quantity: number) =>
    dispatch(lineQuantityChanged({ id: orderId, lineId: line.id, quantity }))
  const remove = (event: MouseEvent) => {
    focusNeighbour(event.currentTarget)
    dispatch(lineRemoved({ id: orderId, lineId: line.id }))
  }

  return (
    <>
      <tr ref={ref} className="line" data-testid="line-row" data-line-id={line.id}>
        <td className="line-sku">
          <bdi>{line.sku}</bdi>
          <PendingMark when={pending} />
        </td>
        <td className="line-quantity quantity-column">
          {editable ? (
            <QuantityField of="line" sku={line.sku} quantity={line.quantity} onChange={changeQuantity} />
          ) : (
            <span className="quantity-fixed" data-testid="quantity">
              {formatNumber(line.quantity)}
            </span>
          )}
        </td>
        <td className="line-price amount">
          <span className="line-times" aria-hidden="true">
            ×{' '}
          </span>
          {formatCents(line.unitPrice)}
        </td>
        <td className="line-amount amount">{formatCents(line.quantity * line.unitPrice)}</td>
        {editable && (
          <td className="line-remove">
            <button type="button" className="icon-button" aria-label={`Remove ${line.sku}`} onClick={remove}>
              <CrossIcon />
            </button>
          </td>
        )}
      </tr>
      <LineRefusals orderId={orderId} lineId={line.id} columns={editable ? 5 : 4} />
    </>
  )
}

function LineRefusals({ orderId, lineId, columns }: { orderId: string; lineId: string; columns: number }) {
  const place = `line ${lineId}`
  const any = useRefusals().some((each) => each.orderId === orderId && each.place === place)
  if (!any) return null
  return (
    <tr className="line-refusals">
      <td colSpan={columns}>
        <Refusals orderId={orderId} at={(each) => each === place} />
      </td>
    </tr>
  )
}

/** The removed line takes its button away: the focus goes to the next one, or to the form below. */
function focusNeighbour(button: Element) {
  const buttons = [...(button.closest('table')?.querySelectorAll<HTMLElement>('.line-remove button') ?? [])]
  const at = buttons.findIndex((each) => each === button)
  const form = button.closest('section')?.querySelector<HTMLElement>('form input')
  const next = buttons[at + 1] ?? buttons[at - 1] ?? form
  next?.focus()
}
