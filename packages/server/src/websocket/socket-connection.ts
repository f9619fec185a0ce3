import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { closeCodes, messageOf } from '@foldback/core'
import type { ConnectedSession, Connection, EnginePorts, Origin } from '@foldback/engine'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import type { LimitWatch } from '../limit-watch.ts'
import type { ServerLimits } from '../limits.ts'
import { timedBytesMin } from '../reading-cost.ts'
import { type Frame, type FrameReader, PacedFrames } from './paced-frames.ts'
import { ReadRate, type ReadRateLimits } from './read-rate.ts'
import type { SendBuffers, Waiting } from './send-buffers.ts'
import type { ServedSocket, SocketListener } from './served-socket.ts'
import type { TextBytes } from './text-bytes.ts'
import type { Line, Traffic, WebSocketDoor } from './traffic.ts'

/** RFC 6455: the server met something unexpected. */
const internalError = 1011
/** How long somebody who is given up may take to say goodbye. */
const goodbyeMs = 1_000

const textFrame = { binary: false }

export type SocketLimits = ReadRateLimits &
  Pick<ServerLimits, 'frameBytesMax' | 'bufferedBytesMax' | 'silentMsMax'>

/** What all connections of one door have in common. */
export interface SocketConnectionParts {
  readonly door: WebSocketDoor
  readonly limits: SocketLimits
  readonly watch: LimitWatch
  readonly buffers: SendBuffers
  readonly report: EnginePorts['report']
  readonly traffic: Traffic
  readonly texts: TextBytes
  readonly log: Logger
}

/**
 * A WebSocket as the engine sees it. While more waits for its reader than `bufferedBytesMax`, nothing more is read
 * from it either, so that nobody can make the server hold answers without bound by sending and never listening. Nor
 * is more read from it than its rate allows: what is more waits at the sender.
 */
export class SocketConnection implements Connection, Waiting, Line, SocketListener, FrameReader {
  readonly origin: Origin
  readonly #socket: ServedSocket
  /** What the WebSocket goes through. */
  readonly #stream: Socket
  readonly #parts: SocketConnectionParts
  readonly #rate: ReadRate
  readonly #frames: PacedFrames
  #session: ConnectedSession | undefined
  #hasWaiting = false
  /** Why nothing is read. */
  #isFull = false
  #restTimer: NodeJS.Timeout | undefined
  /** What comes after the server's goodbye is not looked at. */
  #hasSaidGoodbye = false

