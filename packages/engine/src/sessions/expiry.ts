import type { Clock } from '@foldback/core'

/** Knows when a session expires. */
export class Expiry {
  readonly #clock: Clock
  /** Undefined for never. */
  #expiresAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True from that moment on, also before anybody has looked. */
  get hasPassed(): boolean {
    return this.#expiresAt !== undefined && this.leftMs <= 0
  }

  /** Milliseconds until it does; Infinity for never. */
  get leftMs(): number {
    return this.#expiresAt === undefined ? Infinity : this.#expiresAt - this.#clock.now()
  }

  /** Milliseconds since 1970; undefined for never. */
  set(expiresAt: number | undefined): void {
    this.#expiresAt = expiresAt
  }
}
