import type { Clock } from '@foldback/core'
import type { DoorLimits } from '../limits.ts'

/** A frame counts at least so many bytes, for what handling it costs whatever is in it. */
const frameBytesMin = 1_024

/** How fast may be read from one connection: a bucket of bytes that may be overdrawn by the frame that empties it. */
export class ReadRate {
  readonly #clock: Pick<Clock, 'now'>
  readonly #limits: Pick<DoorLimits, 'bytesPerSecondMax' | 'bytesBurstMax'>
  #bytes: number
  #at: number

  constructor(clock: Pick<Clock, 'now'>, limits: Pick<DoorLimits, 'bytesPerSecondMax' | 'bytesBurstMax'>) {
    this.#clock = clock
    this.#limits = limits
    this.#bytes = limits.bytesBurstMax
    this.#at = clock.now()
  }

  /** Takes the bytes of a frame that has come. Milliseconds for which nothing more should be read. */
  take(bytes: number): number {
    const { bytesPerSecondMax, bytesBurstMax } = this.#limits
    const now = this.#clock.now()
    const back = (Math.max(0, now - this.#at) / 1_000) * bytesPerSecondMax
    this.#at = now
    this.#bytes = Math.min(bytesBurstMax, this.#bytes + back) - Math.max(bytes, frameBytesMin)
    return Math.max(0, Math.ceil((-this.#bytes / bytesPerSecondMax) * 1_000))
  }
}
