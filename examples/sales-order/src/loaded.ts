import { useSync } from '@foldback/react'
import { useCallback, useState, useSyncExternalStore } from 'react'
import type { models } from './model/models.ts'
import { useIsOffline } from './offline.ts'

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
  const isOffline = useIsOffline()
  const [isGivenUp, setGivenUp] = useState(isOffline)
  if (!isGivenUp && isOffline) setGivenUp(true)
  return !isLoaded && !isGivenUp
}
