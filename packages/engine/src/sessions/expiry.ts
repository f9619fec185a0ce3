import type { Clock } from '@foldback/core'

/** Knows when a session expires. */
export class Expiry {
  readonly #clock: Clock
  #expiresAt = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True from that moment on, also before anybody has looked. */
  get hasPassed(): boolean {
    return this.#expiresAt !== Infinity && this.leftMs <= 0
  }

  /** Milliseconds until it does; Infinity for never. */
  get leftMs(): number {
    return this.#expiresAt - this.#clock.now()
  }

  /** Milliseconds since 1970; never, when it is left out. */
  set(expiresAt = Infinity): void {
    this.#expiresAt = expiresAt
  }
}
