import type { EntityState } from '@foldback/client'
import type { AnyModel, EntityModel, RecordOf, SharedModel, UserModel } from '@foldback/core'
import { useEffect } from 'react'
import { useSelector } from 'react-redux'
import { useSync } from './sync-provider.ts'
import { useIsLoaded } from './use-is-loaded.ts'

// oxlint-disable typescript/no-explicit-any -- only `any` takes a model of every state

/**
 * A record, live while the component is there, with the user's own pending changes in it.
 *
 * @returns of an entity model: the record, null when there is none, undefined while that is not known. Of a shared
 * or a user model: its state, which is the slice's initial state until it is loaded.
 * @example const order = useRecord(salesOrders, id)
 */
export function useRecord<Model extends EntityModel<string, any>>(
  model: Model,
  id: string,
): RecordOf<Model> | null | undefined
export function useRecord<Model extends SharedModel<string, any> | UserModel<string, any>>(
  model: Model,
): RecordOf<Model>
export function useRecord(model: AnyModel, id?: string): unknown {
  const sync = useSync()
  useEffect(() => sync.subscribe(model, id), [sync, model, id])
  const isLoaded = useIsLoaded(model, id)
  const record = useSelector((state: { [model: string]: unknown }) => recordIn(model, state[model.name], id))
  return record ?? (isLoaded ? null : undefined)
}

function recordIn(model: AnyModel, state: unknown, id: string | undefined): unknown {
  if (model.kind !== 'entity') return state
  const entities = (state as EntityState<unknown> | undefined)?.entities
  // An id may be called like something that every object has.
  return id !== undefined && entities !== undefined && Object.hasOwn(entities, id) ? entities[id] : undefined
}
