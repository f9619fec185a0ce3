import type { Clock, Random } from '@foldback/core'

/** Everything the client needs from outside. */
export interface ClientPorts {
  readonly clock: Clock
  readonly random: Random
  readonly connect: Connect
  /** Runs something right after the work at hand: `queueMicrotask`. */
  readonly soon: (run: () => void) => void
  /** Hears what a developer should know. Must not throw. */
  readonly warn: (message: string, cause?: unknown) => void
  /** Hears what the device notices of its network, until the returned function is called. */
  readonly hints?: (listener: (hint: Hint) => void) => () => void
}

/** `online`, `offline`: the network of the device. `visible`: the page is looked at again, or has been woken. */
export type Hint = 'online' | 'offline' | 'visible'

/** Opens a WebSocket. The handlers are never called before this has returned, nor after `closed`. */
export type Connect = (url: string, subprotocol: string, handlers: SocketHandlers) => Socket

export interface Socket {
  send(text: string): void
  /** Ends the connection; `closed` follows. */
  close(): void
}

export interface SocketHandlers {
  opened(): void
  received(text: string): void
  closed(code: number, reason: string): void
}
