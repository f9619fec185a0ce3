import { closeCodes, encodeFrame, type Ping, subprotocol } from '@foldback/core'
import { Heartbeat, type HeartbeatLimits } from './heartbeat.ts'
import type { ClientPorts, Hint, Socket } from './ports.ts'

/** How long to wait before connecting again: at random up to a bound that doubles, so that clients do not return together. */
export interface RetryLimits {
  readonly retryMsMin: number
  readonly retryMsMax: number
  /**
   * Milliseconds over which clients spread their return after the server's goodbye: each waits for a random part of
   * it. A goodbye counts as no failure.
   */
  readonly returnMsMax: number
  /** Milliseconds from opening a connection to the server's welcome. */
  readonly welcomeMsMax: number
}

export interface LinkHandlers {
  opened(): void
  received(text: string): void
  /** There is no connection. It will be tried again by itself at this time; without one, when the device is online. */
  waiting(retryAt: number | undefined): void
  /** It was closed with this code, 0 if it could not even be tried, and will not be tried again by itself. */
  ended(code: number): void
  connecting(): void
}

const hopelessCodes: readonly number[] = [
  closeCodes.protocolError,
  closeCodes.unauthenticated,
  closeCodes.forbidden,
]
/** The server, or whatever stands for it, has ended the connection in good order. */
const goodbyeCodes: readonly number[] = [closeCodes.goingAway, closeCodes.restarting]
const pingFrame = encodeFrame([JSON.stringify({ type: 'ping' } satisfies Ping)])

/** Keeps a connection to the server for as long as it is wanted. */
export class Link {
  readonly #ports: ClientPorts
  readonly #url: string
  readonly #limits: RetryLimits
  readonly #handlers: LinkHandlers
  readonly #heartbeat: Heartbeat
  #socket: Socket | undefined
  #cancelTimer: (() => void) | undefined
  #stopHints: (() => void) | undefined
  #failures = 0
  #isWanted = false
  /** The device says that it has no network. It can be wrong, as for a server on the device itself. */
  #isOffline = false

  constructor(
    ports: ClientPorts,
    url: string,
    limits: RetryLimits & HeartbeatLimits,
    handlers: LinkHandlers,
  ) {
    this.#ports = ports
    this.#url = url
    this.#limits = limits
    this.#handlers = handlers
    this.#heartbeat = new Heartbeat({
      clock: ports.clock,
      limits,
      ping: () => this.send(pingFrame),
      dead: () => this.fail(),
    })
  }

  open(): void {
    if (this.#isWanted) return
    this.#want()
    this.#connect()
  }

  /** Like `open`, after the pause that follows a failure. */
  openLater(): void {
    this.#want()
    this.#wait()
  }

  #want(): void {
    this.#isWanted = true
    this.#failures = 0
    this.#isOffline = false
    this.#stopHints = this.#ports.hints?.((hint) => this.#heed(hint))
  }

  close(): void {
    this.#end()
    this.#abandon()
  }

  #end(): void {
    this.#isWanted = false
    this.#stopHints?.()
    this.#stopHints = undefined
    this.#clearTimer()
  }

  /** Begins a new connection in the place of this one. */
  reopen(): void {
    this.#abandon()
    if (this.#isWanted) this.#connect()
  }

  /** The server has welcomed this client: failures before count no more. */
  welcomed(silentMsMax = Infinity): void {
    this.#failures = 0
    this.#clearTimer()
    this.#heartbeat.start(silentMsMax)
  }

  /** Gives this connection up, and tries again later. */
  fail(): void {
    this.#abandon()
    this.#lost(0)
  }

  send(text: string): void {
    this.#heartbeat.said()
    this.#socket?.send(text)
  }

  #connect(): void {
    this.#clearTimer()
    this.#handlers.connecting()
    // What an old socket still says is nobody's business.
    const isCurrent = (): boolean => this.#socket === socket
    let socket: Socket | undefined
    try {
      socket = this.#ports.connect(this.#url, subprotocol, {
        opened: () => isCurrent() && this.#handlers.opened(),
        received: (text) => {
          if (!isCurrent()) return
          this.#heartbeat.heard()
          this.#handlers.received(text)
        },
        closed: (code) => isCurrent() && this.#lost(code),
      })
    } catch (cause) {
      return this.#giveUp(cause)
    }
    this.#socket = socket
    this.#cancelTimer = this.#ports.clock.after(this.#limits.welcomeMsMax, () => this.fail())
  }

  /** The address is one that a browser does not even try, such as ws:// from a page that came by https. */
  #giveUp(cause: unknown): void {
    this.#ports.warn(`Foldback: no connection to ${this.#url} can be opened from here.`, cause)
    this.#end()
    this.#handlers.ended(0)
  }

  #abandon(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#heartbeat.stop()
    socket?.close()
  }

  #lost(code: number): void {
    this.#socket = undefined
    this.#heartbeat.stop()
    if (!this.#isWanted) return
    if (hopelessCodes.includes(code)) {
      this.#end()
      return this.#handlers.ended(code)
    }
    if (goodbyeCodes.includes(code)) this.#waitToReturn()
    else this.#wait()
  }

  /** All clients of a server are told goodbye at one moment, and must not be back at one moment. */
  #waitToReturn(): void {
    this.#waitFor(Math.round(this.#limits.returnMsMax * this.#ports.random.fraction()))
  }

  #wait(isRare = this.#isOffline): void {
    const { retryMsMin, retryMsMax } = this.#limits
    const chance = this.#ports.random.fraction()
    // Offline a try is for nothing, or nearly, and must not make the next ones rarer.
    const delayMs = Math.round(
      isRare ? retryMsMax * (1 + chance) : Math.min(retryMsMax, retryMsMin * 2 ** this.#failures++) * chance,
    )
    this.#waitFor(delayMs, isRare)
  }

  #waitFor(delayMs: number, isRare = false): void {
    this.#clearTimer()
    this.#cancelTimer = this.#ports.clock.after(delayMs, () => this.#connect())
    this.#handlers.waiting(isRare ? undefined : this.#ports.clock.now() + delayMs)
  }

  /** A hint comes to many clients at once, as when a router is back: they wait as after a first failure. */
  #heed(hint: Hint): void {
    if (hint !== 'visible') this.#isOffline = hint === 'offline'
    if (this.#heartbeat.isBeating) return this.#heartbeat.check()
    if (this.#socket !== undefined || this.#cancelTimer === undefined) return
    this.#failures = 0
    this.#wait(hint === 'offline')
  }

  #clearTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
