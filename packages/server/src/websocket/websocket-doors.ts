import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { closeCodes, encodeFrame, FoldbackError, refusal, subprotocol } from '@foldback/core'
import type { Engine, EnginePorts, PlainFilter, Session } from '@foldback/engine'
import type { Logger } from 'pino'
import { type Server, WebSocketServer } from 'ws'
import { type Authenticate, callerOf, identify, identifyRequest } from '../authenticate.ts'
import { failure } from '../http/failure.ts'
import { splitUrl } from '../http/query.ts'
import { problemOf, type Reply } from '../http/reply.ts'
import { requestIdHeader, requestIdOf } from '../http/request-id.ts'
import type { Metrics } from '../metrics.ts'
import type { Origins } from '../origins.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import type { LimitWatch } from '../limit-watch.ts'
import type { SendBuffers } from './send-buffers.ts'
import { ServedSocket } from './served-socket.ts'
import { SocketConnection, type SocketConnectionParts, type SocketLimits } from './socket-connection.ts'
import { TextBytes } from './text-bytes.ts'
import type { Line, Traffic, WebSocketDoor } from './traffic.ts'

export interface WebSocketDoorsParts {
  readonly engine: Engine
  readonly modelNames: ReadonlySet<string>
  readonly authenticate: Authenticate
  readonly origins: Origins
  readonly metrics: Metrics
  readonly report: EnginePorts['report']
  readonly log: Logger
  readonly traffic: { readonly [Door in WebSocketDoor]: Traffic }
  readonly limits: SocketLimits
  readonly watch: LimitWatch
  readonly buffers: SendBuffers
}

/** A request to become a WebSocket, with what names it, and the connection that it becomes, in the log. */
interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly connectionId: string
}

/** A frame over the limit gets an answer; one that many times over it ends the connection before it fills memory. */
const hardLimitFactor = 4
/** So that a peer that vanished without a word is noticed at last. */
const keepAliveMs = 60_000

/**
 * The two WebSocket doors, at any path. The subprotocol says which: `foldback.v1` leads to the sync protocol, none
 * to the plain door.
 */
export class WebSocketDoors {
  readonly #parts: WebSocketDoorsParts
  readonly #server: Server<typeof ServedSocket>
  readonly #connectionParts: { readonly [Door in WebSocketDoor]: SocketConnectionParts }
  /** Requests that wait for `authenticate`. */
  readonly #undecided = new Set<Upgrade>()
  #isClosing = false

