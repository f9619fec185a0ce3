import type { Clock } from '@foldback/core'

/** What happened in a history: what kind of thing how often, and all of it in order. */
export class Chronicle {
  readonly #clock: Clock
  readonly #startsAt: number
  /** What really happened, and how often. */
  readonly happenings = new Map<string, number>()
  /** Line by line, each with its simulated milliseconds. */
  readonly trace: string[] = []

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startsAt = clock.now()
  }

  happened(what: string): void {
    this.happenings.set(what, (this.happenings.get(what) ?? 0) + 1)
  }

  note(what: string): void {
    this.trace.push(`${this.#clock.now() - this.#startsAt} ${what}`)
  }

  /** Simulated milliseconds since the beginning. */
  get ms(): number {
    return this.#clock.now() - this.#startsAt
  }
}
