import {
  type Action,
  type AnyModel,
  foldAction,
  initialState,
  type RecordState,
  type StampedAction,
  streamsOf,
} from '@foldback/core'

/*
 * How a model's records look in the Redux store: an entity model's as the `{ ids, entities }` that
 * `createEntityAdapter` knows, with ids in the order in which they were first seen; any other model's single record
 * as it is, in the slice's own shape.
 */

/** The state of an entity model. */
export interface EntityState<Record> {
  ids: string[]
  entities: { [id: string]: Record }
}

/** The state of any model. */
export type ModelState = unknown

/** One record to put into a state; null takes it away. */
export interface RecordChange {
  readonly id: string
  readonly state: RecordState
}

const emptyEntities: EntityState<unknown> = { ids: [], entities: {} }

export function initialModelState(model: AnyModel): ModelState {
  return model.kind === 'entity' ? emptyEntities : initialState(model)
}

/** False for what cannot be a state of the model, such as an old or broken one that was rehydrated. */
export function isModelState(model: AnyModel, state: ModelState): boolean {
  if (model.kind !== 'entity') return state !== undefined
  const { ids, entities } = (state ?? {}) as Partial<EntityState<unknown>>
  return Array.isArray(ids) && typeof entities === 'object' && entities !== null
}

/** Folds an action into a state by itself, as when DevTools computes states again. What does not fold is left out. */
export function reduceAction(model: AnyModel, state: ModelState, action: Action): ModelState {
  const stamped = action as StampedAction
  const found = streamsOf(model, stamped, '')
  if (!found.ok) return state
  const changes = found.ids.flatMap((id): RecordChange[] => {
    const outcome = foldAction(model, recordIn(model, state, id), stamped)
    return outcome.ok ? [{ id, state: outcome.state }] : []
  })
  return withRecords(model, state, changes)
}

/** The record in a state; null when there is none. */
export function recordIn(model: AnyModel, state: ModelState, id: string): RecordState {
  if (model.kind !== 'entity') return state
  const { entities } = state as EntityState<RecordState>
  return Object.hasOwn(entities, id) ? entities[id] : null
}

/** The state with these records put in; the same state when nothing changes. */
export function withRecords(
  model: AnyModel,
  state: ModelState,
  changes: readonly RecordChange[],
): ModelState {
  const real = changes.filter((change) => recordIn(model, state, change.id) !== change.state)
  if (real.length === 0) return state
  return model.kind === 'entity' ? withEntities(state as EntityState<RecordState>, real) : real.at(-1)!.state
}

function withEntities(
  state: EntityState<RecordState>,
  changes: readonly RecordChange[],
): EntityState<RecordState> {
  const entities = { ...state.entities }
  const added: string[] = []
  let isShrunk = false
  for (const { id, state: record } of changes) {
    if (record === null) {
      delete entities[id]
      isShrunk = true
    } else {
      if (!Object.hasOwn(entities, id)) added.push(id)
      entities[id] = record
    }
  }
  const kept = isShrunk ? state.ids.filter((id) => Object.hasOwn(entities, id)) : state.ids
  return { ids: idsWith(kept, added, entities), entities }
}

function idsWith(kept: string[], added: readonly string[], entities: object): string[] {
  // A record can come and go within one frame.
  const fresh = new Set(added.filter((id) => Object.hasOwn(entities, id)))
  return fresh.size === 0 ? kept : [...kept.filter((id) => !fresh.has(id)), ...fresh]
}
