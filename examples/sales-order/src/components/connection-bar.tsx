import type { SyncStatus } from '@foldback/client'
import { statusTexts, useSyncStatus } from '@foldback/react'
import { formatCount } from '../money.ts'
import { useIsOffline } from '../offline.ts'
import { useLosses } from '../refusals.ts'

/** Says below the page, which does not move for it, what it means that something is wrong with the connection. */
export function ConnectionBar() {
  const status = useSyncStatus()
  const isOffline = useIsOffline()
  const hasLosses = useLosses().length > 0
  const { error } = status
  // What was lost is dealt with once each of it is.
  const isDealtWith = error?.code === 'history-lost' && !hasLosses
  const texts = textsOf(isDealtWith ? { ...status, error: undefined } : status, isOffline)
  return (
    <div className="connection-bar-region" role="status">
      {texts.length > 0 && (
        <div className="connection-bar" data-testid="connection-bar" data-phase={status.phase}>
          {texts.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
    </div>
  )
}

function textsOf(status: SyncStatus, isOffline: boolean): string[] {
  const { phase, pending, queued, storage, error } = status
  // What went wrong has a sentence; of an outage there is more to say than that.
  if (!isOffline) return phase !== 'connecting' && error ? [error.message] : []
  const isSafe = queued === pending && storage !== 'page'
  const { storage: warning } = statusTexts(status)
  return [offlineText(pending, isSafe), ...(warning ? [warning] : [])]
}

function offlineText(pending: number, isSafe: boolean): string {
  if (pending === 0 && isSafe) return 'You are offline. Go on working: changes are kept on this device.'
  if (pending === 0) return 'You are offline. What you change now lasts as long as this page.'
  const changes = formatCount(pending, 'change')
  if (!isSafe) return `You are offline. ${changes} will be sent when the connection is back.`
  const [are, them] = pending === 1 ? ['is', 'it'] : ['are', 'them']
  return `You are offline. ${changes} ${are} kept on this device; the server gets ${them} when the connection is back.`
}
