import type { AnyModel, StampedActionOf } from '@foldback/core'
import { useSynced } from './use-synced.ts'

/**
 * The user's actions that are not settled, oldest first: of a record, or of all records of a model.
 *
 * @example const isSaving = usePending(salesOrders, id).length > 0
 */
export function usePending<Model extends AnyModel>(
  model: Model,
  id?: string,
): readonly StampedActionOf<Model>[] {
  return useSynced((sync) => sync.pending(model, id))
}
