import type { AnySync } from '@foldback/client'
import { useCallback, useSyncExternalStore } from 'react'
import { useSync } from './sync-provider.ts'

/** Something that sync itself knows, kept up to date. `read` must give the same value until it changes. */
export function useSynced<Value>(read: (sync: AnySync) => Value): Value {
  const sync = useSync()
  const subscribe = useCallback((listener: () => void) => sync.onChange(listener), [sync])
  const get = (): Value => read(sync)
  return useSyncExternalStore(subscribe, get, get)
}
