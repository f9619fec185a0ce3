import type { ParsedAction, Place, Refusal, StreamRef, UpcastOutcome, Versions } from '@foldback/core'
import type { Origin } from '../ports.ts'
import type { Session } from '../rules.ts'

/** An action on its way into the log, whichever door it came by. */
export interface Submission {
  readonly parsed: ParsedAction
  readonly session: Session
  /** Its number in a lane; undefined for an action that may happen twice when it is sent twice. */
  readonly place: SubmissionPlace | undefined
  /** Hears the outcome. Sessions that hold the lane hear of it anyway. */
  readonly reply: ((settlement: Settlement) => void) | undefined
  readonly origin?: Origin | undefined
  /** Its share of the bytes in which it came. */
  readonly bytes: number
  /** The models that the sender has, where it stamps its actions with their versions. */
  readonly senderModels?: Versions
  /** What `upcast` made of an action that was written under an older version. Set by the pipeline. */
  readonly upcast?: UpcastOutcome
  /** It was tried alone and could not be kept, for this reason. Set by the pipeline. */
  readonly impossible?: 'unstorable' | 'record-too-large'
  /** The records that it is for. Set by the pipeline. */
  concerns?: readonly ConcernedStream[]
  /** When it was handed in, by the server's clock. Set by the pipeline. */
  arrivedAt?: number
}

export interface ConcernedStream extends StreamRef {
  readonly key: string
}

export interface SubmissionPlace {
  readonly lane: string
  readonly n: number
  /** Record the outcome also when it is accepted: for lanes of one action, whose sender has no subscription. */
  readonly keepsOutcome: boolean
}

/** What became of an action. */
export type Settlement =
  | { readonly status: 'accepted'; readonly places: readonly Place[]; readonly isDuplicate: boolean }
  | { readonly status: 'refused'; readonly refusal: Refusal; readonly isDuplicate: boolean }

/** The text kept for an action of a lane; see `AppendUnit.outcome`. */
export type KeptOutcome =
  | { readonly accepted: readonly Place[] }
  | { readonly refused: { readonly code: string; readonly message: string } }

export function settlementOf(kept: KeptOutcome | undefined): Settlement {
  // What has no kept outcome was accepted: refusals are kept until the sender has confirmed that it knows them.
  if (kept === undefined) return { status: 'accepted', places: [], isDuplicate: true }
  if ('accepted' in kept) return { status: 'accepted', places: kept.accepted, isDuplicate: true }
  return { status: 'refused', refusal: { ...kept.refused, finality: 'final' }, isDuplicate: true }
}

/**
 * A place for an action that names itself: a lane of its own, which no `hello` can claim, so that the one mechanism
 * of lanes and marks makes sure that it happens once.
 */
export function keyedPlace(kind: KeyedLaneKind, actor: string, key: string): SubmissionPlace {
  return { lane: `${kind}:${JSON.stringify([actor, key])}`, n: 1, keepsOutcome: true }
}

/** `id`: a `meta.foldback.id`; `key`: an `Idempotency-Key` header. */
export type KeyedLaneKind = 'id' | 'key'
