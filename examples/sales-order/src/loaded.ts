import { useSyncStatus } from '@foldback/react'
import { useState } from 'react'
import { useIsOffline } from './offline.ts'

/**
 * True while there is nothing to show but that something is coming. Ends when there is no connection, for good: what
 * is not known can be added to all the same.
 */
export function useIsComing(isLoaded: boolean): boolean {
  const isOffline = useIsOffline()
  const isLeaving = useIsLeaving()
  const [isGivenUp, setGivenUp] = useState(isOffline)
  if (!isGivenUp && isOffline) setGivenUp(true)
  return !isLoaded && !isGivenUp && !isLeaving
}

/** True while what a user has done is being made safe, before the next one comes. Nothing is shown of either then. */
export const useIsLeaving = () => useSyncStatus().phase === 'disconnected'
