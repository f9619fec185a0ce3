import type { Connect, Socket, SocketHandlers } from '@foldback/client'
import type { Clock } from '@foldback/core'
import type { ConnectedSession, Connection } from '@foldback/engine'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedPage } from './simulated-page.ts'

/** Lets a server take in a connection. */
export type Accept = (connection: Connection) => ConnectedSession

export interface NetworkLimits {
  /** The longest time that a frame, an opening or a closing takes. */
  readonly latencyMsMax: number
  /** A longer frame from a client arrives as one that is too large. */
  readonly frameBytesMax: number
}

const networkLimitsDefault: NetworkLimits = { latencyMsMax: 50, frameBytesMax: Infinity }

/** A frame as it leaves or arrives, and on which of the network's connections. */
export interface ObservedFrame {
  readonly connection: number
  /** The page that has opened the connection, where a page has. */
  readonly page: SimulatedPage | undefined
  readonly direction: 'up' | 'down'
  readonly text: string
}

/** Which way: to the server, to the client, or both. */
export type Way = 'up' | 'down' | 'both'

/**
 * Connections between clients and a server in one process. Frames take a while, and arrive in order; a cut loses
 * whatever is under way in both directions, and each end learns of it in its own time. By a connection that leads
 * nowhere nothing arrives any more, and neither end learns of it; it can lead nowhere in one direction alone. What is
 * under way to a client waits in the server's buffer, as it does for a slow reader.
 */
export class SimulatedNetwork {
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #limits: NetworkLimits
  readonly #wires = new Map<number, Wire>()
  #accept: Accept | undefined
  #deliveries = 0
  #connections = 0
  /** Called before each frame is delivered, with how many were before it; true cuts the connection instead. */
  cutsAt: (delivery: number) => boolean = () => false
  /**
   * Called for each new connection: how many bytes it carries, in both directions together, before it is cut. Of a
   * frame that the cut falls into nothing arrives.
   */
  cutsAfterBytes: () => number = () => Infinity
  /** Called for each frame to a client: how many milliseconds longer than others it takes. */
  slowness: (page: SimulatedPage | undefined) => number = () => 0
  /** Sees each frame that leaves. */
  observeSent: (frame: ObservedFrame) => void = () => {}
  /** Sees each frame that arrives. */
  observe: (frame: ObservedFrame) => void = () => {}
  /** Sees a connection end before a frame has got through whole. */
  observeBrokenFrame: () => void = () => {}

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

