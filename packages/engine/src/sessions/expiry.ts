import { type Clock, delayMsMax } from '@foldback/core'

/** Knows when a session expires, and calls when it does. */
export class Expiry {
  readonly #clock: Clock
  readonly #onExpired: () => void
  #expiresAt = Infinity
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, onExpired: () => void) {
    this.#clock = clock
    this.#onExpired = onExpired
  }

  /** True from that moment on, also while the timer is late. */
  get hasPassed(): boolean {
    return this.#expiresAt !== Infinity && this.#expiresAt <= this.#clock.now()
  }

  /** Milliseconds since 1970; never, when it is left out. */
  set(expiresAt = Infinity): void {
    this.stop()
    this.#expiresAt = expiresAt
    if (expiresAt !== Infinity) this.#wait()
  }

  stop(): void {
    this.#cancelTimer?.()
  }

  #wait(): void {
    const leftMs = this.#expiresAt - this.#clock.now()
    this.#cancelTimer = this.#clock.after(Math.max(0, Math.min(leftMs, delayMsMax)), () => {
      if (this.hasPassed) this.#onExpired()
      else this.#wait()
    })
  }
}
