import { FoldbackError } from '@foldback/core'
import type { EventStore } from '@foldback/engine'

/** Whether the store can be used, by using it: for `/readyz`. */
export class Readiness {
  readonly #store: EventStore
  #asking: Promise<void> | undefined
  #isClosing = false

  constructor(store: EventStore) {
    this.#store = store
  }

  /** Rejects with what is wrong. However many ask at once, the store is asked once. */
  check(): Promise<void> {
    if (this.#isClosing) return Promise.reject(new FoldbackError('closing'))
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  /** From now on the answer is no. */
  stop(): void {
    this.#isClosing = true
  }

  async #ask(): Promise<void> {
    // Nothing is old enough to be forgotten, but to see that takes the one who may write.
    await this.#store.expireKeyedLanes(0)
    await this.#store.append({ units: [], records: [], forget: [], now: 0 })
    await this.#store.tip()
  }
}