  cutAll(): void {
    for (const wire of this.#wires.values()) wire.cut()
  }

  /** Cuts those that were accepted so. */
  cutThoseOf(accept: Accept): void {
    for (const wire of this.#wires.values()) if (wire.acceptedBy === accept) wire.cut()
  }

  /** The connections that there are lead nowhere from now on, or in one direction nowhere. */
  misleadAll(way: Way = 'both'): void {
    for (const wire of this.#wires.values()) wire.mislead(way)
  }

  /** True while the server has this connection open, whatever has become of the client. */
  isOpenAtServer(connection: number): boolean {
    return this.#wires.get(connection)?.isOpenAtServer ?? false
  }

  /** The client's side: opens a connection to whoever listens. */
  readonly connect: Connect = (_url, _subprotocol, handlers) => this.#connect(handlers, undefined)

  /** The same for a client in this page. */
  connectAs(page: SimulatedPage | undefined): Connect {
    return (_url, _subprotocol, handlers) => this.#connect(handlers, page)
  }

  #connect(handlers: SocketHandlers, page: SimulatedPage | undefined): Socket {
    const connection = ++this.#connections
    const later = (run: () => void, moreMs = 0): void =>
      void this.#clock.after(this.#random.below(this.#limits.latencyMsMax + 1) + moreMs, run)
    const wire = new Wire({
      handlers,
      accept: () => this.#accept,
      later,
      laterDown: (run) => later(run, this.slowness(page)),
      bytesMax: this.cutsAfterBytes(),
      isCutNow: () => this.cutsAt(this.#deliveries++),
      onEnd: () => void this.#wires.delete(connection),
      frameBytesMax: this.#limits.frameBytesMax,
      observeSent: (direction, text) => this.observeSent({ connection, page, direction, text }),
      observe: (direction, text) => this.observe({ connection, page, direction, text }),
      observeBroken: () => this.observeBrokenFrame(),
    })
    this.#wires.set(connection, wire)
    return wire.open()
  }
}

interface WireParts {
  readonly handlers: SocketHandlers
  readonly accept: () => Accept | undefined
  readonly later: (run: () => void) => void
  readonly laterDown: (run: () => void) => void
  readonly bytesMax: number
  readonly isCutNow: () => boolean
  readonly onEnd: () => void
  readonly frameBytesMax: number
  readonly observeSent: (direction: ObservedFrame['direction'], text: string) => void
  readonly observe: (direction: ObservedFrame['direction'], text: string) => void
  readonly observeBroken: () => void
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
  #acceptedBy: Accept | undefined
  #isCut = false
  readonly #leadsNowhere = { up: false, down: false }
  #bytesLeft: number
  /** Bytes under way to the client. */
  #bufferedBytes = 0
  #isClientClosed = false
  #isServerClosed = false

  constructor(parts: WireParts) {
    this.#parts = parts
    this.#up = new Direction(parts.later)
    this.#down = new Direction(parts.laterDown)
    this.#bytesLeft = parts.bytesMax
  }

  get acceptedBy(): Accept | undefined {
    return this.#acceptedBy
  }

  get isOpenAtServer(): boolean {
    return this.#session !== undefined && !this.#isServerClosed
  }

  open(): Socket {
    this.#up.send(() => this.#arriveAtServer())
    return {
      send: (text) => this.#sendUp(text),
      close: () => {
        this.#closeClient(1000)
        this.#up.send(() => this.#leadsNowhere.up || this.#closeServer())
      },
    }
  }

  #arriveAtServer(): void {
    const accept = this.#parts.accept()
    if (this.#leadsNowhere.up) return
    if (this.#isCut || accept === undefined) return this.cut()
    this.#acceptedBy = accept
    this.#session = accept({
      send: (text) => this.#sendDown(text),
      close: (code) => {
        this.#closeServer()
        this.#down.send(() => this.#leadsNowhere.down || this.#closeClient(code))
      },
      bufferedBytes: () => this.#bufferedBytes,
    })
    this.#down.send(() => {
      if (!this.#isCut && !this.#leadsNowhere.down && !this.#isClientClosed) this.#parts.handlers.opened()
    })
  }

  #sendUp(text: string): void {
    if (this.#isClientClosed) return
    this.#parts.observeSent('up', text)
    const bytes = Buffer.byteLength(text)
    this.#up.send(() => {
      if (!this.#leadsNowhere.up) this.#deliver(bytes, () => this.#toServer(text, bytes))
    })
  }

  #sendDown(text: string): void {
    if (this.#isServerClosed) return
    this.#parts.observeSent('down', text)
    const bytes = Buffer.byteLength(text)
    this.#bufferedBytes += bytes
    this.#down.send(() => {
      if (this.#leadsNowhere.down) return
      this.#deliver(bytes, () => this.#toClient(text))
      this.#bufferedBytes -= bytes
      if (this.#bufferedBytes === 0 && !this.#isServerClosed && !this.#isCut) this.#session?.drained()
    })
  }

  #deliver(bytes: number, arrive: () => void): void {
    if (this.#isCut) return
    this.#bytesLeft -= bytes
    if (this.#bytesLeft < 0) {
      this.#parts.observeBroken()
      this.cut()
    } else if (this.#parts.isCutNow()) this.cut()
    else arrive()
  }

  #toServer(text: string, bytes: number): void {
    this.#parts.observe('up', text)
    if (bytes > this.#parts.frameBytesMax) this.#session?.unreadable('too-large')
    else this.#session?.receive(text)
  }

  #toClient(text: string): void {
    if (this.#isClientClosed) return
    this.#parts.observe('down', text)
    this.#parts.handlers.received(text)
  }

  mislead(way: Way): void {
    if (way !== 'down') this.#leadsNowhere.up = true
    if (way !== 'up') this.#leadsNowhere.down = true
  }

  cut(): void {
    if (this.#isCut) return
    this.#isCut = true
    // Who cuts a connection that leads nowhere tells the server alone, which has given it up.
    if (!this.#leadsNowhere.down) this.#parts.later(() => this.#closeClient(lostCode))
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
    if (this.#isClientClosed && this.#isServerClosed) this.#parts.onEnd()
  }
}
