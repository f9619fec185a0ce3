import {
  type AnyModel,
  foldAction,
  initialState,
  type RecordState,
  type StampedAction,
  streamKey,
} from '@foldback/core'
import type { StoredEvent } from '@foldback/engine'
import type { StoreMemory } from '../memory-store.ts'

interface Folds {
  /** What was folded, in order. */
  readonly events: StoredEvent[]
  /** `states[n]` is the record at version n. */
  readonly states: RecordState[]
}

/** What the plain reducers make of the log, each stream at each version: what everybody else is measured against. */
export class PlainFolds {
  readonly #memory: StoreMemory
  readonly #folds = new Map<string, Folds>()

  constructor(memory: StoreMemory) {
    this.#memory = memory
  }

  /** How many events a stream has. */
  versionOf(model: string, id: string): number {
    return this.#memory.streams.get(streamKey(model, id))?.events.length ?? 0
  }

  /** The id of the event with this version; empty at version 0, undefined when there is none. */
  eventIdAt(model: string, id: string, version: number): string | undefined {
    if (version === 0) return ''
    return this.#memory.streams.get(streamKey(model, id))?.events[version - 1]?.id
  }

  /** The record at a version, which must be there. */
  stateAt(model: AnyModel, id: string, version: number): RecordState {
    const key = `${streamKey(model.name, id)} ${model.version}`
    const events = this.#memory.streams.get(streamKey(model.name, id))?.events ?? []
    let folds = this.#folds.get(key)
    const common = Math.min(folds?.events.length ?? 0, events.length)
    // Another history since a backup was restored. Its events may have the ids of those that were lost, and say
    // something else: what was resent is enriched, and brought up to date, anew.
    if (folds === undefined || (common > 0 && folds.events[common - 1] !== events[common - 1]))
      this.#folds.set(key, (folds = { events: [], states: [initialState(model)] }))
    else if (folds.events.length > common) {
      folds.events.length = common
      folds.states.length = common + 1
    }
    for (const event of events.slice(folds.events.length, Math.max(version, folds.events.length))) {
      const action = JSON.parse(event.action) as StampedAction
      folds.states.push(plainFold(model, folds.states.at(-1), action))
      folds.events.push(event)
    }
    return folds.states[version]
  }
}

/** As the design says it, and not by the code under test: what throws changes nothing. */
function plainFold(model: AnyModel, state: RecordState, action: StampedAction): RecordState {
  const { versions = {} } = action.meta.foldback
  try {
    const { upcast } = model
    const from = versions[model.name] ?? 1
    const current = upcast === undefined || from === model.version ? action : upcast(action, from)
    return model.reducer(state ?? undefined, current) ?? null
  } catch {
    return state
  }
}

/** A record with actions on top, as a client shows it. What does not fold is left out, as everywhere. */
export function folded(model: AnyModel, before: RecordState, actions: readonly StampedAction[]): RecordState {
  let state = before
  for (const action of actions) {
    const outcome = foldAction(model, state, action)
    if (outcome.ok) state = outcome.state
  }
  return state
}
