import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine, EnginePorts, Session } from '@foldback/engine'
import { type Authenticate, identifyRequest } from '../authenticate.ts'
import type { Metrics } from '../metrics.ts'
import { corsHeaders, type Origins, preflightHeaders } from '../origins.ts'
import type { Readiness } from '../readiness.ts'
import { failure } from './failure.ts'
import { type Handler, handOver } from './handler.ts'
import { isReserved, matchRoute, type Route, type RouteName } from './match-route.ts'
import { type Query, splitUrl } from './query.ts'
import { BodyTooLarge, readBody } from './read-body.ts'
import { listEvents, listRecords, readRecord } from './read-records.ts'
import { empty, problemOf, type Reply, text } from './reply.ts'
import { submitActions } from './submit-actions.ts'

export interface HttpDoorParts {
  readonly engine: Engine
  readonly authenticate: Authenticate
  readonly origins: Origins
  readonly metrics: Metrics
  readonly readiness: Readiness
  readonly report: EnginePorts['report']
  /** Answers what is not for this door. */
  readonly handler: Handler | undefined
}

/** Plain requests: hands actions in, reads records and events, and tells how the server is. */
export class HttpDoor {
  readonly #parts: HttpDoorParts

  constructor(parts: HttpDoorParts) {
    this.#parts = parts
  }

  /** Answers a request, whatever it is. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Without a listener an error of a response would end the process.
    response.on('error', () => {})
    try {
      const { path, query } = splitUrl(request.url ?? '')
      const route = matchRoute(path)
      if (route === undefined && isReserved(path)) write(response, problemOf('not-found'))
      else if (route === undefined) await this.#pass(request, response)
      else {
        this.#parts.origins.check(request)
        response.setHeaders(new Map(Object.entries(corsHeaders(request))))
        write(response, await this.#reply(request, route, query))
      }
    } catch (thrown) {
      this.#failed(request, response, thrown)
    }
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handler } = this.#parts
    if (handler === undefined || (await handOver(handler, request, response)) === 'passed on') {
      write(response, problemOf('not-found'))
    }
  }

  #failed(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
    // The sender has gone in the middle: nobody is there to be told.
    if (request.destroyed && !request.complete) return
    const reply = failure(thrown, this.#parts.report)
    if (thrown instanceof BodyTooLarge) response.setHeader('connection', 'close')
    if (response.headersSent) response.destroy()
    else write(response, reply)
  }

  async #reply(request: IncomingMessage, route: Route, query: Query): Promise<Reply> {
    const methods = methodsOf(route.name)
    const allow = methods.join(', ')
    if (request.method === 'OPTIONS') return empty(204, { allow, ...preflightHeaders(allow) })
    if (!methods.includes(request.method ?? '')) {
      const reply = problemOf('method-not-allowed')
      return { ...reply, headers: { ...reply.headers, allow } }
    }
    return this.#openReply(route.name) ?? this.#sessionReply(request, route, query)
  }

  /** Answers what anybody may ask; undefined for the rest. */
  #openReply(name: RouteName): Promise<Reply> | undefined {
    if (name === 'healthz') return Promise.resolve(text(200, 'ok\n', 'text/plain; charset=utf-8'))
    if (name === 'readyz') return this.#ready()
    if (name === 'metrics') return this.#metrics()
    return undefined
  }

  async #ready(): Promise<Reply> {
    await this.#parts.readiness.check()
    return text(200, 'ok\n', 'text/plain; charset=utf-8')
  }

  async #metrics(): Promise<Reply> {
    const { metrics } = this.#parts
    return text(200, await metrics.text(), metrics.contentType)
  }

  async #sessionReply(request: IncomingMessage, route: Route, query: Query): Promise<Reply> {
    const { engine, authenticate } = this.#parts
    const session = await identifyRequest(authenticate, request)
    const { name, model, id } = route
    if (name === 'actions') return this.#submit(request, session)
    if (name === 'records') return listRecords(engine, session, model, query)
    if (name === 'record') return readRecord(engine, session, { model, id }, query)
    return listEvents(engine, session, { model, id }, query)
  }

  async #submit(request: IncomingMessage, session: Session): Promise<Reply> {
    const { engine } = this.#parts
    const key = request.headers['idempotency-key']
    return submitActions(engine, session, {
      contentType: request.headers['content-type'],
      idempotencyKey: Array.isArray(key) ? key.join(', ') : key,
      body: await readBody(request, engine.limits.frameBytesMax),
    })
  }
}

function methodsOf(name: RouteName): readonly string[] {
  return name === 'actions' ? ['POST', 'OPTIONS'] : ['GET', 'HEAD', 'OPTIONS']
}

function write(response: ServerResponse, { status, headers, body }: Reply): void {
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  // For HEAD, Node leaves the body out.
  response.writeHead(status, { ...headers, ...length }).end(body)
}
