import type { AnyModel } from '@foldback/core'
import { useSynced } from './use-synced.ts'

/**
 * Whether it is known what there is: of an entity model without an id, all records that the user may read; else that
 * one record. It loads nothing: use it beside `useCollection` or `useRecord`.
 *
 * @example const isComplete = useIsLoaded(salesOrders)
 */
export function useIsLoaded(model: AnyModel, id?: string): boolean {
  return useSynced((sync) => sync.isLoaded(model, id))
}
