import type { AnySync } from '@foldback/client'
import { FoldbackError } from '@foldback/core'
import { createContext, createElement, type ReactNode, useContext } from 'react'

const SyncContext = createContext<AnySync | undefined>(undefined)

/**
 * Gives the hooks below it the sync they speak to. Goes inside React-Redux's `Provider`.
 *
 * @example <Provider store={store}><SyncProvider sync={sync}><App /></SyncProvider></Provider>
 */
export function SyncProvider({ sync, children }: { sync: AnySync; children?: ReactNode }): ReactNode {
  return createElement(SyncContext.Provider, { value: sync }, children)
}

/** The sync of the nearest `SyncProvider`. @throws FoldbackError `misconfigured`, when there is none. */
export function useSync(): AnySync {
  const sync = useContext(SyncContext)
  if (sync === undefined)
    throw new FoldbackError(
      'misconfigured',
      'there is no <SyncProvider sync={sync}> with a sync above this component; put one around the app',
    )
  return sync
}
