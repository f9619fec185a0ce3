import { type Clock, delayMsMax } from '@foldback/core'

export interface HeartbeatLimits {
  /** Milliseconds without a word from the server, or to it, after which it is pinged; and for which the answer is waited. */
  readonly heartbeatMs: number
  /** Milliseconds for which that answer is waited when there is a sign that the connection is gone. */
  readonly wakeMsMax: number
}

export interface HeartbeatParts {
  readonly clock: Clock
  readonly limits: HeartbeatLimits
  readonly ping: () => void
  /** Nothing comes by this connection any more. */
  readonly dead: () => void
}

/** Finds out whether an open connection still leads to the server: one that is cut off says nothing, not even that. */
export class Heartbeat {
  readonly #parts: HeartbeatParts
  #pauseMs = 0
  #heardAt = 0
  #saidAt = 0
  #isAwaiting = false
  /** Connections given up in a row: the longer something takes to arrive, the longer it is waited for. */
  #deaths = 0
  #cancelTimer: (() => void) | undefined

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
  }

  get isBeating(): boolean {
    return this.#cancelTimer !== undefined
  }

  /** The connection is open, to a server that gives it up after `silentMsMax` without a word. */
  start(silentMsMax: number): void {
    this.stop()
    this.#pauseMs = Math.min(this.#parts.limits.heartbeatMs, silentMsMax / 2)
    this.#heardAt = this.#saidAt = this.#parts.clock.now()
    this.#rest(this.#pauseMs)
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#isAwaiting = false
  }

  said(): void {
    this.#saidAt = this.#parts.clock.now()
  }

  heard(): void {
    this.#heardAt = this.#parts.clock.now()
    if (!this.#isAwaiting) return
    this.#isAwaiting = false
    this.#deaths = 0
    this.#rest(this.#pauseMs)
  }

  /** Something may have happened to the connection. */
  check(): void {
    this.#ping(this.#parts.limits.wakeMsMax)
  }

  #rest(forMs: number): void {
    // A clock that was put back must not make it rest longer.
    this.#wait(Math.min(forMs, this.#pauseMs), () => this.#beat())
  }

  #beat(): void {
    const leftMs = Math.min(this.#heardAt, this.#saidAt) + this.#pauseMs - this.#parts.clock.now()
    if (leftMs > 0) this.#rest(leftMs)
    else this.#ping(this.#parts.limits.heartbeatMs)
  }

  #ping(answerMsMax: number): void {
    this.#isAwaiting = true
    this.#parts.ping()
    this.#wait(answerMsMax * 2 ** this.#deaths, () => {
      this.#deaths++
      this.#parts.dead()
    })
  }

  #wait(ms: number, run: () => void): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#parts.clock.after(Math.min(ms, delayMsMax), run)
  }
}
