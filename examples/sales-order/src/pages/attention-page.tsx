import { useState } from 'react'
import { Confirm } from '../components/confirm.tsx'
import { Notice } from '../components/notice.tsx'
import { RefusalMessage } from '../components/refusal-message.tsx'
import { RefusalOrigin } from '../components/refusal-origin.tsx'
import { formatNumber } from '../money.ts'
import { useOrders } from '../orders.ts'
import type { Refusal } from '../refusal.ts'
import { useAmends, useLosses, useRefusals } from '../refusals.ts'
import { ordersHref } from '../router.ts'

/** Everything that the user has done and that did not come to be, wherever it was. */
export function AttentionPage() {
  const refusals = useRefusals()
  const losses = useLosses()
  const { retry } = useAmends()
  // Whether something can still be edited depends on the order that it is about.
  useOrders()
  if (refusals.length + losses.length === 0) return <NothingToDo />
  return (
    <>
      <title>Needs attention · Sales orders</title>
      <div className="page-heading">
        <h1>Needs attention</h1>
        <DiscardAll refusals={[...refusals, ...losses]} />
      </div>
      {losses.length > 0 && (
        <section className="attention" aria-labelledby="lost-title">
          <div className="attention-heading">
            <h2 id="lost-title">Lost by the server</h2>
            <button type="button" className="button" onClick={() => losses.forEach(retry)}>
              Do {losses.length === 1 ? 'it' : 'them all'} again
            </button>
          </div>
          <RefusalList refusals={losses} />
        </section>
      )}
      {refusals.length > 0 && (
        <section className="attention" aria-label="Refused by the server">
          <RefusalList refusals={refusals.toReversed()} />
        </section>
      )}
    </>
  )
}

const RefusalList = ({ refusals }: { refusals: readonly Refusal[] }) => (
  <ul className="refusal-list">
    {refusals.map((refusal) => (
      <li key={refusal.id}>
        <RefusalMessage refusal={refusal}>
          <RefusalOrigin refusal={refusal} />
        </RefusalMessage>
      </li>
    ))}
  </ul>
)

const NothingToDo = () => (
  <>
    <title>Needs attention · Sales orders</title>
    <Notice
      title="Nothing needs your attention"
      text="When the server refuses a change of yours, it is kept here until you try it again, edit it or discard it."
    >
      <a className="button" href={ordersHref}>
        Go to all orders
      </a>
    </Notice>
  </>
)

function DiscardAll({ refusals }: { refusals: readonly Refusal[] }) {
  const { discard } = useAmends()
  const [asking, setAsking] = useState(false)
  // One has a button of its own.
  if (refusals.length === 1) return null
  return (
    <>
      <button type="button" className="button danger-text" onClick={() => setAsking(true)}>
        Discard all
      </button>
      {asking && (
        <Confirm
          title="Discard all of these?"
          confirmLabel="Discard all"
          keepLabel="Keep them"
          onConfirm={() => refusals.forEach(discard)}
          onClose={() => setAsking(false)}
        >
          What you wrote in {formatNumber(refusals.length)} changes is gone then.
        </Confirm>
      )}
    </>
  )
}
