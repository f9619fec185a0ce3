export interface OpeningQueueParts {
  /** How many may be opened at one time. */
  readonly countMax: number
  /** Resolves when the connection has room for more. */
  readonly whenRoom: () => Promise<void>
  /** Something has to wait for its turn. */
  readonly onFull: () => void
}

/**
 * Opens the subscriptions of one session a few at a time, and none while its reader has no room for what they tell:
 * a thousand subscriptions in one frame must not keep the store from everybody else. Opening never rejects.
 */
export class OpeningQueue {
  readonly #parts: OpeningQueueParts
  /** By what is to be opened. */
  readonly #waiting = new Map<string, () => Promise<void>>()
  #workers = 0

  constructor(parts: OpeningQueueParts) {
    this.#parts = parts
  }

  /** Opens it when its turn comes; in place of an earlier call for the same that still waits. */
  add(key: string, open: () => Promise<void>): void {
    this.#waiting.set(key, open)
    if (this.#workers === this.#parts.countMax) return this.#parts.onFull()
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
      await this.#parts.whenRoom()
      await this.#openNext()
    }
    this.#workers--
  }

  #openNext(): Promise<void> {
    for (const [key, open] of this.#waiting) {
      this.#waiting.delete(key)
      return open()
    }
    return Promise.resolve()
  }
}
