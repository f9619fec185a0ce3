import type { StreamRef } from '@foldback/core'
import type { Incident } from './ports.ts'

/*
 * The port to where events and records are kept. Actions and states pass it as JSON text, which is kept as it is:
 * databases reorder keys, and what is folded tomorrow must be what was folded today.
 *
 * What every store must hold (the contract suite in testkit checks it):
 * - an append is durable before it is answered, and each unit of it happens as a whole or not at all;
 * - versions of a stream are dense: an event is written only at its expected version + 1;
 * - a lane's mark moves only from n − 1 to n, in the same transaction as the events of n or its refusal;
 * - `seq` rises in the order in which events become visible: who has seen seq 10 never meets a new event 9;
 * - `read` gives heads and marks of one moment.
 */

export interface StoreListener {
  /** Something went wrong that no call tells of, or that it does not tell all of. Must not throw. */
  readonly report: (incident: Incident) => void
  /** A commit was made durable, in so many seconds, the wait for the disk included. Must not throw. */
  readonly committed?: (seconds: number) => void
}

export interface EventStore {
  /**
   * Makes the store ready and tells it the models. Rejects with a FoldbackError that says what to do, such as
   * `database-newer` or `not-a-foldback-database`, and then has changed nothing.
   */
  open(models: readonly StoredModel[], listener?: StoreListener): Promise<OpenedLog>
  /** The heads of streams and the marks of lanes, all as of one moment; in the order asked for. */
  read(request: ReadRequest): Promise<ReadAnswer>
  /**
   * Appends units in order and answers for each, in order. Rejects, having written nothing of the batch, when the
   * store as a whole cannot: with a FoldbackError `disk-full`, `busy`, `store-failed` or `writer-superseded`; and
   * with `unstorable` when something in the batch is at fault, and the rest of it could be written without that.
   */
  append(batch: AppendBatch): Promise<readonly UnitOutcome[]>
  /** Events of one stream from version `from`, in order, at most `limit`. */
  events(stream: StreamRef, from: number, limit: number): Promise<readonly StoredEvent[]>
  /** What was recorded for a lane's actions from `from` to `to`: outcomes, by n; those not recorded are left out. */
  outcomes(lane: string, from: number, to: number): Promise<readonly StoredOutcome[]>
  /**
   * Heads of a model's streams that have events above `afterSeq`, in the order of their stream ids, from after
   * `afterId`, at most `limit`.
   */
  list(request: ListRequest): Promise<readonly ListedHead[]>
  /** The id of the event at `seq`; undefined when there is none. */
  eventIdAt(seq: number): Promise<string | undefined>
  /** The last position in the log; seq 0 and an empty id when it is empty. */
  tip(): Promise<StoreTip>
  /**
   * Forgets the lanes whose name has a colon (the engine's own, of actions that name themselves) and whose mark last
   * moved before this time, with their outcomes. Their events stay, without a place in a lane.
   */
  expireKeyedLanes(before: number): Promise<void>
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>
}

export interface StoredModel {
  readonly name: string
  readonly version: number
}

export interface OpenedLog {
  /**
   * Names the history of the log, never empty. It is another one once the log was put back to an earlier moment: from
   * there on the same versions, and even the same ids, can be of other events.
   */
  readonly history: string
}

export interface StoreTip {
  readonly seq: number
  readonly id: string
}

export interface ReadRequest {
  readonly streams: readonly StreamRef[]
  readonly lanes: readonly string[]
}

export interface ReadAnswer {
  readonly heads: readonly StoredHead[]
  readonly marks: readonly (StoredMark | undefined)[]
}

/** A stream's newest kept record and the events after it. */
export interface StoredHead {
  /** The record at `recordVersion`; undefined when none is kept, and then the tail begins at version 1. */
  readonly record: StoredRecord | undefined
  /** Events above the record's version, in order. */
  readonly tail: readonly StoredEvent[]
}

export interface StoredRecord {
  readonly version: number
  /** The id of the event with that version. */
  readonly eventId: string
  /** `receivedAt` of the event with that version. */
  readonly receivedAt: number
  /** JSON text; `null` when there is no record (any more). */
  readonly state: string
  /** The version of the model's code that folded it. */
  readonly modelVersion: number
}

export interface ListedHead extends StoredHead {
  readonly id: string
}

export interface ListRequest {
  readonly model: string
  readonly afterSeq: number
  readonly afterId: string
  readonly limit: number
}

export interface StoredEvent {
  readonly id: string
  readonly version: number
  readonly seq: number
  /** JSON text of the stamped action. */
  readonly action: string
  readonly actor: string
  readonly receivedAt: number
  /** The place in the lane that brought it; undefined when it came without one. */
  readonly lane: string | undefined
  readonly n: number | undefined
}

export interface StoredMark {
  /** The user the lane is bound to. */
  readonly actor: string
  /** Every n up to this one is settled. */
  readonly n: number
}

export interface StoredOutcome {
  readonly n: number
  /** JSON text as it was appended. */
  readonly outcome: string
}

/** What is settled together: the events of one action, or the record that it was refused. */
export interface AppendUnit {
  /** Moves the lane's mark from n − 1 to n; undefined for an action that came without a lane. */
  readonly lane: LanePlace | undefined
  /** Empty for a refusal. */
  readonly events: readonly NewEvent[]
  /** JSON text to keep for (lane, n): what `outcomes` gives back. Only with a lane. */
  readonly outcome: string | undefined
}

export interface LanePlace {
  readonly lane: string
  readonly n: number
  /** The user; a new lane is bound to them. */
  readonly actor: string
}

export interface NewEvent {
  readonly id: string
  readonly model: string
  readonly stream: string
  readonly expectedVersion: number
  readonly action: string
  readonly actor: string
  readonly receivedAt: number
}

/**
 * A record to keep beside the events. Written only when its stream then is at exactly that version, and the event
 * with that version is `eventId`: a record folded on events that lost a conflict must not be taken for the others'.
 */
export interface NewRecord extends StoredRecord {
  readonly model: string
  readonly stream: string
}

/** The client knows these outcomes; they may be forgotten. */
export interface Forget {
  readonly lane: string
  readonly upTo: number
}

export interface AppendBatch {
  readonly units: readonly AppendUnit[]
  readonly records: readonly NewRecord[]
  readonly forget: readonly Forget[]
  /** The server's clock, kept with marks that move, so that old ones can be found. */
  readonly now: number
}

export type UnitOutcome =
  /** Written and durable. `seqs` has the seq of each event of the unit, in order. */
  | { readonly status: 'ok'; readonly seqs: readonly number[] }
  /** The lane's mark is at n or above it already: the unit was written before. Nothing was written now. */
  | { readonly status: 'duplicate' }
  /**
   * Something else was written first: a stream is not at the expected version (`missing` has the events above it,
   * by stream), or the lane's mark is below n − 1, or the lane is another user's. Nothing was written.
   */
  | { readonly status: 'conflict'; readonly missing: readonly MissingEvents[] }
  /** The store cannot tell. The heads and marks concerned must be read again. */
  | { readonly status: 'unknown' }

export interface MissingEvents {
  readonly model: string
  readonly stream: string
  readonly events: readonly StoredEvent[]
}
