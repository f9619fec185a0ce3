import {
  closeCodes,
  messageOf,
  type ParsedAction,
  parseAction,
  type Refusal,
  refusal,
  type StreamRef,
} from '@foldback/core'
import type { Mortal } from './deadlines.ts'
import type { Listener } from './delivery.ts'
import type { EngineParts } from '../engine-parts.ts'
import { Expiry } from './expiry.ts'
import type { HeadState } from '../heads/head.ts'
import type { ConnectedSession, Connection, UnreadableFrame } from '../ports.ts'
import { canRead, isOwnStream } from './readability.ts'
import { reportFrom } from './report-from.ts'
import type { Session } from '../rules.ts'
import type { StreamChange } from './stream-change.ts'
import { keyedPlace, type Settlement } from '../turns/submission.ts'

/** Which records a plain connection hears of; everything when empty. */
export interface PlainFilter {
  readonly model?: string
  readonly id?: string
}

/**
 * One plain connection: each frame is an action, and each record that changes comes back as `foldback/record`.
 * What is refused comes back as `foldback/rejected`, to its sender alone.
 */
export class PlainSession implements ConnectedSession, Listener, Mortal {
  readonly #parts: EngineParts
  readonly #connection: Connection
  readonly #session: Session
  readonly #filter: PlainFilter
  readonly #models: readonly string[]
  /** Records to tell of when the reader has caught up. */
  readonly #behind = new Map<string, StreamRef>()
  readonly #expiry: Expiry
  #isLagging = false

