import type { LimitWatch } from '../limit-watch.ts'

/** Something that waits to be taken by its reader. */
export interface Waiting {
  readonly waitingBytes: number
  /** It waits for too much, and everybody together does too. */
  giveUp(): void
}

/**
 * How much waits for all readers together. Each has a bound of its own, but ten thousand that do not read would fill
 * memory all the same: beyond `bytesMax` whoever has most waiting is given up.
 */
export class SendBuffers {
  readonly #bytesMax: number
  readonly #watch: LimitWatch
  /** What each was counted with last. */
  readonly #counted = new Map<Waiting, number>()
  #bytes = 0

  constructor(bytesMax: number, watch: LimitWatch) {
    this.#bytesMax = bytesMax
    this.#watch = watch
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What waits for this one has changed. */
  changed(waiting: Waiting): void {
    this.#count(waiting, waiting.waitingBytes)
    while (this.#bytes > this.#bytesMax) {
      const largest = this.#largest()
      if (largest === undefined) return
      this.#watch.reached('bufferedBytesOfAllMax')
      this.#count(largest, 0)
      largest.giveUp()
    }
  }

  /** It has gone. */
  ended(waiting: Waiting): void {
    this.#count(waiting, 0)
  }

  #count(waiting: Waiting, bytes: number): void {
    this.#bytes += bytes - (this.#counted.get(waiting) ?? 0)
    if (bytes === 0) this.#counted.delete(waiting)
    else this.#counted.set(waiting, bytes)
  }

  #largest(): Waiting | undefined {
    let largest: Waiting | undefined
    let bytesMax = 0
    for (const [waiting, bytes] of this.#counted) {
      if (bytes <= bytesMax) continue
      bytesMax = bytes
      largest = waiting
    }
    return largest
  }
}
