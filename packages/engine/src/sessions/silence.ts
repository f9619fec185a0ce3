import { type Clock, delayMsMax } from '@foldback/core'
import type { Connection } from '../ports.ts'

/**
 * Notices a connection whose other end has gone without a word: nothing has been heard of it for `silentMsMax`. While
 * much waits for a slow reader the door does not read what it says, so one that takes of it is not silent either.
 */
export class Silence {
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #silentMsMax: number
  readonly #onSilent: () => void
  #heardAt: number
  /** What waited for the reader when it was found silent first. */
  #waitingBytes = Infinity
  #cancelTimer: () => void

  constructor(clock: Clock, connection: Connection, silentMsMax: number, onSilent: () => void) {
    this.#clock = clock
    this.#connection = connection
    this.#silentMsMax = Math.min(silentMsMax, delayMsMax)
    this.#onSilent = onSilent
    this.#heardAt = clock.now()
    this.#cancelTimer = this.#lookAfter(this.#silentMsMax)
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
    this.#waitingBytes = Infinity
  }

  stop(): void {
    this.#cancelTimer()
  }

  #lookAfter(delayMs: number): () => void {
    return this.#clock.after(delayMs, () => this.#look())
  }

  #look(): void {
    const leftMs = this.#heardAt + this.#silentMsMax - this.#clock.now()
    if (leftMs > 0) {
      // A clock that was put back must not make it wait longer.
      this.#cancelTimer = this.#lookAfter(Math.min(leftMs, this.#silentMsMax))
      return
    }
    const waitingBytes = this.#connection.bufferedBytes()
    const mayBeReading = waitingBytes > 0 && waitingBytes < this.#waitingBytes
    if (!mayBeReading) return this.#onSilent()
    this.#waitingBytes = waitingBytes
    this.#cancelTimer = this.#lookAfter(this.#silentMsMax)
  }
}
