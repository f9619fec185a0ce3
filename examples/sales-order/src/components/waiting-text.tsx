import { useSyncStatus } from '@foldback/react'

/** Said aloud while a page loads, and shown when it cannot. */
export function WaitingText({ what }: { what: string }) {
  const { phase } = useSyncStatus()
  if (phase === 'failed' || phase === 'signed-out') return null // the bar below the page says why
  if (phase !== 'waiting' && phase !== 'disconnected') {
    return (
      <p className="visually-hidden" role="status">
        Loading {what}…
      </p>
    )
  }
  return (
    <p className="waiting-text" role="status">
      There is no connection to the server, and this device does not have {what} yet. Connect once, and they
      are here without a connection too.
    </p>
  )
}
