import { type Clock, delayMsMax } from '@foldback/core'

interface Timer {
  readonly at: number
  /** Timers of one moment run in the order in which they were set. */
  readonly order: number
  readonly run: () => void
}

/** A clock that moves only when it is told to. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  readonly #timers = new Set<Timer>()

  constructor(startsAt = 1_750_000_000_000) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, run: () => void): () => void {
    if (delayMs > delayMsMax) throw new RangeError(`A timer of ${delayMs} ms would run at once.`)
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** When the next timer is due; undefined when there is none. */
  get nextAt(): number | undefined {
    return this.#next()?.at
  }

  /** Moves to the next timer and runs it. */
  step(): void {
    const timer = this.#next()
    if (timer === undefined) return
    this.#timers.delete(timer)
    this.#now = Math.max(this.#now, timer.at)
    timer.run()
  }

  /** Moves on without running anything. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at)
  }

  #next(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
        next = timer
    }
    return next
  }
}
