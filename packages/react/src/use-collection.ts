import type { EntityState } from '@foldback/client'
import { type EntityModel, FoldbackError, type RecordOf } from '@foldback/core'
import { useEffect, useMemo } from 'react'
import { useSelector } from 'react-redux'
import { useSync } from './sync-provider.ts'
import { useIsLoaded } from './use-is-loaded.ts'
import { useSynced } from './use-synced.ts'

// oxlint-disable typescript/no-explicit-any -- only `any` takes a model of every state

/**
 * All records of an entity model that the user may read, live while the component is there, in the order in which
 * they were first seen.
 *
 * @returns undefined while they are being loaded. Offline, and never loaded: those that are known, which may not
 * be all; `useIsLoaded` tells.
 * @example const orders = useCollection(salesOrders)
 */
export function useCollection<Model extends EntityModel<string, any>>(
  model: Model,
): readonly RecordOf<Model>[] | undefined {
  const sync = useSync()
  if (model.kind !== 'entity')
    throw new FoldbackError(
      'misconfigured',
      'useCollection is for models with one record for each id; use useRecord for the others',
    )
  useEffect(() => sync.subscribe(model), [sync, model])
  const isLoaded = useIsLoaded(model)
  const isComing = useSynced(({ status: { phase } }) => phase === 'connecting' || phase === 'connected')
  const state = useSelector(
    (root: { [model: string]: unknown }) => root[model.name] as EntityState<RecordOf<Model>> | undefined,
  )
  const records = useMemo(() => state?.ids.map((id) => state.entities[id]!), [state])
  if (isLoaded) return records
  // A list that grows while it is loading would look complete.
  return isComing || records?.length === 0 ? undefined : records
}
