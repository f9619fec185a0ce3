import { type Clock, delayMsMax } from '@foldback/core'

/** What ends by itself when its time has come. */
export interface Mortal {
  /** Ends it, if it is time. Milliseconds until it is to be looked at again, which is more than 0; or Infinity. */
  look(): number
}

/**
 * One timer for all sessions: each of them has times at which it would end, and a timer for each would be what an idle
 * one holds most of. All are looked at when the next one's time has come, but not more often than every `everyMsMin`,
 * by which an end may so be late.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #everyMsMin: number
  readonly #members = new Set<Mortal>()
  #lookedAt = -Infinity
  #nextAt = Infinity
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, everyMsMin: number) {
    this.#clock = clock
    this.#everyMsMin = everyMsMin
  }

  /** From now on it is looked at, in `delayMs` for the first time. */
  add(member: Mortal, delayMs: number): void {
    this.#members.add(member)
    this.lookIn(delayMs)
  }

  delete(member: Mortal): void {
    this.#members.delete(member)
    if (this.#members.size === 0) this.#rest()
  }

  /** One of the members is to be looked at in so many milliseconds at the latest. */
  lookIn(delayMs: number): void {
    const now = this.#clock.now()
    // A clock that was put back makes nobody wait longer.
    const sinceMs = Math.max(0, now - this.#lookedAt)
    const waitMs = Math.min(Math.max(delayMs, this.#everyMsMin - sinceMs), delayMsMax)
    if (delayMs === Infinity || now + waitMs >= this.#nextAt) return
    this.#cancelTimer?.()
    this.#nextAt = now + waitMs
    this.#cancelTimer = this.#clock.after(waitMs, () => this.#look())
  }

  #look(): void {
    this.#rest()
    this.#lookedAt = this.#clock.now()
    let delayMs = Infinity
    for (const member of this.#members) delayMs = Math.min(delayMs, member.look())
    if (this.#members.size > 0) this.lookIn(delayMs)
  }

  #rest(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#nextAt = Infinity
  }
}
