import type { Connect, Socket, SocketHandlers } from '@foldback/client'
import type { Clock } from '@foldback/core'
import type { ConnectedSession, Connection } from '@foldback/engine'
import type { SeededRandom } from './seeded-random.ts'

/** Lets a server take in a connection. */
export type Accept = (connection: Connection) => ConnectedSession

export interface NetworkLimits {
  /** The longest time that a frame, an opening or a closing takes. */
  readonly latencyMsMax: number
  /** A longer frame from a client arrives as one that is too large. */
  readonly frameBytesMax: number
}

const networkLimitsDefault: NetworkLimits = { latencyMsMax: 50, frameBytesMax: Infinity }

/** A frame as it arrives, and on which of the network's connections. */
export interface ObservedFrame {
  readonly connection: number
  readonly direction: 'up' | 'down'
  readonly text: string
}

/**
 * Connections between clients and a server in one process. Frames take a while, and arrive in order; a cut loses
 * whatever is under way in both directions, and each end learns of it in its own time. By a connection that leads
 * nowhere nothing arrives any more, and neither end learns of it. What is under way to a client waits in the server's
 * buffer, as it does for a slow reader.
 */
export class SimulatedNetwork {
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #limits: NetworkLimits
  readonly #wires = new Set<Wire>()
  #accept: Accept | undefined
  #deliveries = 0
  #connections = 0
  /** Called before each frame is delivered, with how many were before it; true cuts the connection instead. */
  cutsAt: (delivery: number) => boolean = () => false
  /** Sees each frame that arrives. */
  observe: (frame: ObservedFrame) => void = () => {}

  constructor(clock: Clock, random: SeededRandom, limits: Partial<NetworkLimits> = {}) {
    this.#clock = clock
    this.#random = random
    this.#limits = { ...networkLimitsDefault, ...limits }
  }

  /** Frames delivered so far, of all connections. */
  get deliveries(): number {
    return this.#deliveries
  }

  /** Connections that one end at least has not seen end. */
  get openCount(): number {
    return this.#wires.size
  }

  /** A server listens from now on; with undefined, nobody does, and its connections are cut. */
  listen(accept: Accept | undefined): void {
    this.#accept = accept
    if (accept === undefined) this.cutAll()
  }

  /** Nobody new is let in any more; the connections that there are go on. */
  shut(): void {
    this.#accept = undefined
  }

  /** The server closes each connection with this code, behind what it has sent. */
  closeAll(code: number): void {
    for (const wire of this.#wires) wire.closeFromServer(code)
  }

  cutAll(): void {
    for (const wire of this.#wires) wire.cut()
  }

  /** The connections that there are lead nowhere from now on. */
  misleadAll(): void {
    for (const wire of this.#wires) wire.mislead()
  }

  /** The client's side: opens a connection to whoever listens. */
  readonly connect: Connect = (_url, _subprotocol, handlers) => {
    const connection = ++this.#connections
    const wire = new Wire({
      handlers,
      accept: () => this.#accept,
      later: (run) => this.#clock.after(this.#random.below(this.#limits.latencyMsMax + 1), run),
      isCutNow: () => this.cutsAt(this.#deliveries++),
      onEnd: (ended) => void this.#wires.delete(ended),
      frameBytesMax: this.#limits.frameBytesMax,
      observe: (direction, text) => this.observe({ connection, direction, text }),
    })
    this.#wires.add(wire)
    return wire.open()
  }
}

interface WireParts {
  readonly handlers: SocketHandlers
  readonly accept: () => Accept | undefined
  readonly later: (run: () => void) => void
  readonly isCutNow: () => boolean
  readonly onEnd: (wire: Wire) => void
  readonly frameBytesMax: number
  readonly observe: (direction: ObservedFrame['direction'], text: string) => void
}

/** What is under way in one direction: each thing arrives after the one before. */
class Direction {
  readonly #later: WireParts['later']
  readonly #underWay: (() => void)[] = []

  constructor(later: WireParts['later']) {
    this.#later = later
  }

  send(arrive: () => void): void {
    this.#underWay.push(arrive)
    this.#later(() => this.#underWay.shift()?.())
  }
}

const lostCode = 1006

class Wire {
  readonly #parts: WireParts
  readonly #up: Direction
  readonly #down: Direction
  #session: ConnectedSession | undefined
  #isCut = false
  #leadsNowhere = false
  /** Bytes under way to the client. */
  #bufferedBytes = 0
  #isClientClosed = false
  #isServerClosed = false

  constructor(parts: WireParts) {
    this.#parts = parts
    this.#up = new Direction(parts.later)
    this.#down = new Direction(parts.later)
  }

  open(): Socket {
    this.#up.send(() => this.#arriveAtServer())
    return {
      send: (text) => this.#up.send(() => this.#deliver(() => this.#toServer(text))),
      close: () => {
        this.#closeClient(1000)
        this.#up.send(() => this.#leadsNowhere || this.#closeServer())
      },
    }
  }

  #arriveAtServer(): void {
    const accept = this.#parts.accept()
    if (this.#leadsNowhere) return
    if (this.#isCut || accept === undefined) return this.cut()
    this.#session = accept({
      send: (text) => this.#sendDown(text),
      close: (code) => this.closeFromServer(code),
      bufferedBytes: () => this.#bufferedBytes,
    })
    this.#down.send(() => {
      if (!this.#isCut && !this.#leadsNowhere && !this.#isClientClosed) this.#parts.handlers.opened()
    })
  }

  #sendDown(text: string): void {
    if (this.#isServerClosed) return
    const bytes = Buffer.byteLength(text)
    this.#bufferedBytes += bytes
    this.#down.send(() => {
      if (this.#leadsNowhere) return
      this.#deliver(() => this.#toClient(text))
      this.#bufferedBytes -= bytes
      if (this.#bufferedBytes === 0 && !this.#isServerClosed && !this.#isCut) this.#session?.drained()
    })
  }

  closeFromServer(code: number): void {
    this.#closeServer()
    this.#down.send(() => this.#leadsNowhere || this.#closeClient(code))
  }

  #deliver(arrive: () => void): void {
    if (this.#isCut || this.#leadsNowhere) return
    if (this.#parts.isCutNow()) this.cut()
    else arrive()
  }

  #toServer(text: string): void {
    this.#parts.observe('up', text)
    if (Buffer.byteLength(text) > this.#parts.frameBytesMax) this.#session?.unreadable('too-large')
    else this.#session?.receive(text)
  }

  #toClient(text: string): void {
    if (this.#isClientClosed) return
    this.#parts.observe('down', text)
    this.#parts.handlers.received(text)
  }

  mislead(): void {
    this.#leadsNowhere = true
  }

  cut(): void {
    if (this.#isCut) return
    this.#isCut = true
    if (!this.#leadsNowhere) this.#parts.later(() => this.#closeClient(lostCode))
    this.#parts.later(() => this.#closeServer())
  }

  #closeClient(code: number): void {
    if (this.#isClientClosed) return
    this.#isClientClosed = true
    this.#parts.handlers.closed(code, '')
    this.#endIfBoth()
  }

  #closeServer(): void {
    if (this.#isServerClosed) return
    this.#isServerClosed = true
    this.#session?.closed()
    this.#endIfBoth()
  }

  #endIfBoth(): void {
    if (this.#isClientClosed && this.#isServerClosed) this.#parts.onEnd(this)
  }
}
