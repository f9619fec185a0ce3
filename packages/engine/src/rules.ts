import type {
  Action,
  AnyModel,
  Json,
  ModelNamed,
  RecordOf,
  StampedAction,
  StampedActionOf,
} from '@foldback/core'

/** Who is at the other end, as `authenticate` found out. */
export interface Session {
  /** The user: stamped on every action, and the owner of `stream: 'user'` records. */
  readonly actor: string
  /** Whatever else rules want to know, such as roles. */
  readonly claims: { readonly [name: string]: Json }
  /**
   * Under which name the rate and the lanes are counted; under `actor`, when it is left out. For sessions that have
   * an `actor` in common and are not the same person, such as guests: their address.
   */
  readonly countedAs?: string
  /** Milliseconds since 1970 from which on the user must have signed in again. Never, when it is left out. */
  readonly expiresAt?: number
}

/** Whose rate and lanes a session's count for. */
export function countedAs({ actor, countedAs: name }: Session): string {
  return name ?? actor
}

/**
 * What a rule says: nothing or `true` for yes; a sentence, or a code of the application's with a sentence, for no.
 * The sentence should say what to do next: a user reads it.
 *
 * `false` is no too, but not of this type: `isOpen || 'It is closed.'` and `isClosed && 'It is closed.'` look alike,
 * and the second would refuse whenever all is well. The type checker names it.
 */
export type Verdict = void | true | string | { readonly code: string; readonly message: string }

/**
 * The rules for one model. They run on the server only, synchronously, and so does whatever they call.
 * An action that concerns several models must pass the rules of each.
 */
export interface ModelRules<Record, Handled = StampedActionWithPayload> {
  /** May this user dispatch this action at all? A no is `forbidden`. */
  canDispatch?(action: Handled, session: Session): Verdict
  /**
   * May this user read this record? All or nothing. Without the rule everybody may. A record of which there can be
   * many, and that was never shown to somebody, is to them as if it were not there. The rule says nothing about
   * writing: what somebody may not read they may change, unless `guard` answers them with `noSuchRecord`.
   */
  canRead?(record: Record, session: Session, id: string): boolean
  /**
   * May this action happen to the record as it is? `record` is the state before the action, null when there is
   * none. A no is `refused`, or the rule's own code.
   */
  guard?(record: Record | null, action: Handled, session: Session): Verdict
  /** The server's version of the action, such as one with an invoice number. Nothing leaves it as it is. */
  enrich?(action: Handled, session: Session): Action | void
}

/** Rules see payloads after their schema has; which one it is follows from `type`. */
// oxlint-disable-next-line typescript/no-explicit-any -- a rule narrows by type with its slice's `match`
export type StampedActionWithPayload = StampedAction & { readonly payload?: any }

/** Rules by model name. */
export type Rules<Models extends readonly AnyModel[]> = {
  readonly [Name in Models[number]['name']]?: ModelRules<
    RecordOf<ModelNamed<Models, Name>>,
    StampedActionOf<ModelNamed<Models, Name>>
  >
}

/** Rules without their types, as the engine calls them. */
export type AnyRules = { readonly [model: string]: ModelRules<unknown> | undefined }