  constructor(parts: EngineParts, connection: Connection, session: Session, filter: PlainFilter) {
    this.#parts = parts
    this.#connection = connection
    this.#session = session
    this.#filter = filter
    this.#models = [...parts.models.keys()].filter((name) => (filter.model ?? name) === name)
    for (const name of this.#models) parts.delivery.models.add(name, this)
    this.#expiry = new Expiry(parts.ports.clock)
    this.#expiry.set(session.expiresAt)
    if (session.expiresAt !== undefined) parts.deadlines.add(this, this.#expiry.leftMs)
  }

  look(): number {
    if (!this.#expiry.hasPassed) return this.#expiry.leftMs
    this.#parts.deadlines.delete(this)
    this.#connection.close(closeCodes.unauthenticated, 'login-expired')
    return Infinity
  }

  receive(text: string): void {
    const { parsed, value } = readAction(text, this.#parts)
    this.#submit(parsed, value, text.length)
  }

  unreadable(reason: UnreadableFrame): void {
    const code = reason === 'too-large' ? 'frame-too-large' : 'not-json'
    if (reason === 'too-large') this.#parts.ports.limited?.('frameBytesMax')
    this.#submit({ ok: false, refusal: refusal(code) }, null, 0)
  }

  #submit(parsed: ParsedAction, value: unknown, bytes: number): void {
    if (this.#expiry.hasPassed) return this.#connection.send(rejectedMessage(refusal('login-expired'), value))
    const id = parsed.ok ? parsed.proposed.id : undefined
    this.#parts.pipeline.submit({
      parsed,
      session: this.#session,
      place: id === undefined ? undefined : keyedPlace('id', this.#session.actor, id),
      bytes,
      reply: (settlement) => this.#settled(value, settlement),
      origin: this.#connection.origin,
    })
  }

  #settled(action: unknown, settlement: Settlement): void {
    if (settlement.status === 'refused') return this.#send(rejectedMessage(settlement.refusal, action))
    // Nothing has changed now, so nobody else hears of it; who sends again wants to know how things stand.
    if (!settlement.isDuplicate) return
    for (const { model, id } of settlement.places) {
      if (this.#models.includes(model) && this.#wants({ model, id })) void this.#tellNow({ model, id })
    }
  }

  changed(change: StreamChange): void {
    const { ref, key } = change
    if (!this.#wants(ref) || !this.#mayHear(change)) return
    if (this.#isLagging) return this.#fallBehind(key, ref)
    this.#behind.delete(key)
    this.#send(recordMessage(ref, change.after, change.stateText))
    this.#look()
  }

  /** Looks whether the reader has become too slow. */
  #look(): void {
    const { ports, limits } = this.#parts
    if (this.#isLagging || this.#connection.bufferedBytes() <= limits.bufferedBytesMax) return
    ports.limited?.('bufferedBytesMax')
    this.#isLagging = true
  }

  #fallBehind(key: string, ref: StreamRef): void {
    const { ports, limits } = this.#parts
    this.#behind.set(key, ref)
    if (this.#behind.size <= limits.laggingRecordsMax) return
    ports.limited?.('laggingRecordsMax')
    this.#connection.close(closeCodes.tryAgainLater, 'too-slow')
    this.closed()
  }

  uncertain(ref: StreamRef): void {
    if (this.#wants(ref)) void this.#tellNow(ref)
  }

  flush(): void {
    // Every message has left as a frame of its own.
  }

  drained(): void {
    if (!this.#isLagging) return
    this.#isLagging = false
    void this.#catchUp()
  }

  /** Tells what was left out, one by one, until the reader is too slow again. */
  async #catchUp(): Promise<void> {
    for (const [key, ref] of this.#behind) {
      if (this.#isLagging) return
      this.#behind.delete(key)
      await this.#tellNow(ref)
    }
  }

  #tellNow(ref: StreamRef): Promise<void> {
    return this.#parts.heads.fetch(ref).then(
      ({ committed }) => {
        const isUndecidable = committed.state === null && this.#hasRule(ref)
        if (isUndecidable || !this.#mayRead(ref, committed)) return
        this.#send(recordMessage(ref, committed))
        this.#look()
      },
      (cause: unknown) =>
        reportFrom(this.#parts.ports, this.#connection.origin, {
          code: 'store-failed',
          message: messageOf(cause),
          cause,
          ...ref,
        }),
    )
  }

  #wants(ref: StreamRef): boolean {
    return this.#filter.id === undefined || this.#filter.id === ref.id
  }

  /** Who could not read a record does not hear either that it is no more. */
  #mayHear({ ref, before, after }: StreamChange): boolean {
    const isUndecidable = before.state === null && after.state === null && this.#hasRule(ref)
    return !isUndecidable && this.#mayRead(ref, after.state === null ? before : after)
  }

  #hasRule(ref: StreamRef): boolean {
    return this.#parts.rules[ref.model]?.canRead !== undefined
  }

  #mayRead(ref: StreamRef, { state }: HeadState): boolean {
    const model = this.#parts.models.get(ref.model)!
    return (
      isOwnStream(model, ref, this.#session.actor) &&
      canRead(this.#parts, this.#session, ref, state, this.#connection.origin)
    )
  }

  #send(text: string): void {
    if (!this.#expiry.hasPassed) this.#connection.send(text)
  }

  closed(): void {
    this.#parts.deadlines.delete(this)
    this.#behind.clear()
    for (const name of this.#models) this.#parts.delivery.models.delete(name, this)
  }
}

const tooMuch: ReadonlySet<string> = new Set(['too-deep', 'too-large'])

function readAction(text: string, { limits }: EngineParts): { parsed: ParsedAction; value: unknown } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { parsed: { ok: false, refusal: refusal('not-json') }, value: text }
  }
  const parsed = parseAction(value, limits)
  // What nests too deeply cannot be written as JSON again, and what is too large need not be.
  return { parsed, value: !parsed.ok && tooMuch.has(parsed.refusal.code) ? null : value }
}

function recordMessage(
  { model, id }: StreamRef,
  head: HeadState,
  stateText = JSON.stringify(head.state),
): string {
  const fields = JSON.stringify({ model, id, version: head.version })
  return `{"type":"foldback/record","payload":${fields.slice(0, -1)},"state":${stateText}}}`
}

function rejectedMessage({ code, message, retryAfterMs }: Refusal, action: unknown): string {
  return JSON.stringify({ type: 'foldback/rejected', payload: { code, message, retryAfterMs, action } })
}
