import { type Place, type Settled } from '@foldback/core'
import type { Connection } from '../ports.ts'
import type { FrameMemo } from './frame-memo.ts'

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** A UTF-16 unit takes at most three bytes of UTF-8. */
const bytesPerUnitMax = 3

/**
 * What a session is about to say: messages are gathered and leave as one frame. A reader that is too slow gets
 * nothing more until it has caught up (`isLagging`); whoever owns this then tells it everything afresh.
 */
export class Outgoing {
  readonly #connection: Connection
  readonly #frames: FrameMemo
  readonly #bufferedBytesMax: number
  readonly #onLagging: () => void
  #messages: string[] = []
  #run: Mutable<Settled> | undefined
  #isLagging = false
  /** Bytes of the last frame that was sent while there was room: however large, it alone makes no reader slow. */
  #grantedBytes = 0

  constructor(connection: Connection, frames: FrameMemo, bufferedBytesMax: number, onLagging: () => void) {
    this.#connection = connection
    this.#frames = frames
    this.#bufferedBytesMax = bufferedBytesMax
    this.#onLagging = onLagging
  }

  get isLagging(): boolean {
    return this.#isLagging
  }

  /** True while it is better to wait before sending much at once. */
  get isBusy(): boolean {
    return this.#isLagging || this.#connection.bufferedBytes() > this.#bufferedBytesMax / 2
  }

  /** Adds a message, as JSON text. */
  add(message: string): void {
    if (this.#isLagging) return
    this.#endRun()
    this.#messages.push(message)
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
    if (this.#messages.length === 0) return
    const messages = this.#messages
    this.#messages = []
    if (this.#connection.bufferedBytes() > this.#bufferedBytesMax + this.#grantedBytes) {
      this.#isLagging = true
      return this.#onLagging()
    }
    const frame = this.#frames.frameOf(messages)
    if (!this.isBusy) this.#grantedBytes = frame.length * bytesPerUnitMax
    this.#connection.send(frame)
  }

  /** What has not left yet must not leave any more. */
  discard(): void {
    this.#messages = []
    this.#run = undefined
  }

  /** The reader has caught up. */
  resume(): void {
    this.#isLagging = false
  }

  #endRun(): void {
    if (this.#run === undefined) return
    this.#messages.push(JSON.stringify(this.#run))
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
