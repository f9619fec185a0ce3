import { useSyncStatus } from '@foldback/react'

/** Said aloud while a page loads, and shown when it cannot. */
export function WaitingText({ what }: { what: string }) {
  const { phase } = useSyncStatus()
  if (phase === 'failed' || phase === 'signed-out') return null // the header says why
  if (phase !== 'waiting' && phase !== 'disconnected') {
    return (
      <p className="visually-hidden" role="status">
        Loading {what}…
      </p>
    )
  }
  return (
    <p className="waiting-text" role="status">
      There is no connection to the server. This page shows {what} as soon as it is back.
    </p>
  )
}
