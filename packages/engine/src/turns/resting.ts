import type { Clock } from '@foldback/core'
import type { Head } from '../heads/head.ts'

/**
 * Finds records that trail their events and have had none for a while, so that they can be written: a record of a
 * busy stream is not written with each event, but it catches up when the stream rests.
 */
export class Resting {
  readonly #clock: Clock
  readonly #restMs: number
  readonly #onRest: (heads: readonly Head[]) => void
  /** Trailing heads with the time of their last event. */
  readonly #trailing = new Map<Head, number>()
  #cancelTimer: (() => void) | undefined
  #isStopped = false

  constructor(clock: Clock, restMs: number, onRest: (heads: readonly Head[]) => void) {
    this.#clock = clock
    this.#restMs = restMs
    this.#onRest = onRest
  }

  /** A head has a new committed state, as of `now`. */
  touched(head: Head, now: number): void {
    if (!head.isTrailing) this.#trailing.delete(head)
    else this.#trailing.set(head, now)
    if (this.#trailing.size > 0) this.#arm()
  }

  /** Every trailing head; they count as written now. */
  takeAll(): readonly Head[] {
    const heads = [...this.#trailing.keys()]
    this.#trailing.clear()
    return heads
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #arm(): void {
    if (this.#cancelTimer !== undefined || this.#isStopped) return
    this.#cancelTimer = this.#clock.after(this.#restMs, () => this.#look())
  }

  #look(): void {
    this.#cancelTimer = undefined
    const before = this.#clock.now() - this.#restMs
    const rested = [...this.#trailing].filter(([, at]) => at <= before).map(([head]) => head)
    for (const head of rested) this.#trailing.delete(head)
    if (this.#trailing.size > 0) this.#arm()
    this.#onRest(rested)
  }
}