  constructor(parts: WebSocketDoorsParts) {
    this.#parts = parts
    const { limits, watch, buffers, report, log, traffic } = parts
    const shared = { limits, watch, buffers, report, log, texts: new TextBytes() }
    this.#connectionParts = {
      sync: { ...shared, door: 'sync', traffic: traffic.sync },
      plain: { ...shared, door: 'plain', traffic: traffic.plain },
    }
    this.#server = new WebSocketServer({
      noServer: true,
      WebSocket: ServedSocket,
      // Each door knows its own.
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: limits.frameBytesMax * hardLimitFactor,
      handleProtocols: (offered) => chosen([...offered]) ?? false,
    })
    this.#server.on('wsClientError', (fault, socket, request) => {
      const upgrade = { request, socket, head: Buffer.alloc(0), connectionId: requestIdOf(request) }
      this.#refuse(upgrade, 'invalid-request', problemOf('invalid-request', fault.message))
    })
  }

  /** Answers a request to become a WebSocket, whatever it is. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', destroyThis)
    const upgrade = { request, socket, head, connectionId: requestIdOf(request) }
    this.#undecided.add(upgrade)
    try {
      this.#parts.origins.check(request)
      const protocol = chosen(offeredBy(request))
      if (protocol === undefined) await this.#upgradeToPlain(upgrade)
      else this.#accept(upgrade, (webSocket) => this.#enter(protocol, upgrade, webSocket))
    } catch (thrown) {
      const { connectionId } = upgrade
      const code = thrown instanceof FoldbackError ? thrown.code : 'internal'
      const reply = failure(thrown, (incident) =>
        this.#parts.report({ origin: { connectionId }, ...incident }),
      )
      this.#refuse(upgrade, code, reply)
    } finally {
      this.#undecided.delete(upgrade)
    }
  }

  #refuse({ request, socket, connectionId }: Upgrade, code: string, reply: Reply): void {
    // It was refused when the server began to close.
    if (socket.writableEnded) return
    const { metrics, log } = this.#parts
    const { remoteAddress } = request.socket
    metrics.refusedUpgrade(code)
    log.info({ connectionId, code, status: reply.status, remoteAddress }, 'A WebSocket was refused.')
    refuseUpgrade(socket, { ...reply, headers: { ...reply.headers, [requestIdHeader]: connectionId } })
  }

  async #upgradeToPlain(upgrade: Upgrade): Promise<void> {
    const session = await identifyRequest(this.#parts.authenticate, upgrade.request)
    const filter = this.#filterOf(upgrade.request)
    this.#accept(upgrade, (webSocket) => {
      const connection = this.#connection(webSocket, upgrade, 'plain')
      connection.serve(this.#parts.engine.connectPlain(connection, session, filter))
      connection.endWhenDead()
    })
  }

  #filterOf(request: IncomingMessage): PlainFilter {
    const { query } = splitUrl(request.url ?? '')
    const model = query.text('model')
    const id = query.text('id')
    if (model !== undefined && !this.#parts.modelNames.has(model))
      throw new FoldbackError('unknown-model', model)
    return { ...(model !== undefined && { model }), ...(id !== undefined && { id }) }
  }

  #accept(upgrade: Upgrade, enter: (webSocket: ServedSocket) => void): void {
    if (this.#isClosing) return this.#refuse(upgrade, 'closing', problemOf('closing'))
    const { request, socket, head } = upgrade
    request.socket.setKeepAlive(true, keepAliveMs)
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      // The WebSocket listens for errors from now on.
      socket.off('error', destroyThis)
      enter(webSocket)
    })
  }

  #enter(protocol: string, upgrade: Upgrade, webSocket: ServedSocket): void {
    const connection = this.#connection(webSocket, upgrade, 'sync')
    if (protocol !== subprotocol) return refuseVersion(connection)
    const { engine, authenticate } = this.#parts
    // The request itself takes several KB, and the connection may last for days.
    const caller = callerOf(upgrade.request)
    const find = (token = caller.token): Promise<Session | undefined> =>
      identify(authenticate, { ...caller, token })
    connection.serve(engine.connectSync(connection, find))
  }

  #connection(
    webSocket: ServedSocket,
    { request, connectionId }: Upgrade,
    door: WebSocketDoor,
  ): SocketConnection {
    return new SocketConnection(webSocket, request.socket, connectionId, this.#connectionParts[door])
  }

  /** Connections that are open. */
  get count(): number {
    const { sync, plain } = this.#parts.traffic
    return sync.openCount + plain.openCount
  }

  /** Lets nobody in any more, nor those who are at the door. */
  stop(): void {
    this.#isClosing = true
    for (const upgrade of this.#undecided) this.#refuse(upgrade, 'closing', problemOf('closing'))
  }

  /** Says goodbye to everybody; resolves when all have gone. */
  async close(): Promise<void> {
    this.stop()
    await Promise.all(this.#open.map((line) => line.leave()))
  }

  /** Ends at once what has not ended. */
  cutOff(): void {
    for (const line of this.#open) line.cutOff()
  }

  get #open(): readonly Line[] {
    const { sync, plain } = this.#parts.traffic
    return [...sync.open, ...plain.open]
  }
}

/** No closure: it would hold the request for as long as the connection lasts. */
function destroyThis(this: Duplex): void {
  this.destroy()
}

function offeredBy({ headers }: IncomingMessage): string[] {
  const names = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  return names.filter((name) => name !== '')
}

/** Ours, if it is among those offered; else the first, to have words with it. */
function chosen(offered: readonly string[]): string | undefined {
  return offered.includes(subprotocol) ? subprotocol : offered[0]
}

function refuseVersion(connection: SocketConnection): void {
  const code = 'protocol-version'
  connection.send(encodeFrame([JSON.stringify({ type: 'problem', code, message: refusal(code).message })]))
  connection.close(closeCodes.protocolError, code)
}
