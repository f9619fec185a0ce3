import { type AnyModel, messageOf, type RecordState, streamKey, type StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { EnginePorts, Hint, Origin } from '../ports.ts'
import { reportFrom } from './report-from.ts'
import type { AnyRules, Session } from '../rules.ts'
import type { StreamChange } from './stream-change.ts'

interface ReadPorts extends Pick<EnginePorts, 'report'> {
  readonly hint?: EnginePorts['hint'] | undefined
}

/** May this session read this state? A rule that throws says no. A missing record hides nothing. */
export function canRead(
  parts: { readonly rules: AnyRules; readonly ports: ReadPorts },
  session: Session,
  ref: StreamRef,
  state: RecordState,
  origin?: Origin,
): boolean {
  const rules = parts.rules[ref.model]
  if (rules?.canRead === undefined || state === null) return true
  try {
    // Not just truthy: an asynchronous rule, which the types forbid, returns a promise and must not say yes.
    const answer: unknown = rules.canRead(state, session, ref.id)
    if (typeof answer !== 'boolean') parts.ports.hint?.(noAnswer(ref, answer))
    return answer === true
  } catch (cause) {
    const message = `canRead threw: ${messageOf(cause)}`
    reportFrom(parts.ports, origin, { code: 'rule-threw', message, cause, ...ref })
    return false
  }
}

function noAnswer({ model }: StreamRef, answer: unknown): Hint {
  const what = answer instanceof Promise ? 'a promise' : answer === undefined ? 'nothing' : 'neither of them'
  return {
    sentence: `canRead of ${model} must return true or false at once, and returned ${what}, which is a no.`,
    model,
  }
}

/** A stream of another user's is nobody else's business, whatever the rules say. */
export function isOwnStream(model: AnyModel, ref: StreamRef, actor: string): boolean {
  return model.kind !== 'user' || ref.id === actor
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
  readonly #origin: Origin | undefined
  /** Records that were shown to the session, of models with a `canRead` rule; of the others all are. */
  #shown: Set<string> | undefined

  constructor(parts: EngineParts, session: Session, origin: Origin | undefined) {
    this.#parts = parts
    this.#session = session
    this.#origin = origin
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
    return this.#wasShown(streamKey(ref.model, ref.id)) && this.#canRead(ref, state)
  }

  /** Looks at a state that is about to be sent, and remembers whether a record was shown. */
  look(ref: StreamRef, state: RecordState): Sight {
    if (!this.hasRule(ref.model)) return 'record'
    const key = streamKey(ref.model, ref.id)
    const isSecret = this.#parts.models.get(ref.model)!.kind === 'entity' && !this.#wasShown(key)
    const isReadable = this.#canRead(ref, state)
    this.#remember(key, isReadable && state !== null)
    if (isSecret && (state === null || !isReadable)) return 'nothing'
    return isReadable ? 'record' : 'gone'
  }

  tellingOf(change: StreamChange): Telling {
    const { ref, key, events } = change
    if (!this.hasRule(ref.model)) return 'events'
    const wasShown = this.#wasShown(key)
    const readable = events.map(({ after }) => this.#canRead(ref, after.state))
    const isThere = change.after.state !== null
    this.#remember(key, readable.at(-1)! && isThere)
    if (!readable.at(-1)!) return wasShown ? 'gone' : 'nothing'
    if (!isThere && !wasShown) return 'nothing'
    return wasShown && readable.every(Boolean) ? 'events' : 'snapshot'
  }

  /** Forgets the records of a model but those that are told of singly. */
  forgetModel(model: string, isKept: (key: string) => boolean): void {
    const prefix = streamKey(model, '')
    for (const key of this.#shown ?? []) if (key.startsWith(prefix) && !isKept(key)) this.#shown!.delete(key)
  }

  forget(ref: StreamRef): void {
    this.#shown?.delete(streamKey(ref.model, ref.id))
  }

  #remember(key: string, isShown: boolean): void {
    if (isShown) (this.#shown ??= new Set()).add(key)
    else this.#shown?.delete(key)
  }

  #wasShown(key: string): boolean {
    return this.#shown?.has(key) === true
  }

  #canRead(ref: StreamRef, state: RecordState): boolean {
    return canRead(this.#parts, this.#session, ref, state, this.#origin)
  }
}
