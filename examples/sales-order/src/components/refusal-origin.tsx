import { isSharedAction, thingsOf, type Refusal } from '../refusal.ts'
import { boardHref, orderHref, stockHref } from '../router.ts'
import { useAppSelector, type RootState } from '../store.ts'

const time = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

/** Where a change was made and of what, as far as that is still there, and when it was refused. */
export function RefusalOrigin({ refusal }: { refusal: Refusal }) {
  const { orderId, place, at } = refusal
  const thing = useAppSelector((state) => nameOfThing(state, refusal))
  const customer = useAppSelector(({ salesOrder }) => salesOrder.entities[orderId ?? '']?.customer)
  return (
    <p className="refusal-origin">
      <span>
        {orderId !== undefined && (
          <a href={orderHref(orderId)}>
            <span className="order-id">{orderId}</span> <bdi>{customer}</bdi>
          </a>
        )}
        {place === 'board' && <a href={boardHref}>Board</a>}
        {place === 'stock' && <a href={stockHref}>Stock</a>}
        {place === 'elsewhere' && 'Settings'}
        {thing !== undefined && (
          <>
            {' · '}
            <bdi>{thing}</bdi>
          </>
        )}
      </span>
      {at !== undefined && <time dateTime={new Date(at).toISOString()}>{time.format(at)}</time>}
    </p>
  )
}

/** Where the title does not say it. */
function nameOfThing(
  { salesOrder, board }: RootState,
  { action, orderId, place }: Refusal,
): string | undefined {
  if (!isSharedAction(action)) return undefined
  const things = thingsOf(action)
  if (place === 'board') return board.entities[things[0] ?? '']?.title
  if (!place.startsWith('line ')) return undefined
  return salesOrder.entities[orderId ?? '']?.lines.find(({ id }) => id === things[1])?.sku
}
