import type { Clock } from '@foldback/core'
import type { Connection } from '../ports.ts'

/**
 * Notices a connection whose other end has gone without a word: nothing has been heard of it for `silentMsMax`. While
 * much waits for a slow reader the door does not read what it says, so one that takes of it is not silent either.
 */
export class Silence {
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #silentMsMax: number
  #heardAt: number
  /** What waited for the reader when it was found silent first. */
  #waitingBytes: number | undefined

  constructor(clock: Clock, connection: Connection, silentMsMax: number) {
    this.#clock = clock
    this.#connection = connection
    this.#silentMsMax = silentMsMax
    this.#heardAt = clock.now()
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
    this.#waitingBytes = undefined
  }

  /** Milliseconds until it is to be looked at again; 0 when it has been silent for too long. */
  look(): number {
    const now = this.#clock.now()
    // A clock that was put back must not make it wait longer.
    this.#heardAt = Math.min(this.#heardAt, now)
    const leftMs = this.#heardAt + this.#silentMsMax - now
    if (leftMs > 0) return leftMs
    const waitingBytes = this.#connection.bufferedBytes()
    const mayBeReading = waitingBytes > 0 && waitingBytes < (this.#waitingBytes ?? Infinity)
    if (!mayBeReading) return 0
    this.#heardAt = now
    this.#waitingBytes = waitingBytes
    return this.#silentMsMax
  }
}
