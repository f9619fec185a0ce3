import type { Action, StampedAction } from './action.ts'
import { messageOf, type Refusal, refusal } from './foldback-error.ts'
import { findNotJson } from './json.ts'
import { type AnyModel, sharedStream } from './model.ts'
import { upcastRecorded } from './upcast.ts'

/** Names one stream: an instance of a model. */
export interface StreamRef {
  readonly model: string
  readonly id: string
}

/** A stream's name as one string, for maps. Model names have no slash, so it is unambiguous. */
export function streamKey(model: string, id: string): string {
  return `${model}/${id}`
}

/**
 * A record: the state of a stream. `null` means that there is none (any more). A record of a shared or a user
 * model always exists: before its first event it is the slice's initial state.
 */
export type RecordState = unknown

export type FoldOutcome =
  | { readonly ok: true; readonly state: RecordState }
  | { readonly ok: false; readonly refusal: Refusal; readonly thrown?: unknown }

export type StreamsOutcome =
  | { readonly ok: true; readonly ids: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal; readonly thrown?: unknown }

const none: StreamsOutcome = { ok: true, ids: [] }
const shared: StreamsOutcome = { ok: true, ids: [sharedStream] }
const streamIdLengthMax = 200

/** The ids of the streams of `model` that this action of `actor` is for; empty when it is not for this model. */
export function streamsOf(model: AnyModel, action: Action, actor: string): StreamsOutcome {
  if (!model.types.has(action.type)) return none
  if (model.kind === 'shared') return shared
  if (model.kind === 'user') return { ok: true, ids: [actor] }
  try {
    return checkedIds(model.streamId(action))
  } catch (thrown) {
    return { ok: false, refusal: refusal('no-stream-id', messageOf(thrown)), thrown }
  }
}

function checkedIds(found: unknown): StreamsOutcome {
  if (found === undefined) return none
  const ids: readonly unknown[] = Array.isArray(found) ? [...new Set(found)] : [found]
  return ids.every(isStreamId) ? { ok: true, ids } : { ok: false, refusal: refusal('no-stream-id') }
}

/**
 * A stream id is a key of `entities` in the Redux store, so it must not be one that changes what an object is; and
 * it is kept as UTF-8, which has no lone surrogates.
 */
export function isStreamId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '' || id.length > streamIdLengthMax) return false
  return id !== '__proto__' && id.isWellFormed()
}

/** The type of the action for which a reducer gives its initial state. */
export const initialActionType = '@@foldback/initial'

/** The record before the first event. */
export function initialState(model: AnyModel): RecordState {
  return model.kind === 'entity' ? null : model.reducer(undefined, { type: initialActionType })
}

/** True when there is no record and the model says that this action does not create one. */
export function lacksRecord(model: AnyModel, state: RecordState, action: Action): boolean {
  return state === null && model.createsTypes !== undefined && !model.createsTypes.has(action.type)
}

/**
 * Folds an action that is not recorded yet. Whatever is wrong with it comes back as a refusal.
 *
 * @param checked an earlier state of the stream that came of such a fold; see `findNotJson`.
 */
export function foldAction(
  model: AnyModel,
  state: RecordState,
  action: StampedAction,
  checked?: RecordState,
): FoldOutcome {
  if (lacksRecord(model, state, action)) return { ok: false, refusal: refusal('no-such-record') }
  let next: RecordState
  try {
    next = reduce(model, state, action)
  } catch (thrown) {
    return { ok: false, refusal: refusal('reducer-threw', messageOf(thrown)), thrown }
  }
  const fault = findNotJson(next, checked)
  if (fault === undefined) return { ok: true, state: next }
  const place = fault.path === '' ? 'the state itself' : fault.path
  return { ok: false, refusal: refusal('state-not-json', `${place} is ${fault.found}`) }
}

/**
 * Folds an event: an action that is recorded, and so is folded whatever happens. One that was recorded under an older
 * version is upcast first. When that or the reducer throws, because its code has changed since, the state stays as it was, here and on every other side; `onThrow` hears of it.
 */
export function foldEvent(
  model: AnyModel,
  state: RecordState,
  action: StampedAction,
  onThrow: (thrown: unknown) => void,
): RecordState {
  try {
    return reduce(model, state, upcastRecorded(model, action))
  } catch (thrown) {
    onThrow(thrown)
    return state
  }
}

function reduce(model: AnyModel, state: RecordState, action: StampedAction): RecordState {
  return model.reducer(state ?? undefined, action) ?? null
}
