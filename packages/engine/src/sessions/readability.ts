import { type AnyModel, messageOf, type RecordState, streamKey, type StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { EnginePorts } from '../ports.ts'
import type { AnyRules, Session } from '../rules.ts'
import type { StreamChange } from './stream-change.ts'

/** May this session read this state? A rule that throws says no. A missing record hides nothing. */
export function canRead(
  parts: { readonly rules: AnyRules; readonly ports: Pick<EnginePorts, 'report'> },
  session: Session,
  ref: StreamRef,
  state: RecordState,
): boolean {
  const rules = parts.rules[ref.model]
  if (rules?.canRead === undefined || state === null) return true
  try {
    // Not just truthy: an asynchronous rule, which the types forbid, returns a promise and must not say yes.
    const answer: unknown = rules.canRead(state, session, ref.id)
    return answer === true
  } catch (cause) {
    parts.ports.report({ code: 'rule-threw', message: `canRead threw: ${messageOf(cause)}`, cause, ...ref })
    return false
  }
}

/** A stream of another user's is nobody else's business, whatever the rules say. */
export function isOwnStream(model: AnyModel, ref: StreamRef, session: Session): boolean {
  return model.kind !== 'user' || ref.id === session.actor
}

/**
 * What a session sees of a record that it asks for. `nothing`: it cannot tell whether there is such a record, because
 * one that was always hidden from it, one that is no more and one that never was look alike.
 */
export type Sight = 'record' | 'gone' | 'nothing'

/** What a session is told of a change. */
export type Telling = 'events' | 'snapshot' | 'gone' | 'nothing'

/**
 * Which records a session can see. A record that comes into sight or goes out of it is told of by its state or its
 * going: never by events of the time when it was hidden.
 */
export class Readability {
  readonly #parts: EngineParts
  #session: Session
  /** Records that were shown to the session, of models with a `canRead` rule; of the others all are. */
  readonly #shown = new Set<string>()

  constructor(parts: EngineParts, session: Session) {
    this.#parts = parts
    this.#session = session
  }

  /** The same user with other claims. What is shown is to be told afresh. */
  replace(session: Session): void {
    this.#session = session
  }

  hasRule(model: string): boolean {
    return this.#parts.rules[model]?.canRead !== undefined
  }

  /** True when the record is shown to the session, which may still read it. Remembers nothing. */
  isInSight(ref: StreamRef, state: RecordState): boolean {
    if (!this.hasRule(ref.model)) return true
    return this.#shown.has(streamKey(ref.model, ref.id)) && canRead(this.#parts, this.#session, ref, state)
  }

  /** Looks at a state that is about to be sent, and remembers whether a record was shown. */
  look(ref: StreamRef, state: RecordState): Sight {
    if (!this.hasRule(ref.model)) return 'record'
    const key = streamKey(ref.model, ref.id)
    const isSecret = this.#parts.models.get(ref.model)!.kind === 'entity' && !this.#shown.has(key)
    const isReadable = canRead(this.#parts, this.#session, ref, state)
    this.#remember(key, isReadable && state !== null)
    if (isSecret && (state === null || !isReadable)) return 'nothing'
    return isReadable ? 'record' : 'gone'
  }

  tellingOf(change: StreamChange): Telling {
    const { ref, key, events } = change
    if (!this.hasRule(ref.model)) return 'events'
    const wasShown = this.#shown.has(key)
    const readable = events.map(({ after }) => canRead(this.#parts, this.#session, ref, after.state))
    const isThere = change.after.state !== null
    this.#remember(key, readable.at(-1)! && isThere)
    if (!readable.at(-1)!) return wasShown ? 'gone' : 'nothing'
    if (!isThere && !wasShown) return 'nothing'
    return wasShown && readable.every(Boolean) ? 'events' : 'snapshot'
  }

  /** Forgets the records of a model but those that are told of singly. */
  forgetModel(model: string, isKept: (key: string) => boolean): void {
    const prefix = streamKey(model, '')
    for (const key of this.#shown) if (key.startsWith(prefix) && !isKept(key)) this.#shown.delete(key)
  }

  forget(ref: StreamRef): void {
    this.#shown.delete(streamKey(ref.model, ref.id))
  }

  #remember(key: string, isShown: boolean): void {
    if (isShown) this.#shown.add(key)
    else this.#shown.delete(key)
  }
}
