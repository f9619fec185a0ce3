import { useSyncStatus } from '@foldback/react'
import { useEffect } from 'react'
import { formatCount } from '../money.ts'
import { useIsInDoubt, useIsOffline } from '../offline.ts'
import { useIsNewerPageKept } from '../offline-page.ts'

type Tone = 'live' | 'busy' | 'doubt' | 'offline' | 'failed'

interface Standing {
  tone: Tone
  label: string
}

const inDoubt: Standing = { tone: 'doubt', label: 'Checking the connection' }
const phases: Record<ReturnType<typeof useSyncStatus>['phase'], Standing> = {
  idle: { tone: 'busy', label: 'Connecting' },
  connecting: { tone: 'busy', label: 'Connecting' },
  connected: { tone: 'live', label: 'Live' },
  waiting: { tone: 'offline', label: 'Offline' },
  disconnected: { tone: 'busy', label: 'Changing users' },
  'signed-out': { tone: 'failed', label: 'Signed out' },
  failed: { tone: 'failed', label: 'Cannot connect' },
}

export function ConnectionStatus() {
  const { phase, pending, queued, storage, isOutdated } = useSyncStatus()
  const isOffline = useIsOffline()
  const isInDoubt = useIsInDoubt()
  const { tone, label } = isInDoubt ? inDoubt : phases[isOffline ? 'waiting' : phase]
  const isNewerKept = useIsNewerPageKept()
  useLeaveWarning(queued < pending || (storage === 'page' && pending > 0))
  return (
    <div className="connection" data-testid="connection" data-phase={phase} data-tone={tone}>
      {pending > 0 && (
        <span className="connection-pending" data-testid="changes-waiting">
          {tone === 'live'
            ? `Saving ${formatCount(pending, 'change')}`
            : `${formatCount(pending, 'change')} waiting`}
        </span>
      )}
      <span className="connection-phase" role="status">
        <span className="connection-dot" aria-hidden="true" />
        {label}
      </span>
      {(isOutdated || isNewerKept) && (
        <button type="button" className="quiet-button" onClick={() => location.reload()}>
          Reload for the new version
        </button>
      )}
    </div>
  )
}

/** Changes are in this page's memory alone: the browser asks before it is closed on them. */
function useLeaveWarning(unsafe: boolean) {
  useEffect(() => {
    if (!unsafe) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [unsafe])
}
