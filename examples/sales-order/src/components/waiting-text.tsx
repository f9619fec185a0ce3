import { useSyncStatus } from '@foldback/react'
import { useIsLeaving } from '../loaded.ts'
import { useIsOffline } from '../offline.ts'

/** Said aloud while a page loads, and shown when it cannot. */
export function WaitingText({ what }: { what: string }) {
  const { phase } = useSyncStatus()
  const isOffline = useIsOffline()
  const isLeaving = useIsLeaving()
  if (phase === 'failed' || phase === 'signed-out') return null // the bar below the page says why
  if (!isOffline && !isLeaving) {
    return (
      <p className="visually-hidden" role="status">
        Loading {what}…
      </p>
    )
  }
  return (
    <p className="waiting-text" role="status">
      {isLeaving
        ? 'What is not saved yet is being kept on this device, until the one who wrote it is back.'
        : `There is no connection to the server, and this device has nothing of ${what} to show. It comes with the next connection.`}
    </p>
  )
}
