import type { Clock, ErrorCode, Random, StampedAction } from '@foldback/core'
import type { EventStore } from './event-store.ts'
import type { EngineLimits } from './limits.ts'

/** Everything the engine needs from outside. It does no I/O, reads no clock and throws no dice of its own. */
export interface EnginePorts {
  readonly clock: Clock
  readonly random: Random
  readonly store: EventStore
  /** Runs something soon, after what has arrived by then has been handed in: `setImmediate` in Node. */
  readonly defer: (run: () => void) => void
  /** Hears of what an operator should know. Must not throw. */
  readonly report: (incident: Incident) => void
  /** In development: hears what an application's code has probably not meant. Must not throw. */
  readonly hint?: (hint: Hint) => void
  /**
   * Hears what became of each action, for whoever counts: `code` is why it was not accepted, `lagMs` the time since it
   * arrived. Must not throw.
   */
  readonly counted?: (outcome: ActionOutcome, code: string | undefined, lagMs: number) => void
  /** Hears of each turn that has settled: its actions, and the time since it was closed for its commit. Must not throw. */
  readonly turned?: (actionCount: number, commitMs: number) => void
  /** Hears how many seconds each commit of the store took, where the store knows. Must not throw. */
  readonly committed?: (seconds: number) => void
  /** Hears each time that a limit takes effect, for whoever counts. Must not throw. */
  readonly limited?: (limit: keyof EngineLimits) => void
  /** Hears of each state of this model that a client had otherwise, for whoever counts. Must not throw. */
  readonly diverged?: (model: string) => void
}

/** `repeated`: it had its outcome before. `put-off`: it may be sent again. */
export type ActionOutcome = 'accepted' | 'rejected' | 'repeated' | 'put-off'

/** By what an action or a session came, for whoever looks for it in a log. One of the two is there. */
export interface Origin {
  readonly connectionId?: string
  readonly requestId?: string
}

/** Something in the application's code that its developer should look at. */
export interface Hint {
  readonly sentence: string
  readonly model: string
  /** One that showed it, where there was one. */
  readonly action?: StampedAction
}

/** Something went wrong that no client can mend. */
export interface Incident {
  readonly code: ErrorCode
  readonly message: string
  readonly cause?: unknown
  readonly model?: string
  readonly id?: string
  /** The record's, where it is about one version of it. */
  readonly version?: number
  readonly action?: StampedAction | { readonly type: string }
  /** The id that the action came with, where it is about one. */
  readonly actionId?: string
  readonly origin?: Origin
}

/** One connected socket, as the engine sees it. */
export interface Connection {
  readonly origin?: Origin
  send(text: string): void
  close(code: number, reason: string): void
  /** Bytes handed to `send` that have not left yet. When they have, the door calls the session's `drained`. */
  bufferedBytes(): number
}

/** `too-large`: over `frameBytesMax`, as bytes and not as characters. `binary`: it is not text. */
export type UnreadableFrame = 'too-large' | 'binary'

/** What a door does with the other end of a connection. */
export interface ConnectedSession {
  /** One text frame has arrived, of `frameBytesMax` bytes at most. */
  receive(text: string): void
  /** A frame has arrived that the door does not hand on. */
  unreadable(reason: UnreadableFrame): void
  /** The connection's buffer is empty again. */
  drained(): void
  /** The connection has ended, for whatever reason. Nothing is sent after. */
  closed(): void
}
