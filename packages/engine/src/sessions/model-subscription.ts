import type { AnyModel, LogPosition, StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { HeadState } from '../heads/head.ts'
import { PageSize } from '../heads/page-size.ts'
import type { Reader } from './opening-queue.ts'
import type { Outgoing } from './outgoing.ts'
import type { StreamChange } from './stream-change.ts'
import type { Teller } from './teller.ts'

const headsPerPageMax = 200
/** Records that have changed meanwhile and are read in one go. */
const touchedAtOnce = 50

/*
 * One session's interest in all records of a model. It registers first, then lists them page by page, and leaves out
 * those that change in the meantime (`#touched`): they are told of at the end, from memory.
 */
export class ModelSubscription {
  readonly model: AnyModel
  readonly #parts: EngineParts
  readonly #teller: Teller
  readonly #outgoing: Outgoing
  readonly #reader: Reader
  /** Undefined while nothing is listed. */
  #touched: Set<string> | undefined
  /** Records that are being read to be told afresh, until they change. Undefined before there were any. */
  #retelling: Map<string, object> | undefined
  /** Of these, those on which the session itself may have acted. */
  #acted: Set<string> | undefined
  #isLive = false
  #opening = 0

  constructor(parts: EngineParts, teller: Teller, outgoing: Outgoing, model: AnyModel, reader: Reader) {
    this.#parts = parts
    this.#teller = teller
    this.#outgoing = outgoing
    this.model = model
    this.#reader = reader
  }

  get isOpening(): boolean {
    return !this.#isLive
  }

  /** True while this record is read, by itself or in the listing: then no change of it may be missed. */
  isReading(id: string): boolean {
    return this.isOpening || this.#retelling?.has(id) === true
  }

  /** Lists what the session lacks, given the position in the log that it has reached. Can be called again. */
  async open(since: LogPosition | undefined): Promise<void> {
    const opening = ++this.#opening
    this.#isLive = false
    try {
      await this.#open(since, () => this.#opening === opening)
    } catch (cause) {
      // When another opening, or the end, has taken its place, it is nobody's concern.
      if (this.#opening === opening) throw cause
    }
  }

  async #open(since: LogPosition | undefined, isCurrent: () => boolean): Promise<void> {
    const touched = (this.#touched = new Set())
    this.#acted?.clear()
    const isKnown = await this.#isKnown(since)
    await this.#tellListed(isKnown ? since!.seq : 0, isCurrent)
    // Nothing is awaited between the last look at `#touched` and going live.
    while (isCurrent() && touched.size > 0) await this.#tellTouched(touched, isCurrent)
    if (!isCurrent()) return
    this.#isLive = true
    this.#touched = undefined
    const { tip } = this.#parts.delivery
    this.#outgoing.add(
      JSON.stringify({ type: 'synced', model: this.model.name, complete: !isKnown, position: tip }),
    )
  }

  /**
   * True when it is enough to tell what has changed since. With a rule it is not: rights may have changed too. Nor is
   * it for a client of another version: it gets no events to move its position on, so what it has may be later.
   */
  async #isKnown(since: LogPosition | undefined): Promise<boolean> {
    if (since === undefined || !this.#teller.mayTellPast(this.model.name)) return false
    return (await this.#parts.ports.store.eventIdAt(since.seq)) === since.id
  }

  changed(change: StreamChange): void {
    const { id } = change.ref
    if (!this.#isLive) return void this.#touched?.add(id)
    // What is being read to be told afresh is read again, with this in it: what lies before this is not told yet.
    if (!this.#retelling?.delete(id)) this.#teller.change(change)
  }

  /**
   * Tells one record afresh, on which an action of `lane` may have happened. What changes while it is read is read
   * again: the older state must not come last.
   */
  async retell(id: string, lane: string | undefined): Promise<void> {
    if (lane !== undefined && this.#teller.isOwn(lane)) (this.#acted ??= new Set()).add(id)
    for (;;) {
      if (!this.#isLive) return void this.#touched?.add(id)
      const reading = {}
      const retelling = (this.#retelling ??= new Map())
      retelling.set(id, reading)
      const head = await this.#parts.heads.fetch(this.#refOf(id))
      while (this.#teller.isUnsure) await this.#teller.makeSure()
      const found = retelling.get(id)
      // Another has begun to read since, and tells what it finds.
      if (found !== undefined && found !== reading) return
      retelling.delete(id)
      if (found === undefined) continue
      if (this.#isLive) this.#teller.listed(head.ref, head.committed, this.#acted?.delete(id))
      else this.#touched?.add(id)
      return
    }
  }

  close(): void {
    this.#opening++
    this.#isLive = false
    this.#touched = undefined
  }

  async #tellListed(afterSeq: number, isCurrent: () => boolean): Promise<void> {
    const { store } = this.#parts.ports
    const size = new PageSize(this.#parts.limits.pageBytesMax, headsPerPageMax)
    let afterId = ''
    for (;;) {
      await this.#reader.whenRoom()
      const limit = size.count
      const page = await store.list({ model: this.model.name, afterSeq, afterId, limit })
      size.learn(page)
      const loaded = await Promise.all(page.map((head) => this.#parts.heads.fold(this.#refOf(head.id), head)))
      // What was read may be ahead of what has been told of: by the time this resolves such streams are touched.
      await new Promise<void>((resolve) => this.#parts.pipeline.afterCommit(resolve))
      while (this.#teller.isUnsure) await this.#teller.makeSure()
      if (!isCurrent()) return
      page.forEach(({ id }, index) => this.#tell(id, loaded[index]!.state, afterSeq > 0))
      this.#outgoing.flush()
      if (page.length < limit) return
      afterId = page.at(-1)!.id
    }
  }

  #tell(id: string, state: HeadState, isChange: boolean): void {
    if (this.#touched?.has(id)) return
    // Somebody who has nothing yet need not hear of what does not exist.
    if (state.state !== null || isChange) this.#teller.listed(this.#refOf(id), state)
  }

  async #tellTouched(touched: Set<string>, isCurrent: () => boolean): Promise<void> {
    await this.#reader.whenRoom()
    const ids = [...touched].slice(0, touchedAtOnce)
    for (const id of ids) touched.delete(id)
    const refs = ids.map((id) => this.#refOf(id))
    const heads = await Promise.all(refs.map((ref) => this.#parts.heads.fetch(ref)))
    while (this.#teller.isUnsure) await this.#teller.makeSure()
    if (!isCurrent()) return
    // What has changed since it was read is read again: a state goes with the marks of the same moment.
    for (const { ref, committed } of heads) if (!touched.has(ref.id)) this.#teller.listed(ref, committed)
    this.#outgoing.flush()
  }

  #refOf(id: string): StreamRef {
    return { model: this.model.name, id }
  }
}
