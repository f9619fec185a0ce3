import type { EngineParts } from '../engine-parts.ts'

/** Who is told of what is opened. */
export interface Reader {
  /** Resolves when the connection has room for more. */
  whenRoom(): Promise<void>
}

/**
 * Opens the subscriptions of one session a few at a time, and none while its reader has no room for what they tell:
 * a thousand subscriptions in one frame must not keep the store from everybody else. Opening never rejects.
 */
export class OpeningQueue {
  readonly #engine: Pick<EngineParts, 'limits' | 'ports'>
  readonly #reader: Reader
  readonly #onDone: () => void
  /** By what is to be opened. */
  readonly #waiting = new Map<string, () => Promise<void>>()
  #workers = 0

  /** @param onDone called when nothing waits and nothing is being opened any more. */
  constructor(engine: Pick<EngineParts, 'limits' | 'ports'>, reader: Reader, onDone: () => void) {
    this.#engine = engine
    this.#reader = reader
    this.#onDone = onDone
  }

  /** Opens it when its turn comes; in place of an earlier call for the same that still waits. */
  add(key: string, open: () => Promise<void>): void {
    this.#waiting.set(key, open)
    const { limits, ports } = this.#engine
    if (this.#workers === limits.openingSubscriptionsMax) return ports.limited?.('openingSubscriptionsMax')
    this.#workers++
    void this.#work()
  }

  /** It need not be opened any more. */
  cancel(key: string): void {
    this.#waiting.delete(key)
  }

  clear(): void {
    this.#waiting.clear()
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      await this.#reader.whenRoom()
      await this.#openNext()
    }
    this.#workers--
    if (this.#workers === 0) this.#onDone()
  }

  #openNext(): Promise<void> {
    for (const [key, open] of this.#waiting) {
      this.#waiting.delete(key)
      return open()
    }
    return Promise.resolve()
  }
}
