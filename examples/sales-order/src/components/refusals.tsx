import { CrossIcon } from './cross-icon.tsx'
import type { Place, Refusal } from '../refusal.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { refusalDismissed } from '../ui-slice.ts'

interface RefusalsProps {
  /** Left out: of what is not about an order. */
  orderId?: string
  at: (place: Place) => boolean
}

/** What the server refused at this place, until it is dismissed or tried again. */
export function Refusals({ orderId, at }: RefusalsProps) {
  const refusals = useAppSelector((state) => state.ui.refusals)
  const here = refusals.filter((refusal) => refusal.orderId === orderId && at(refusal.place))
  return here.map((refusal) => <RefusalMessage key={refusal.key} refusal={refusal} />)
}

function RefusalMessage({ refusal }: { refusal: Refusal }) {
  const dispatch = useAppDispatch()
  return (
    <div className="refusal" data-testid="refusal">
      <p role="alert">
        <strong>{refusal.title}</strong> {refusal.message}
      </p>
      <button
        type="button"
        className="icon-button"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => dispatch(refusalDismissed(refusal.key))}
      >
        <CrossIcon />
      </button>
    </div>
  )
}
