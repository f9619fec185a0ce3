import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { closeCodes, encodeFrame, FoldbackError, refusal, subprotocol } from '@foldback/core'
import type { Engine, EnginePorts, PlainFilter, Session } from '@foldback/engine'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Authenticate, bearerToken, identify, identifyRequest } from '../authenticate.ts'
import { failure } from '../http/failure.ts'
import { splitUrl } from '../http/query.ts'
import { problemOf } from '../http/reply.ts'
import type { Metrics, WebSocketDoor } from '../metrics.ts'
import type { Origins } from '../origins.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { SocketConnection } from './socket-connection.ts'

export interface WebSocketDoorsParts {
  readonly engine: Engine
  readonly modelNames: ReadonlySet<string>
  readonly authenticate: Authenticate
  readonly origins: Origins
  readonly metrics: Metrics
  readonly report: EnginePorts['report']
}

/** A frame over the limit gets an answer; one that many times over it ends the connection before it fills memory. */
const hardLimitFactor = 4
/** So that a peer that vanished without a word is noticed at last. */
const keepAliveMs = 60_000
const goodbyeMs = 1_000

/**
 * The two WebSocket doors, at any path. The subprotocol says which: `foldback.v1` leads to the sync protocol, none
 * to the plain door.
 */
export class WebSocketDoors {
  readonly #parts: WebSocketDoorsParts
  readonly #server: WebSocketServer
  #isClosing = false

  constructor(parts: WebSocketDoorsParts) {
    this.#parts = parts
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: parts.engine.limits.frameBytesMax * hardLimitFactor,
      handleProtocols: (offered) => chosen([...offered]) ?? false,
    })
    this.#server.on('wsClientError', (fault, socket) => {
      refuseUpgrade(socket, problemOf('invalid-request', fault.message))
    })
  }

  /** Answers a request to become a WebSocket, whatever it is. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    try {
      this.#parts.origins.check(request)
      const protocol = chosen(offeredBy(request))
      if (protocol === undefined) await this.#upgradeToPlain(request, socket, head)
      else this.#accept(request, socket, head, (webSocket) => this.#enter(protocol, request, webSocket))
    } catch (thrown) {
      refuseUpgrade(socket, failure(thrown, this.#parts.report))
    }
  }

  async #upgradeToPlain(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const session = await identifyRequest(this.#parts.authenticate, request)
    const filter = this.#filterOf(request)
    this.#accept(request, socket, head, (webSocket) => this.#enterPlain(webSocket, session, filter))
  }

  #filterOf(request: IncomingMessage): PlainFilter {
    const { query } = splitUrl(request.url ?? '')
    const model = query.text('model')
    const id = query.text('id')
    if (model !== undefined && !this.#parts.modelNames.has(model))
      throw new FoldbackError('unknown-model', model)
    return { ...(model !== undefined && { model }), ...(id !== undefined && { id }) }
  }

  #accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    enter: (webSocket: WebSocket) => void,
  ): void {
    if (this.#isClosing) return refuseUpgrade(socket, problemOf('closing'))
    request.socket.setKeepAlive(true, keepAliveMs)
    this.#server.handleUpgrade(request, socket, head, enter)
  }

  #enterPlain(webSocket: WebSocket, session: Session, filter: PlainFilter): void {
    const connection = this.#connection(webSocket, 'plain')
    connection.serve(this.#parts.engine.connectPlain(connection, session, filter))
    connection.endWhenDead()
  }

  #enter(protocol: string, request: IncomingMessage, webSocket: WebSocket): void {
    const connection = this.#connection(webSocket, 'sync')
    if (protocol !== subprotocol) return refuseVersion(connection)
    const { engine, authenticate } = this.#parts
    const find = (token = bearerToken(request)): Promise<Session | undefined> =>
      identify(authenticate, request, token)
    connection.serve(engine.connectSync(connection, find))
  }

  #connection(webSocket: WebSocket, door: WebSocketDoor): SocketConnection {
    const { engine, metrics, report } = this.#parts
    metrics.connected(door)
    webSocket.on('close', () => metrics.disconnected(door))
    return new SocketConnection(webSocket, engine.limits, report)
  }

  /** Lets nobody in any more. */
  stop(): void {
    this.#isClosing = true
  }

  /** Says goodbye to everybody; resolves when all have gone. */
  async close(): Promise<void> {
    this.stop()
    await Promise.all([...this.#server.clients].map(sayGoodbye))
  }
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

function sayGoodbye(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => webSocket.terminate(), goodbyeMs)
    webSocket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
    webSocket.close(closeCodes.goingAway, 'closing')
    webSocket.resume()
  })
}