  constructor(socket: ServedSocket, stream: Socket, connectionId: string, parts: SocketConnectionParts) {
    this.#socket = socket
    this.#stream = stream
    this.#parts = parts
    this.origin = { connectionId }
    this.#rate = new ReadRate(Date, parts.limits)
    this.#frames = new PacedFrames(this)
    parts.log.debug(this.#name, 'A connection was opened.')
    parts.traffic.opened(this)
    socket.serve(this)
  }

  /** Names the connection on each line of the log. A logger of its own would take more than all else of an idle one. */
  get #name(): { readonly connectionId: string | undefined; readonly door: WebSocketDoor } {
    return { connectionId: this.origin.connectionId, door: this.#parts.door }
  }

  /** Hands to the session what arrives from now on. */
  serve(session: ConnectedSession): void {
    this.#session = session
  }

  failed(fault: NodeJS.ErrnoException): void {
    if (fault.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#parts.watch.reached('frameBytesMax')
  }

  ended(closeCode: number): void {
    const { log, traffic, buffers } = this.#parts
    log.debug({ ...this.#name, closeCode }, 'A connection has ended.')
    traffic.ended(this)
    clearTimeout(this.#restTimer)
    buffers.ended(this)
    this.#frames.finish()
    this.#guarded(() => this.#session?.closed())
  }

  /**
   * Pings the other end, whose WebSocket answers by itself, and ends the connection when nothing has been heard of it
   * for `silentMsMax`. While it is too slow to be read from, it must at least take what waits for it.
   */
  endWhenDead(): void {
    let isAlive = true
    let waitingBytes = 0
    const heard = (): void => void (isAlive = true)
    for (const event of ['message', 'ping', 'pong']) this.#socket.on(event, heard)
    const look = (): void => {
      const isReading = this.bufferedBytes() < waitingBytes
      if (!isAlive && !isReading) {
        this.#parts.watch.reached('silentMsMax')
        return this.#socket.terminate()
      }
      isAlive = false
      waitingBytes = this.bufferedBytes()
      if (!this.#isOpen) return
      this.#socket.ping(undefined, false, this.#sent())
      this.#hasPut()
    }
    const timer = setInterval(look, this.#parts.limits.silentMsMax / 2).unref()
    this.#socket.on('close', () => clearInterval(timer))
  }

  send(text: string): void {
    const { traffic, texts } = this.#parts
    traffic.sentFrames++
    if (!this.#isOpen) return
    this.#socket.send(texts.of(text), textFrame, this.#sent())
    this.#hasPut()
  }

  close(code: number, reason: string): void {
    this.#parts.log.info({ ...this.#name, closeCode: code, code: reason }, 'The server ends a connection.')
    this.#sayGoodbye(code, reason)
    // The other side's goodbye must be read.
    this.#socket.resume()
  }

  cutOff(): void {
    this.#socket.terminate()
  }

  leave(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cutOff(), goodbyeMs)
      this.#socket.on('close', () => {
        clearTimeout(timer)
        resolve()
      })
      this.#socket.close(closeCodes.restarting, 'closing')
      this.#socket.resume()
    })
  }

  #sayGoodbye(code: number, reason: string): void {
    this.#hasSaidGoodbye = true
    this.#socket.close(code, reason)
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount
  }

  giveUp(): void {
    this.close(closeCodes.tryAgainLater, 'too-slow')
    // Who reads nothing does not read that either.
    const timer = setTimeout(() => this.#socket.terminate(), goodbyeMs).unref()
    this.#socket.on('close', () => clearTimeout(timer))
  }

  bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  get bytesRead(): number {
    return this.#stream.bytesRead
  }

  get bytesWritten(): number {
    return this.#stream.bytesWritten
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  arrived(frame: Frame): void {
    if (!this.#isOpen) return
    this.#frames.add(frame)
    if (this.#frames.areWaiting) this.#socket.pause()
  }

  handle(frame: Frame): void {
    if (this.#hasSaidGoodbye) return
    const bytes = frame.data.length
    const isTimed = bytes >= timedBytesMin
    const began = isTimed ? performance.now() : 0
    this.#guarded(() => this.#receive(frame))
    this.#slowDown(bytes, isTimed ? performance.now() - began : 0)
  }

  #receive({ data, kind }: Frame): void {
    // The answers to pings count as what waits, too.
    if (kind === 'ping') return this.#pong(data)
    this.#parts.traffic.receivedFrames++
    if (data.length > this.#parts.limits.frameBytesMax) this.#session?.unreadable('too-large')
    else if (kind === 'binary') this.#session?.unreadable('binary')
    else this.#session?.receive(data.toString('utf8'))
  }

  caughtUp(): void {
    this.#readOn()
  }

  #pong(data: Buffer): void {
    if (!this.#isOpen) return
    this.#socket.pong(data, false, this.#sent())
    this.#hasPut()
  }

  /** For what is written now: an idle connection holds no function for what it will write. */
  #sent(): () => void {
    return () => this.#wasSent()
  }

  /** Something was written, or waits for its turn. */
  #hasPut(): void {
    const waitingBytes = this.#socket.bufferedAmount
    if (waitingBytes === 0) return
    this.#hasWaiting = true
    this.#isFull ||= waitingBytes > this.#parts.limits.bufferedBytesMax
    if (this.#isFull) this.#socket.pause()
    this.#parts.buffers.changed(this)
  }

  /** Something has left. */
  #wasSent(): void {
    if (!this.#hasWaiting || !this.#isOpen) return
    this.#parts.buffers.changed(this)
    if (this.#socket.bufferedAmount > 0) return
    this.#hasWaiting = false
    this.#isFull = false
    this.#readOn()
    this.#guarded(() => this.#session?.drained())
  }

  /** So many bytes have come and been handled; when that is too fast, nothing is read for a while. */
  #slowDown(bytes: number, tookMs: number): void {
    const { limits, watch } = this.#parts
    const restMs = this.#rate.take(bytes, tookMs)
    if (restMs === 0 || !this.#isOpen) return
    if (this.#restTimer === undefined) watch.reached('bytesPerSecondMax')
    clearTimeout(this.#restTimer)
    this.#socket.pause()
    // Not so long that it seems silent.
    this.#restTimer = setTimeout(
      () => {
        this.#restTimer = undefined
        this.#readOn()
      },
      Math.min(restMs, limits.silentMsMax / 4),
    ).unref()
  }

  #readOn(): void {
    const mayRead = !this.#isFull && this.#restTimer === undefined && !this.#frames.areWaiting
    if (mayRead) this.#socket.resume()
  }

  /** A fault in handling one connection ends that one, and no other. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (cause) {
      const message = `A connection was closed: ${messageOf(cause)}`
      this.#parts.report({ code: 'internal', message, cause, origin: this.origin })
      this.#sayGoodbye(internalError, 'internal')
    }
  }
}
