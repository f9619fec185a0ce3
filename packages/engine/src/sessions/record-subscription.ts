import type { Position, StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { StoredEvent } from '../event-store.ts'
import type { HeadState } from '../heads/head.ts'
import type { CommittedEvent, StreamChange } from './stream-change.ts'
import type { Teller } from './teller.ts'

/*
 * One session's interest in one record. It registers first, then reads, then sends what lies above what it read:
 * whatever commits while it reads is kept in `#missed`, so nothing falls between.
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
    if (past === undefined) this.#tellState(this.#parts.heads.get(head.key)?.committed ?? head.committed)
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
    if (
      !this.#teller.mayTellPast(this.ref.model) ||
      count < 0 ||
      count > this.#parts.limits.resumeEventsMax
    ) {
      return undefined
    }
    if (since.version === 0) return this.#parts.ports.store.events(this.ref, 1, count)
    const [known, ...past] = await this.#parts.ports.store.events(this.ref, since.version, count + 1)
    // Another event with that version: the session has seen another history.
    return known?.id === since.id ? past : undefined
  }

  #tellState(state: HeadState): void {
    this.#teller.state(this.ref, state)
    this.#tellAbove(state.version)
  }

  #tellPast(since: Position, past: readonly StoredEvent[]): void {
    this.#teller.past(this.ref, past)
    this.#tellAbove(past.at(-1)?.version ?? since.version)
  }

  #tellAbove(version: number): void {
    const above = (this.#missed ?? []).filter((event) => event.version > version)
    if (above.length === 0) return
    if (this.#teller.mayTellPast(this.ref.model)) this.#teller.recent(this.ref, above)
    else this.#teller.state(this.ref, above.at(-1)!.after)
  }
}
