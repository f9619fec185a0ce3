import type { StampedAction } from './action.ts'

/** An accepted action with its place. */
export interface FoldbackEvent {
  /** The action's `meta.foldback.id`: the same in each stream that one action is recorded in. */
  readonly id: string
  readonly model: string
  readonly stream: string
  /** Its place in its stream: 1, 2, 3 … without holes. */
  readonly version: number
  readonly action: StampedAction
  readonly actor: string
  /** When the server folded it: milliseconds since 1970. Never goes back within a stream. */
  readonly receivedAt: number
  /** Its place in the whole log. Rises; may have holes. */
  readonly seq: number
}

/**
 * A place in a stream that a reader has reached: a version, and the id of the event that has it. The id tells a
 * history from another one that came of restoring a backup.
 */
export interface Position {
  readonly version: number
  readonly id: string
}

/** A place in the whole log that a reader has reached. */
export interface LogPosition {
  readonly seq: number
  readonly id: string
}
