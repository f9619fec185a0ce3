import type { Place } from '../refusal.ts'
import { useRefusals } from '../refusals.ts'
import { RefusalMessage } from './refusal-message.tsx'

interface RefusalsProps {
  /** Left out: of what is not about an order. */
  orderId?: string
  at: (place: Place) => boolean
}

/** What the server refused at this place, until it is dealt with. */
export function Refusals({ orderId, at }: RefusalsProps) {
  const here = useRefusals().filter((refusal) => refusal.orderId === orderId && at(refusal.place))
  return here.map((refusal) => <RefusalMessage key={refusal.id} refusal={refusal} isAlert />)
}
