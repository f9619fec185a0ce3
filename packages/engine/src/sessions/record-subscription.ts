import type { Position, StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { StoredEvent } from '../event-store.ts'
import type { HeadState } from '../heads/head.ts'
import type { CommittedEvent, StreamChange } from './stream-change.ts'
import type { Teller } from './teller.ts'

/*
 * One session's interest in one record. It registers first, then reads, then tells the record as it is by then, or the
 * events up to then: whatever commits while it reads is kept in `#missed`, so nothing falls between, and a state goes
 * with the marks of the same moment.
 */
export class RecordSubscription {
  readonly ref: StreamRef
  readonly #parts: EngineParts
  readonly #teller: Teller
  #isLive = false
  #opening = 0
  /** Undefined while nothing is read. */
  #missed: CommittedEvent[] | undefined

  constructor(parts: EngineParts, teller: Teller, ref: StreamRef) {
    this.#parts = parts
    this.#teller = teller
    this.ref = ref
  }

  /** True while each change is told as it is committed. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** Tells the session what it needs to be up to date, given what it has. Can be called again. */
  async open(since: Position | undefined): Promise<void> {
    const opening = ++this.#opening
    this.#isLive = false
    try {
      await this.#open(since, () => this.#opening === opening)
    } catch (cause) {
      // When another opening, or the end, has taken its place, it is nobody's concern.
      if (this.#opening === opening) throw cause
    }
  }

  async #open(since: Position | undefined, isCurrent: () => boolean): Promise<void> {
    this.#missed = []
    const head = await this.#parts.heads.fetch(this.ref)
    const past = since && (await this.#past(since, head.committed))
    while (this.#teller.isUnsure) await this.#teller.makeSure()
    if (!isCurrent()) return
    if (past === undefined) this.#teller.state(this.ref, this.#newest(head.committed))
    else this.#tellPast(since!, past)
    this.#isLive = true
    this.#missed = undefined
  }

  changed(change: StreamChange): void {
    if (this.#isLive) this.#teller.change(change)
    else this.#missed?.push(...change.events)
  }

  close(): void {
    this.#opening++
    this.#isLive = false
    this.#missed = undefined
  }

  /** The events the session lacks; undefined when it must get the record. */
  async #past(since: Position, committed: HeadState): Promise<readonly StoredEvent[] | undefined> {
    const count = committed.version - since.version
    if (!this.#teller.mayTellPast(this.ref.model) || count < 0) return undefined
    if (count > this.#parts.limits.resumeEventsMax) {
      this.#parts.ports.limited?.('resumeEventsMax')
      return undefined
    }
    if (since.version === 0) return this.#parts.ports.store.events(this.ref, 1, count)
    const [known, ...past] = await this.#parts.ports.store.events(this.ref, since.version, count + 1)
    // Another event with that version: the session has seen another history.
    return known?.id === since.id ? past : undefined
  }

  /** The record as of now, like the marks that go with it: what was read may have changed since. */
  #newest(read: HeadState): HeadState {
    const { after } = this.#missed?.at(-1) ?? {}
    return after !== undefined && after.version > read.version ? after : read
  }

  #tellPast(since: Position, past: readonly StoredEvent[]): void {
    this.#teller.past(this.ref, past)
    const told = past.at(-1)?.version ?? since.version
    const above = (this.#missed ?? []).filter(({ version }) => version > told)
    if (above.length > 0) this.#teller.recent(this.ref, above)
  }
}
