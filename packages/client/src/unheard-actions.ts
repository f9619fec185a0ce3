import { type AnyModel, isPlainObject } from '@foldback/core'
import type { EntityState, ModelState } from './model-state.ts'

/**
 * In development: finds out when a model's reducer would react to an action that is not among the model's actions, as
 * a slice with `extraReducers` does. Neither side folds such an action, which would surprise whoever wrote it.
 */
export class UnheardActions {
  readonly #warn: (message: string) => void
  /** What was said already, once for each model and type. */
  readonly #known = new Set<string>()

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  look(model: AnyModel, state: ModelState, action: unknown): void {
    if (!isPlainObject(action) || typeof action['type'] !== 'string') return
    const key = `${model.name} ${action['type']}`
    if (model.types.has(action['type']) || this.#known.has(key)) return
    if (!reacts(model, state, action as { type: string })) return
    this.#known.add(key)
    this.#warn(
      `Foldback: the reducer of ${model.name} reacts to ${action['type']}, which is not among the model's actions, so it is ` +
        'folded neither here nor on the server. Add its action creator: ' +
        `defineModel({ ...slice, actions: { ...slice.actions, ${shortName(action['type'])} } }).`,
    )
  }
}

function reacts(model: AnyModel, state: ModelState, action: { type: string }): boolean {
  const record = model.kind === 'entity' ? firstRecord(state as EntityState<unknown>) : state
  try {
    return record !== undefined && model.reducer(record, action) !== record
  } catch {
    return false
  }
}

function firstRecord({ ids, entities }: EntityState<unknown>): unknown {
  return ids[0] === undefined ? undefined : entities[ids[0]]
}

function shortName(type: string): string {
  return type.split('/').at(-1) ?? type
}
