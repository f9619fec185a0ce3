import { useSyncStatus } from '@foldback/react'
import { useState } from 'react'
import { connectionText } from '../connection-text.ts'
import { useIsOffline } from '../offline.ts'
import { useLosses } from '../refusals.ts'

/** Says below the page, which does not move for it, what it means that something is wrong with the connection. */
export function ConnectionBar() {
  const status = useSyncStatus()
  const isOffline = useIsOffline()
  const hasLosses = useLosses().length > 0
  const [isUnfolded, setUnfolded] = useState(false)
  // What was lost is dealt with once each of it is.
  const isDealtWith = status.error?.code === 'history-lost' && !hasLosses
  const text = connectionText(isDealtWith ? { ...status, error: undefined } : status, isOffline)
  return (
    <div className="connection-bar-region" role="status">
      {text && (
        <div
          className="connection-bar"
          data-testid="connection-bar"
          data-phase={status.phase}
          data-unfolded={isUnfolded}
        >
          <p>
            {text.head} <span className="connection-more">{text.more}</span>
          </p>
          <button
            type="button"
            className="quiet-button"
            aria-expanded={isUnfolded}
            onClick={() => setUnfolded(!isUnfolded)}
          >
            {isUnfolded ? 'Less' : 'More'}
          </button>
        </div>
      )}
    </div>
  )
}
