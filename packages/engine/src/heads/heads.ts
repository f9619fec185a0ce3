import {
  type AnyModel,
  initialState,
  messageOf,
  type StampedAction,
  streamKey,
  type StreamRef,
} from '@foldback/core'
import type { StoredHead, StoredMark } from '../event-store.ts'
import { EventPages, eventsPerRead } from './event-pages.ts'
import { bytesOf, foldEvents, foldHead, Head, type HeadState, type LoadedHead } from './head.ts'
import { Lru } from './lru.ts'
import type { EnginePorts } from '../ports.ts'

const noHead: StoredHead = { record: undefined, tail: [] }

/**
 * A read under way. When a turn goes on with a head that it held meanwhile, that head is the answer; when a commit
 * failed meanwhile, the answer is read again.
 */
interface Loading {
  readonly promise: Promise<Head>
  held: Head | undefined
  isStale: boolean
}

/**
 * The records in memory. At any time there is one head for a stream that counts: it is loaded once however many ask
 * for it at the same time, and an answer that comes late never takes the place of a head that has moved on.
 */
export class Heads {
  readonly #models: ReadonlyMap<string, AnyModel>
  readonly #ports: EnginePorts
  readonly #cache: Lru<Head>
  readonly #loading = new Map<string, Loading>()
  #hits = 0
  #misses = 0

  constructor(models: ReadonlyMap<string, AnyModel>, ports: EnginePorts, cachedRecordBytesMax: number) {
    this.#models = models
    this.#ports = ports
    this.#cache = new Lru(
      cachedRecordBytesMax,
      (head) => head.isUnderWay,
      (head) => head.bytes,
    )
  }

  get size(): number {
    return this.#cache.size
  }

  /** About what they take in memory. */
  get bytes(): number {
    return this.#cache.weight
  }

  /** How often a head was asked for and was in memory, and how often it was not. */
  get hits(): number {
    return this.#hits
  }

  get misses(): number {
    return this.#misses
  }

  get(key: string): Head | undefined {
    return this.#cache.get(key)
  }

  /** Like `get`, for who reads the store when it is not there: counted. */
  find(key: string): Head | undefined {
    const head = this.#cache.get(key)
    if (head === undefined) this.#misses++
    else this.#hits++
    return head
  }

  /** Puts a head that somebody held back into memory, unless it is there. Returns the one that counts. */
  keep(head: Head): Head {
    const kept = this.#cache.keep(head.key, head)
    if (this.#loading.size === 0) return kept
    const loading = this.#loading.get(head.key)
    if (loading !== undefined) loading.held = kept
    return kept
  }

  /** Forgets a head whose speculative state is not to be used any more. */
  drop(head: Head): void {
    if (this.#cache.peek(head.key) === head) this.#cache.delete(head.key)
    const loading = this.#loading.get(head.key)
    if (loading !== undefined) Object.assign(loading, { held: undefined, isStale: true })
  }

  async fetch(ref: StreamRef): Promise<Head> {
    const cached = this.find(streamKey(ref.model, ref.id))
    if (cached !== undefined) return cached
    const { heads } = await this.load([ref], [])
    return heads[0]!
  }

  /** Loads heads, and with them marks of lanes as of the same moment, in one read. */
  async load(
    refs: readonly StreamRef[],
    lanes: readonly string[],
  ): Promise<{ heads: Head[]; marks: readonly (StoredMark | undefined)[] }> {
    const fresh = refs.filter((ref) => !this.#loading.has(streamKey(ref.model, ref.id)))
    const read = this.#ports.store.read({ streams: fresh, lanes, tailMax: eventsPerRead })
    fresh.forEach((ref, index) =>
      this.#track(
        ref,
        read.then((answer) => this.#made(ref, answer.heads[index]!)),
      ),
    )
    const heads = Promise.all(refs.map((ref) => this.#loading.get(streamKey(ref.model, ref.id))!.promise))
    const [answer, loaded] = await Promise.all([read, heads])
    return { heads: loaded, marks: answer.marks }
  }

  #track(ref: StreamRef, made: Promise<Head>): void {
    const key = streamKey(ref.model, ref.id)
    const loading: Loading = {
      held: undefined,
      isStale: false,
      promise: made.then(
        (head) => {
          this.#loading.delete(key)
          if (loading.held !== undefined) return this.keep(loading.held)
          return loading.isStale ? this.fetch(ref) : this.keep(head)
        },
        (cause: unknown) => {
          this.#loading.delete(key)
          throw cause
        },
      ),
    }
    this.#loading.set(key, loading)
  }

  async #made(ref: StreamRef, stored: StoredHead): Promise<Head> {
    return new Head(ref, this.#modelOf(ref), await this.fold(ref, stored))
  }

  /**
   * The state that a stored head stands for. A record that other code folded is not used; a tail of `eventsPerRead` or
   * more may be the beginning of a longer one, which is read.
   */
  async fold(ref: StreamRef, stored: StoredHead): Promise<LoadedHead> {
    const model = this.#modelOf(ref)
    const isOwn = stored.record === undefined || stored.record.modelVersion === model.version
    const head = isOwn ? stored : noHead
    if (isOwn && head.tail.length < eventsPerRead) return foldHead(model, head, this.#onThrow(ref))
    const above = head.tail.at(-1)?.version ?? 0
    const pages = new EventPages(this.#ports.store, ref, above, Infinity)
    const loaded = foldHead(model, head, this.#onThrow(ref))
    return { ...loaded, ...(await this.#foldPages(ref, loaded, pages)) }
  }

  /** Folds what these pages have on top. */
  async #foldPages(
    ref: StreamRef,
    { state: start, tailBytes: bytesBefore }: Pick<LoadedHead, 'state' | 'tailBytes'>,
    pages: EventPages,
  ): Promise<Pick<LoadedHead, 'state' | 'tailBytes'>> {
    let state = start
    let tailBytes = bytesBefore
    for (;;) {
      const events = await pages.next()
      if (events === undefined) return { state, tailBytes }
      state = foldEvents(this.#modelOf(ref), state, events, this.#onThrow(ref))
      tailBytes += bytesOf(events)
    }
  }

  /** A stream before its first event. */
  initial(ref: StreamRef): HeadState {
    return { state: initialState(this.#modelOf(ref)), version: 0, eventId: '', receivedAt: 0 }
  }

  /** Folds the events of a stream above `start` up to a version, or up to those received by `receivedAtMax`. */
  async foldUpTo(
    ref: StreamRef,
    start: HeadState,
    versionMax: number,
    receivedAtMax = Infinity,
  ): Promise<HeadState> {
    const pages = new EventPages(this.#ports.store, ref, start.version, versionMax)
    let state = start
    for (;;) {
      const events = await pages.next()
      if (events === undefined) return state
      const wanted = events.filter((event) => event.receivedAt <= receivedAtMax)
      state = foldEvents(this.#modelOf(ref), state, wanted, this.#onThrow(ref))
      if (wanted.length < events.length) return state
    }
  }

  #modelOf(ref: StreamRef): AnyModel {
    return this.#models.get(ref.model)!
  }

  #onThrow(ref: StreamRef): (thrown: unknown, action: StampedAction) => void {
    return (cause, action) =>
      this.#ports.report({
        code: 'reducer-threw',
        message: `The reducer of ${ref.model} threw on a recorded event (${messageOf(cause)}); the record stays as it was before it.`,
        cause,
        ...ref,
        action,
      })
  }
}
