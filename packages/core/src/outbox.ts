import type { StampedAction } from './action.ts'

/**
 * One action in a client's outbox. It is *open* while `n` is missing, and *sealed* once it has its place in a lane:
 * from then on the row never changes, and it is sent, again if need be, until it is settled.
 */
export interface OutboxRow {
  /** The action's `meta.foldback.id`. */
  readonly id: string
  readonly action: StampedAction
  readonly lane?: string
  readonly n?: number
}

/** A change to an outbox that happens as a whole or not at all. */
export interface OutboxChange {
  /** Rows to add, or to replace by their id. */
  readonly put: readonly OutboxRow[]
  /** Ids of rows to take away. */
  readonly remove: readonly string[]
}

/** Where a client keeps the actions that are not settled yet. */
export interface Outbox {
  /** Resolves when the change is as durable as this outbox can make it. Calls never overlap. */
  write(change: OutboxChange): Promise<void>
}
