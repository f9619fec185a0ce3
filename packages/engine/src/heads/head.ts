import {
  type AnyModel,
  foldEvent,
  initialState,
  type RecordState,
  type StampedAction,
  streamKey,
  type StreamRef,
} from '@foldback/core'
import type { StoredEvent, StoredHead } from '../event-store.ts'

/** What a stream takes in memory beside its record, measured. */
const bytesBesideRecord = 500

/** A record at a version. */
export interface HeadState {
  readonly state: RecordState
  readonly version: number
  /** The id of the event with that version; empty at version 0. */
  readonly eventId: string
  /** When that event was received; 0 at version 0. */
  readonly receivedAt: number
}

/**
 * One stream in memory. Its *committed* state is what everybody may be told; its *speculative* state is committed
 * and what is being committed, and only the next action is folded on it. Nothing but `commit` moves the former.
 */
export class Head {
  readonly key: string
  readonly ref: StreamRef
  readonly model: AnyModel
  #committed: HeadState
  #speculative: HeadState
  #checked: RecordState
  /** Actions being committed. A head with any stays in memory. */
  #underWay = 0
  /** The version of the record that the store keeps, and its size; events above it are the tail. */
  #kept: { version: number; bytes: number }
  #tailBytes: number

  constructor(ref: StreamRef, model: AnyModel, loaded: LoadedHead) {
    this.key = streamKey(ref.model, ref.id)
    this.ref = ref
    this.model = model
    this.#committed = loaded.state
    this.#speculative = loaded.state
    this.#kept = loaded.kept
    this.#tailBytes = loaded.tailBytes
  }

  get committed(): HeadState {
    return this.#committed
  }

  get speculative(): HeadState {
    return this.#speculative
  }

  /** The state after the last action that was folded here; undefined while there was none. See `foldAction`. */
  get checked(): RecordState {
    return this.#checked
  }

  get isUnderWay(): boolean {
    return this.#underWay > 0
  }

  /** True while the store's record is older than the committed state. */
  get isTrailing(): boolean {
    return this.#kept.version < this.#committed.version
  }

  /** True when the events since the kept record are as many bytes as the record: then writing it again is due. */
  get isRecordDue(): boolean {
    return this.#tailBytes >= this.#kept.bytes
  }

  /** About what it takes in memory: what is not in the kept record yet came with the events since. */
  get bytes(): number {
    return bytesBesideRecord + this.#kept.bytes + this.#tailBytes
  }

  /** Folds one more action on top, not committed yet. `bytes`: of its text in the log. */
  advance(next: HeadState, bytes: number): void {
    this.#speculative = next
    this.#checked = next.state
    this.#tailBytes += bytes
    this.#underWay++
  }

  /** The oldest action under way is durable. */
  commit(next: HeadState): void {
    this.#committed = next
    this.#underWay--
  }

  /** The store keeps the record of this version from now on. */
  kept(version: number, bytes: number): void {
    this.#kept = { version, bytes }
    this.#tailBytes = 0
  }
}

export interface LoadedHead {
  readonly state: HeadState
  readonly kept: { readonly version: number; readonly bytes: number }
  readonly tailBytes: number
}

const nothingKept = { version: 0, bytes: 0 }

/** What a stored head says: its record, if the same code folded it, and the events after it folded on top. */
export function foldHead(
  model: AnyModel,
  head: StoredHead,
  onThrow: (thrown: unknown, action: StampedAction) => void,
): LoadedHead {
  const { record, tail } = head
  const start: HeadState =
    record === undefined
      ? { state: initialState(model), version: 0, eventId: '', receivedAt: 0 }
      : { state: JSON.parse(record.state) as RecordState, ...pick(record) }
  return {
    state: foldEvents(model, start, tail, onThrow),
    kept: record === undefined ? nothingKept : { version: record.version, bytes: record.state.length },
    tailBytes: bytesOf(tail),
  }
}

function pick({
  version,
  eventId,
  receivedAt,
}: HeadState | { version: number; eventId: string; receivedAt: number }) {
  return { version, eventId, receivedAt }
}

/** Folds stored events on a state. */
export function foldEvents(
  model: AnyModel,
  start: HeadState,
  events: readonly StoredEvent[],
  onThrow: (thrown: unknown, action: StampedAction) => void,
): HeadState {
  let { state } = start
  let action: StampedAction
  const onEventThrow = (thrown: unknown): void => onThrow(thrown, action)
  for (const event of events) {
    action = JSON.parse(event.action) as StampedAction
    state = foldEvent(model, state, action, onEventThrow)
  }
  const last = events.at(-1)
  return last === undefined
    ? start
    : { state, version: last.version, eventId: last.id, receivedAt: last.receivedAt }
}

/** Of their actions, as they are stored. */
export function bytesOf(events: readonly StoredEvent[]): number {
  return events.reduce((bytes, { action }) => bytes + action.length, 0)
}
