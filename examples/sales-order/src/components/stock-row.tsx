import { useArrivalHighlight, useHighlight, type KnownIds } from '../highlight.ts'
import type { Goods } from '../model/goods.ts'
import { stockSlice } from '../model/stock.ts'
import { formatNumber } from '../money.ts'
import { useAppDispatch } from '../store.ts'
import { CrossIcon } from './cross-icon.tsx'
import { PendingMark } from './pending-mark.tsx'
import { QuantityField } from './quantity-field.tsx'

interface StockRowProps {
  item: Goods
  /** How many wait to be shipped; undefined while that is not known. */
  ordered: number | undefined
  pending: boolean
  known: KnownIds
}

const { counted, removed } = stockSlice.actions

export function StockRow({ item: { sku, quantity }, ordered, pending, known }: StockRowProps) {
  const dispatch = useAppDispatch()
  const ref = useHighlight<HTMLTableRowElement>(quantity, pending)
  useArrivalHighlight(ref, sku, known, pending)

  const remove = () => {
    const field = ref.current?.closest('section')?.querySelector<HTMLElement>('form input')
    dispatch(removed({ sku }))
    field?.focus()
  }

  return (
    <tr ref={ref} className="line stock-item" data-testid="stock-item" data-sku={sku}>
      <td className="line-sku">
        <bdi>{sku}</bdi>
        <PendingMark when={pending} />
      </td>
      <td className="line-quantity quantity-column">
        <QuantityField
          of="stock"
          sku={sku}
          quantity={quantity}
          onChange={(level) => dispatch(counted({ sku, quantity: level }))}
        />
      </td>
      <td className="amount line-ordered" data-short={ordered !== undefined && ordered > quantity}>
        <span className="line-ordered-label" aria-hidden="true">
          To be shipped{' '}
        </span>
        {ordered === undefined ? '' : formatNumber(ordered)}
        {ordered !== undefined && ordered > quantity && (
          <span className="stock-short"> {formatNumber(ordered - quantity)} short</span>
        )}
      </td>
      <td className="line-remove">
        {quantity === 0 && (
          <button type="button" className="icon-button" aria-label={`Remove ${sku}`} onClick={remove}>
            <CrossIcon />
          </button>
        )}
      </td>
    </tr>
  )
}
