import { type Clock, delayMsMax } from '@foldback/core'
import { TimerQueue } from './timer-queue.ts'

/** A clock that moves only when it is told to. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  readonly #timers = new TimerQueue()

  constructor(startsAt = 1_750_000_000_000) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, run: () => void): () => void {
    if (delayMs > delayMsMax) throw new RangeError(`A timer of ${delayMs} ms would run at once.`)
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run, isCancelled: false }
    this.#timers.add(timer)
    return () => void (timer.isCancelled = true)
  }

  /** When the next timer is due; undefined when there is none. */
  get nextAt(): number | undefined {
    return this.#timers.next?.at
  }

  /** Moves to the next timer and runs it. */
  step(): void {
    const timer = this.#timers.takeNext()
    if (timer === undefined) return
    this.#now = Math.max(this.#now, timer.at)
    timer.run()
  }

  /** Moves on without running anything. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at)
  }
}
