import type { AnySync, Rejection } from '@foldback/client'
import { useMemo } from 'react'
import { useSync } from './sync-provider.ts'
import { useSynced } from './use-synced.ts'

/** Refused actions, and what can be done about one. */
export interface RejectedActions extends Pick<AnySync, 'retry' | 'edit' | 'discard'> {
  /** Oldest first, until each is dealt with; they outlive the page if the outbox does. */
  readonly rejected: readonly Rejection[]
}

/**
 * The user's actions that were refused and not dealt with. The same object until the list changes, and the same three
 * functions always, so that they may be passed down and named in dependencies.
 *
 * @example const { rejected, retry, discard } = useRejected()
 */
export function useRejected(): RejectedActions {
  const sync = useSync()
  const rejected = useSynced((known) => known.rejected)
  const ways = useMemo<Omit<RejectedActions, 'rejected'>>(
    () => ({
      retry: (rejection) => sync.retry(rejection),
      edit: (instead, action) => sync.edit(instead, action),
      discard: (what) => sync.discard(what),
    }),
    [sync],
  )
  return useMemo(() => ({ rejected, ...ways }), [rejected, ways])
}
