import type { StreamRef } from '@foldback/core'
import type { EventStore, StoredEvent } from '../event-store.ts'

/** Events that are read from the store in one go. */
export const eventsPerRead = 1_000

/** The events of a stream above a version and up to another, page by page: while one is folded, the next is read. */
export class EventPages {
  readonly #store: EventStore
  readonly #ref: StreamRef
  readonly #versionMax: number
  #limit = 0
  #reading: Promise<readonly StoredEvent[]> | undefined

  /** Begins to read. */
  constructor(store: EventStore, ref: StreamRef, above: number, versionMax: number) {
    this.#store = store
    this.#ref = ref
    this.#versionMax = versionMax
    this.#read(above)
  }

  /** Undefined when there are no more. */
  async next(): Promise<readonly StoredEvent[] | undefined> {
    const events = await this.#reading
    this.#reading = undefined
    const last = events?.at(-1)
    if (last !== undefined && events!.length === this.#limit) this.#read(last.version)
    return last && events
  }

  #read(above: number): void {
    this.#limit = Math.min(eventsPerRead, this.#versionMax - above)
    if (this.#limit <= 0) return
    this.#reading = this.#store.events(this.#ref, above + 1, this.#limit)
    // Whoever asks for this page hears of it; perhaps nobody does.
    this.#reading.catch(() => {})
  }
}
