import { performance } from 'node:perf_hooks'
import { closeCodes, messageOf } from '@foldback/core'
import type { ConnectedSession, Connection, EnginePorts, Origin } from '@foldback/engine'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import type { LimitWatch } from '../limit-watch.ts'
import type { ServerLimits } from '../limits.ts'
import { ReadRate, type ReadRateLimits } from './read-rate.ts'
import type { SendBuffers, Waiting } from './send-buffers.ts'
import type { Traffic } from './traffic.ts'

/** RFC 6455: the server met something unexpected. */
const internalError = 1011
/** How long somebody who is given up may take to say goodbye. */
const goodbyeMs = 1_000

export type SocketLimits = ReadRateLimits &
  Pick<ServerLimits, 'frameBytesMax' | 'bufferedBytesMax' | 'silentMsMax'>

export interface SocketConnectionParts {
  readonly limits: SocketLimits
  readonly watch: LimitWatch
  readonly buffers: SendBuffers
  readonly report: EnginePorts['report']
  readonly traffic: Traffic
  /** Names the connection on each line. */
  readonly log: Logger
  readonly origin: Origin
}

/**
 * A WebSocket as the engine sees it. While more waits for its reader than `bufferedBytesMax`, nothing more is read
 * from it either, so that nobody can make the server hold answers without bound by sending and never listening. Nor
 * is more read from it than its rate allows: what is more waits at the sender.
 */
export class SocketConnection implements Connection, Waiting {
  readonly #socket: WebSocket
  readonly #parts: SocketConnectionParts
  readonly #rate: ReadRate
  readonly #sent = (): void => this.#wasSent()
  #session: ConnectedSession | undefined
  #hasWaiting = false
  /** Why nothing is read. */
  #isFull = false
  #restTimer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, parts: SocketConnectionParts) {
    this.#socket = socket
    this.#parts = parts
    this.#rate = new ReadRate(Date, parts.limits)
    parts.log.debug('A connection was opened.')
    socket.on('close', (closeCode) => parts.log.debug({ closeCode }, 'A connection has ended.'))
    // ws closes after an error, and that is all there is to do about it.
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') parts.watch.reached('frameBytesMax')
    })
    socket.on('close', () => {
      clearTimeout(this.#restTimer)
      parts.buffers.ended(this)
    })
    // The answers to pings count as what waits, too.
    socket.on('ping', (data: Buffer) => this.#put(() => socket.pong(data, false, this.#sent)))
  }

  get origin(): Origin {
    return this.#parts.origin
  }

  /** Hands to the session what arrives from now on. */
  serve(session: ConnectedSession): void {
    this.#session = session
    this.#socket.on('message', (data, isBinary) => {
      if (!this.#isOpen) return
      const began = performance.now()
      this.#guarded(() => this.#receive(session, data as Buffer, isBinary))
      this.#slowDown((data as Buffer).length, performance.now() - began)
    })
    this.#socket.on('close', () => this.#guarded(() => session.closed()))
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
      this.#put(() => this.#socket.ping(undefined, false, this.#sent))
    }
    const timer = setInterval(look, this.#parts.limits.silentMsMax / 2).unref()
    this.#socket.on('close', () => clearInterval(timer))
  }

  send(text: string): void {
    this.#parts.traffic.sentFrames++
    this.#put(() => this.#socket.send(text, this.#sent))
  }

  close(code: number, reason: string): void {
    const { log } = this.#parts
    log.info({ closeCode: code, code: reason }, 'The server ends a connection.')
    this.#socket.close(code, reason)
    // The other side's goodbye must be read.
    this.#socket.resume()
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

  get #isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  #receive(session: ConnectedSession, data: Buffer, isBinary: boolean): void {
    this.#parts.traffic.receivedFrames++
    if (data.length > this.#parts.limits.frameBytesMax) session.unreadable('too-large')
    else if (isBinary) session.unreadable('binary')
    else session.receive(data.toString('utf8'))
  }

  #put(write: () => void): void {
    if (!this.#isOpen) return
    write()
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
    if (!this.#isFull && this.#restTimer === undefined) this.#socket.resume()
  }

  /** A fault in handling one connection ends that one, and no other. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (cause) {
      const { report, origin } = this.#parts
      report({ code: 'internal', message: `A connection was closed: ${messageOf(cause)}`, cause, origin })
      this.#socket.close(internalError, 'internal')
    }
  }
}
