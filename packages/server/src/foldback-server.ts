import type { Server, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { delayMsMax, FoldbackError } from '@foldback/core'
import type { Engine } from '@foldback/engine'
import type { Logger } from 'pino'
import type { HttpDoor } from './http/http-door.ts'
import { isDoneWithin } from './in-time.ts'
import type { LimitWatch } from './limit-watch.ts'
import { loggableError } from './loggable-error.ts'
import type { Readiness } from './readiness.ts'
import { SilentConnections } from './silent-connections.ts'
import type { WebSocketDoors } from './websocket/websocket-doors.ts'

export interface FoldbackServerParts {
  readonly server: Server | HttpsServer
  readonly engine: Engine
  readonly http: HttpDoor
  readonly webSockets: WebSocketDoors
  readonly readiness: Readiness
  readonly log: Logger
  readonly closeMsMax: number
  readonly watch: LimitWatch
}

export interface CloseOptions {
  /** Milliseconds for which what is under way is waited for. @default the limit closeMsMax */
  readonly withinMs?: number
}

/** Of the time for closing, what is left to the store when everybody has gone; at most. */
const storeShare = 1 / 4
const storeMsMax = 1_000

/** What `createServer` made. */
export class FoldbackServer {
  readonly #parts: FoldbackServerParts
  readonly #responses = new Set<ServerResponse>()
  readonly #silent: SilentConnections
  #closing: Promise<void> | undefined
  #isCutOff = false

  constructor(parts: FoldbackServerParts) {
    this.#parts = parts
    const { server, http, webSockets } = parts
    this.#silent = new SilentConnections(server)
    // Neither of the two rejects: whatever goes wrong is answered and reported there.
    server.on('request', (request, response) => {
      this.#track(response)
      void http.handle(request, response)
    })
    server.on('upgrade', (request, socket, head) => void webSockets.upgrade(request, socket, head))
  }

  /** Where the server listens; undefined while it does not. */
  get address(): AddressInfo | undefined {
    const address = this.#parts.server.address()
    return typeof address === 'object' && address !== null ? address : undefined
  }

  /**
   * Opens the doors. Port 0 takes one that is free; without `host` every address of the machine is listened on.
   * @throws FoldbackError `port-unavailable`, or `misconfigured` for what is no port, and when it listens already.
   */
  listen(port: number, host?: string): Promise<{ readonly port: number }> {
    const { server, log } = this.#parts
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return Promise.reject(misconfigured(`a port is a number from 0 to 65535, and this is ${shown(port)}`))
    }
    if (server.listening) return Promise.reject(misconfigured('the server listens already; make another'))
    return new Promise((resolve, rejectWith) => {
      const reject = (cause: NodeJS.ErrnoException): void => rejectWith(listenFault(cause, port))
      server.once('error', reject)
      server.listen({ port, ...(host !== undefined && { host }) }, () => {
        server.off('error', reject)
        const listening = this.address?.port ?? port
        log.debug({ port: listening }, 'The server listens.')
        resolve({ port: listening })
      })
    })
  }

  /**
   * Lets nobody in any more and takes no more actions, settles those under way, says goodbye to everybody, and closes
   * the store. What takes longer than `withinMs` is cut off. Called again, it is still the first call that counts.
   * @throws what the store throws when it cannot be closed, which the log says as well.
   */
  close({ withinMs = this.#parts.closeMsMax }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(Math.min(withinMs, delayMsMax))
    return this.#closing
  }

  /** True when closing took longer than it was given. What was told is durable all the same. */
  get isCutOff(): boolean {
    return this.#isCutOff
  }

  #track(response: ServerResponse): void {
    this.#responses.add(response)
    response.on('close', () => this.#responses.delete(response))
    if (this.#closing !== undefined) endConnectionAfter(response)
  }

  async #close(withinMs: number): Promise<void> {
    const { engine, webSockets, readiness, log } = this.#parts
    readiness.stop()
    webSockets.stop()
    log.info(
      { connections: webSockets.count, actionsUnderWay: engine.load.actionsUnderWay, withinMs },
      'The server closes.',
    )
    const storeMs = Math.min(storeMsMax, withinMs * storeShare)
    const endAt = performance.now() + withinMs
    const isGone = await isDoneWithin(withinMs - storeMs, this.#sayGoodbye())
    if (!isGone) this.#cutOff()
    const stored = engine.close()
    const isStored = await isDoneWithin(Math.max(0, endAt - performance.now()), stored)
    this.#isCutOff = !isGone || !isStored
    if (isStored) await stored.catch((thrown: unknown) => this.#notStored(thrown))
    if (!this.#isCutOff) log.info('The server has closed.')
  }

  #notStored(thrown: unknown): never {
    this.#parts.log.error({ err: loggableError(thrown) }, 'The store could not be closed.')
    throw thrown
  }

  async #sayGoodbye(): Promise<void> {
    const { engine, webSockets } = this.#parts
    const ended = this.#endRequests()
    await engine.settle()
    await Promise.all([webSockets.close(), ended])
  }

  #cutOff(): void {
    const { engine, server, webSockets, watch, log } = this.#parts
    watch.reached('closeMsMax')
    log.error(
      {
        connections: webSockets.count,
        requests: this.#responses.size,
        actionsUnderWay: engine.load.actionsUnderWay,
      },
      'The time for closing is over: what is still under way is cut off.',
    )
    webSockets.cutOff()
    server.closeAllConnections()
  }

  #endRequests(): Promise<void> {
    const { server } = this.#parts
    for (const response of this.#responses) endConnectionAfter(response)
    return new Promise((resolve) => {
      server.close(() => resolve())
      this.#silent.end()
    })
  }
}

/** A connection that is kept for the next request would keep the server from closing. */
function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

function shown(port: unknown): string {
  return typeof port === 'string'
    ? `the text ${JSON.stringify(port)}; make it one with Number()`
    : String(port)
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}

function listenFault(cause: NodeJS.ErrnoException, port: number): Error {
  if (cause.code === 'EADDRINUSE')
    return new FoldbackError('port-unavailable', `port ${port} is taken`, { cause })
  if (cause.code === 'EACCES') {
    return new FoldbackError('port-unavailable', `this user may not listen on port ${port}`, { cause })
  }
  return cause
}
