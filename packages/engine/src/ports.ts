import type { Clock, ErrorCode, Random, StampedAction } from '@foldback/core'
import type { EventStore } from './event-store.ts'

/** Everything the engine needs from outside. It does no I/O, reads no clock and throws no dice of its own. */
export interface EnginePorts {
  readonly clock: Clock
  readonly random: Random
  readonly store: EventStore
  /** Runs something soon, after what has arrived by then has been handed in: `setImmediate` in Node. */
  readonly defer: (run: () => void) => void
  /** Hears of what an operator should know. Must not throw. */
  readonly report: (incident: Incident) => void
}

/** Something went wrong that no client can mend. */
export interface Incident {
  readonly code: ErrorCode
  readonly message: string
  readonly cause?: unknown
  readonly model?: string
  readonly id?: string
  readonly action?: StampedAction | { readonly type: string }
}

/** One connected socket, as the engine sees it. */
export interface Connection {
  send(text: string): void
  close(code: number, reason: string): void
  /** Bytes handed to `send` that have not left yet. When they have, the door calls the session's `drained`. */
  bufferedBytes(): number
}

/** What a door does with the other end of a connection. */
export interface ConnectedSession {
  /** One text frame has arrived. */
  receive(text: string): void
  /** The connection's buffer is empty again. */
  drained(): void
  /** The connection has ended, for whatever reason. Nothing is sent after. */
  closed(): void
}
