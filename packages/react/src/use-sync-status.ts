import type { SyncStatus } from '@foldback/client'
import { useSynced } from './use-synced.ts'

/** Where the connection stands, and how many actions are not settled. */
export function useSyncStatus(): SyncStatus {
  return useSynced((sync) => sync.status)
}
