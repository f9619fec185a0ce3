import { closeCodes, subprotocol } from '@foldback/core'
import type { ClientPorts, Socket } from './ports.ts'

/** How long to wait before connecting again: at random up to a bound that doubles, so that clients do not return together. */
export interface RetryLimits {
  readonly retryMsMin: number
  readonly retryMsMax: number
  /** Milliseconds from opening a connection to the server's welcome. */
  readonly welcomeMsMax: number
}

export interface LinkHandlers {
  opened(): void
  received(text: string): void
  /** The connection is gone, closed with this code. With `retryAt` it will be tried again by itself then. */
  lost(retryAt: number | undefined, code: number): void
  connecting(): void
}

const hopelessCodes: readonly number[] = [
  closeCodes.protocolError,
  closeCodes.unauthenticated,
  closeCodes.forbidden,
]

/** Keeps a connection to the server for as long as it is wanted. */
export class Link {
  readonly #ports: ClientPorts
  readonly #url: string
  readonly #limits: RetryLimits
  readonly #handlers: LinkHandlers
  #socket: Socket | undefined
  #cancelTimer: (() => void) | undefined
  #failures = 0
  #isWanted = false

  constructor(ports: ClientPorts, url: string, limits: RetryLimits, handlers: LinkHandlers) {
    this.#ports = ports
    this.#url = url
    this.#limits = limits
    this.#handlers = handlers
  }

  open(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#failures = 0
    this.#connect()
  }

  close(): void {
    this.#isWanted = false
    this.#clearTimer()
    this.#abandon()
  }

  /** Begins a new connection in the place of this one. */
  reopen(): void {
    this.#abandon()
    if (this.#isWanted) this.#connect()
  }

  /** The server has welcomed this client: failures before count no more. */
  welcomed(): void {
    this.#failures = 0
    this.#clearTimer()
  }

  /** The connection as it is now: another object for each, undefined for none. */
  get connection(): object | undefined {
    return this.#socket
  }

  /** Gives this connection up, and tries again later. */
  fail(): void {
    this.#abandon()
    this.#lost(0)
  }

  send(text: string): void {
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
        received: (text) => isCurrent() && this.#handlers.received(text),
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
    this.#isWanted = false
    this.#handlers.lost(undefined, 0)
  }

  #abandon(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #lost(code: number): void {
    this.#socket = undefined
    this.#clearTimer()
    if (!this.#isWanted) return
    if (hopelessCodes.includes(code)) {
      this.#isWanted = false
      return this.#handlers.lost(undefined, code)
    }
    const { retryMsMin, retryMsMax } = this.#limits
    const boundMs = Math.min(retryMsMax, retryMsMin * 2 ** this.#failures++)
    const delayMs = Math.round(boundMs * this.#ports.random.fraction())
    this.#cancelTimer = this.#ports.clock.after(delayMs, () => this.#connect())
    this.#handlers.lost(this.#ports.clock.now() + delayMs, code)
  }

  #clearTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
