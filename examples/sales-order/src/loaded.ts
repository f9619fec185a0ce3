import { useSync, useSyncStatus } from '@foldback/react'
import { useCallback, useState, useSyncExternalStore } from 'react'
import type { models } from './model/models.ts'

type SingleModel = Exclude<(typeof models)[number], { kind: 'entity' }>

/** Whether it is known what a shared or a user model holds. Before that, its state is the slice's initial one. */
export function useIsLoaded(model: SingleModel): boolean {
  const sync = useSync()
  const subscribe = useCallback((listener: () => void) => sync.onChange(listener), [sync])
  return useSyncExternalStore(subscribe, () => sync.isLoaded(model))
}

/**
 * True while there is nothing to show but that something is coming. Ends when there is no connection, for good: what
 * is not known can be added to all the same.
 */
export function useIsComing(isLoaded: boolean): boolean {
  const { phase } = useSyncStatus()
  const [isGivenUp, setGivenUp] = useState(false)
  if (!isGivenUp && (phase === 'waiting' || phase === 'disconnected')) setGivenUp(true)
  return !isLoaded && !isGivenUp
}
