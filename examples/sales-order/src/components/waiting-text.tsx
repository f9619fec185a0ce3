import { useSyncStatus } from '@foldback/react'
import { useIsOffline } from '../offline.ts'

/** Said aloud while a page loads, and shown when it cannot. */
export function WaitingText({ what }: { what: string }) {
  const { phase } = useSyncStatus()
  const isOffline = useIsOffline()
  if (phase === 'failed' || phase === 'signed-out') return null // the bar below the page says why
  if (!isOffline) {
    return (
      <p className="visually-hidden" role="status">
        Loading {what}…
      </p>
    )
  }
  return (
    <p className="waiting-text" role="status">
      There is no connection to the server, and this device does not have {what} yet. It takes one connection;
      after that it works without.
    </p>
  )
}
