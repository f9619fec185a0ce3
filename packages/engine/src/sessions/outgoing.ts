import { type Place, type Settled } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { Connection } from '../ports.ts'

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

type OutgoingParts = Pick<EngineParts, 'limits' | 'ports' | 'frames'>

/** A UTF-16 unit takes at most three bytes of UTF-8. */
const bytesPerUnitMax = 3

/**
 * What a session is about to say: messages are gathered and leave as one frame. A reader that is too slow gets
 * nothing more until it has caught up (`isLagging`); whoever owns this then tells it everything afresh.
 */
export class Outgoing {
  readonly #connection: Connection
  readonly #parts: OutgoingParts
  /** Undefined while there are none. */
  #messages: string[] | undefined
  #run: Mutable<Settled> | undefined
  #isLagging = false
  /** Bytes of the last frame that was sent while there was room: however large, it alone makes no reader slow. */
  #grantedBytes = 0

  constructor(connection: Connection, parts: OutgoingParts) {
    this.#connection = connection
    this.#parts = parts
  }

  get isLagging(): boolean {
    return this.#isLagging
  }

  /** True while it is better to wait before sending much at once. */
  get isBusy(): boolean {
    return this.#isLagging || this.#connection.bufferedBytes() > this.#parts.limits.bufferedBytesMax / 2
  }

  /** Adds a message, as JSON text. */
  add(message: string): void {
    if (this.#isLagging) return
    this.#endRun()
    this.#push(message)
  }

  /** Adds that an action is settled; a row of them, each right behind the one before, becomes one message. */
  addSettled(lane: string, n: number, places: readonly Place[]): void {
    if (this.#isLagging) return
    if (this.#run !== undefined && follows(this.#run, lane, n, places)) this.#run.to = n
    else {
      this.#endRun()
      this.#run = { type: 'settled', lane, from: n, to: n, places }
    }
  }

  flush(): void {
    this.#endRun()
    const messages = this.#messages
    if (messages === undefined) return
    this.#messages = undefined
    const { limits, ports, frames } = this.#parts
    if (this.#connection.bufferedBytes() > limits.bufferedBytesMax + this.#grantedBytes) {
      this.#isLagging = true
      return ports.limited?.('bufferedBytesMax')
    }
    const frame = frames.frameOf(messages)
    if (!this.isBusy) this.#grantedBytes = frame.length * bytesPerUnitMax
    this.#connection.send(frame)
  }

  /** What has not left yet must not leave any more. */
  discard(): void {
    this.#messages = undefined
    this.#run = undefined
  }

  /** The reader has caught up. */
  resume(): void {
    this.#isLagging = false
  }

  #push(message: string): void {
    if (this.#messages === undefined) this.#messages = [message]
    else this.#messages.push(message)
  }

  #endRun(): void {
    if (this.#run === undefined) return
    this.#push(JSON.stringify(this.#run))
    this.#run = undefined
  }
}

function follows(run: Settled, lane: string, n: number, places: readonly Place[]): boolean {
  if (run.lane !== lane || run.to + 1 !== n || run.places.length !== places.length) return false
  // Places unknown: such messages stand alone, their order means nothing.
  if (places.length === 0) return false
  return places.every((place, index) => {
    const first = run.places[index]!
    return (
      place.model === first.model && place.id === first.id && place.version === first.version + (n - run.from)
    )
  })
}
