/** Frames of one connection that are handled before others have their turn. */
const framesAtOnce = 32

export interface Frame {
  readonly data: Buffer
  readonly kind: 'text' | 'binary' | 'ping'
}

/** Whose frames they are. */
export interface FrameReader {
  handle(frame: Frame): void
  /** Nothing waits any more. */
  caughtUp(): void
}

/**
 * The frames of one connection, in order. One read of a socket can bring a handful of frames, which are handled at
 * once, or thousands of tiny ones: those are handled a few at a time, so that everybody else has their turn in between.
 */
export class PacedFrames {
  readonly #reader: FrameReader
  /** Undefined while none do. */
  #waiting: Frame[] | undefined
  /** Frames that may still be handled in this turn. */
  #room = framesAtOnce

  constructor(reader: FrameReader) {
    this.#reader = reader
  }

  /** While some wait, no more should be read. */
  get areWaiting(): boolean {
    return this.#waiting !== undefined
  }

  add(frame: Frame): void {
    if (this.#room === 0) (this.#waiting ??= []).push(frame)
    else this.#handleNow(frame)
  }

  /** Handles all that waits: no more will come. */
  finish(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const frame of waiting) this.#reader.handle(frame)
  }

  #handleNow(frame: Frame): void {
    if (this.#room === framesAtOnce) setImmediate(beginTurn, this)
    this.#room--
    this.#reader.handle(frame)
  }

  /** Others have had their turn. */
  beginTurn(): void {
    this.#room = framesAtOnce
    if (this.#waiting === undefined) return
    for (const frame of this.#waiting.splice(0, framesAtOnce)) this.#handleNow(frame)
    // Handling may have ended the connection.
    if (this.#waiting?.length !== 0) return
    this.#waiting = undefined
    this.#reader.caughtUp()
  }
}

function beginTurn(frames: PacedFrames): void {
  frames.beginTurn()
}
