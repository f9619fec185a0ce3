import type { EntityState } from '@foldback/client'
import { type AnyModel, FoldbackError, type RecordIdOf, type RecordOf } from '@foldback/core'
import { useEffect } from 'react'
import { useSelector } from 'react-redux'
import { useSync } from './sync-provider.ts'
import { useIsLoaded } from './use-is-loaded.ts'

/**
 * A record, live while the component is there, with the user's own pending changes in it.
 *
 * @returns of an entity model: the record, null when there is none, undefined while that is not known. Of a shared
 * or a user model: its state, which is the slice's initial state until it is loaded.
 * @example const order = useRecord(salesOrders, id)
 */
export function useRecord<Model extends AnyModel>(model: Model, ...id: RecordIdOf<Model>): UsedRecord<Model>
export function useRecord(model: AnyModel, id?: string): unknown {
  const sync = useSync()
  // Else it would be a subscription to all of them.
  if (model.kind === 'entity' && id === undefined)
    throw new FoldbackError(
      'misconfigured',
      `useRecord of ${model.name} needs an id; use useCollection for all of them`,
    )
  useEffect(() => sync.subscribe(model, id), [sync, model, id])
  const isLoaded = useIsLoaded(model, id)
  const record = useSelector((state: { [model: string]: unknown }) => recordIn(model, state[model.name], id))
  return record ?? (isLoaded ? null : undefined)
}

/** What `useRecord` returns: a record with an id may be missing, or not known yet. */
type UsedRecord<Model extends AnyModel> = Model extends { readonly kind: 'entity' }
  ? RecordOf<Model> | null | undefined
  : RecordOf<Model>

function recordIn(model: AnyModel, state: unknown, id: string | undefined): unknown {
  if (model.kind !== 'entity') return state
  const entities = (state as EntityState<unknown> | undefined)?.entities
  // An id may be called like something that every object has.
  return id !== undefined && entities !== undefined && Object.hasOwn(entities, id) ? entities[id] : undefined
}
