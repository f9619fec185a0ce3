/** Frames of one connection that are handled before others have their turn. */
const framesAtOnce = 32

export interface Frame {
  readonly data: Buffer
  readonly kind: 'text' | 'binary' | 'ping'
}

/**
 * The frames of one connection, in order. One read of a socket can bring a handful of frames, which are handled at
 * once, or thousands of tiny ones: those are handled a few at a time, so that everybody else has their turn in between.
 */
export class PacedFrames {
  readonly #handle: (frame: Frame) => void
  readonly #onDone: () => void
  readonly #turn = (): void => this.#beginTurn()
  #waiting: Frame[] = []
  /** Frames that may still be handled in this turn. */
  #room = framesAtOnce

  /** @param onDone called when nothing waits any more */
  constructor(handle: (frame: Frame) => void, onDone: () => void) {
    this.#handle = handle
    this.#onDone = onDone
  }

  /** While some wait, no more should be read. */
  get areWaiting(): boolean {
    return this.#waiting.length > 0
  }

  add(frame: Frame): void {
    if (this.#room === 0) this.#waiting.push(frame)
    else this.#handleNow(frame)
  }

  /** Handles all that waits: no more will come. */
  finish(): void {
    for (const frame of this.#waiting.splice(0)) this.#handle(frame)
  }

  #handleNow(frame: Frame): void {
    if (this.#room === framesAtOnce) setImmediate(this.#turn)
    this.#room--
    this.#handle(frame)
  }

  #beginTurn(): void {
    this.#room = framesAtOnce
    if (!this.areWaiting) return
    for (const frame of this.#waiting.splice(0, framesAtOnce)) this.#handleNow(frame)
    if (!this.areWaiting) this.#onDone()
  }
}
