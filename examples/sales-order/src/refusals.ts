import type { Rejection, Sync } from '@foldback/client'
import { useRejected } from '@foldback/react'
import { useMemo } from 'react'
import { lossOf, outdatedRefusals, refusalOf, triedAgain, type DoneAction, type Refusal } from './refusal.ts'
import { useAppDispatch, useAppSelector } from './store.ts'
import { lossDealtWith } from './ui-slice.ts'

const made = new WeakMap<readonly Rejection[], readonly Refusal[]>()

/** What was refused and not dealt with, oldest first, through reloads. */
export const useRefusals = () => refusalsOf(useRejected().rejected)

/** In the order in which they were done: what comes back in one frame was refused at one moment. */
const byTime = (a: Refusal, b: Refusal) => a.action.meta.foldback.at - b.action.meta.foldback.at

/** Made once for each list: every line of an order asks. */
function refusalsOf(rejected: readonly Rejection[]): readonly Refusal[] {
  const refusals = made.get(rejected) ?? rejected.map(refusalOf).sort(byTime)
  made.set(rejected, refusals)
  return refusals
}

/** What the server has accepted and lost, since this page was opened; oldest first. */
export function useLosses(): readonly Refusal[] {
  const lost = useAppSelector((state) => state.ui.lost)
  return useMemo(() => lost.map(lossOf), [lost])
}

/** How many changes need attention. */
export const useAttentionCount = () => useRefusals().length + useLosses().length

/** What can be done about a refusal. */
export interface Amends {
  retry: (refusal: Refusal) => void
  /** Dispatches the action in the place of what was refused. */
  edit: (refusal: Refusal, action: { type: string }) => void
  discard: (refusal: Refusal) => void
}

export function useAmends(): Amends {
  const { edit, discard } = useRejected()
  const dispatch = useAppDispatch()
  return useMemo(
    () => ({
      retry: ({ rejection, action }) => {
        if (rejection) return edit(rejection, triedAgain(action))
        dispatch(triedAgain(action))
        dispatch(lossDealtWith(action.meta.foldback.id))
      },
      edit: ({ rejection, id }, action) => {
        if (rejection) return edit(rejection, action)
        dispatch(action)
        dispatch(lossDealtWith(id))
      },
      discard: ({ rejection, id }) => {
        if (rejection) discard(rejection)
        else dispatch(lossDealtWith(id))
      },
    }),
    [edit, discard, dispatch],
  )
}

/** Trying again makes the old message go, wherever that is done. */
export function discardOutdatedRefusals(
  sync: Pick<Sync, 'rejected' | 'discard' | 'onChange'> & {
    pending(): readonly DoneAction[]
  },
) {
  sync.onChange(() => {
    if (sync.rejected.length === 0) return
    for (const rejection of outdatedRefusals(sync.rejected, sync.pending())) sync.discard(rejection)
  })
}
