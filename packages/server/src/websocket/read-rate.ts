import type { Clock } from '@foldback/core'
import type { HostLimits } from '../limits.ts'
import { readingCost } from '../reading-cost.ts'

export type ReadRateLimits = Pick<HostLimits, 'bytesPerSecondMax' | 'bytesBurstMax' | 'handlingPercentMax'>

/** How fast may be read from one connection: a bucket of bytes that may be overdrawn by the frame that empties it. */
export class ReadRate {
  readonly #clock: Pick<Clock, 'now'>
  readonly #limits: ReadRateLimits
  #bytes: number
  #at: number

  constructor(clock: Pick<Clock, 'now'>, limits: ReadRateLimits) {
    this.#clock = clock
    this.#limits = limits
    this.#bytes = limits.bytesBurstMax
    this.#at = clock.now()
  }

  /** A frame has come and been handled. Milliseconds for which nothing more should be read. */
  take(bytes: number, tookMs: number): number {
    const { bytesPerSecondMax, bytesBurstMax } = this.#limits
    const now = this.#clock.now()
    const back = (Math.max(0, now - this.#at) / 1_000) * bytesPerSecondMax
    this.#at = now
    this.#bytes = Math.min(bytesBurstMax, this.#bytes + back) - readingCost(this.#limits, bytes, tookMs)
    return Math.max(0, Math.ceil((-this.#bytes / bytesPerSecondMax) * 1_000))
  }
}
