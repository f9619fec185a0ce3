import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { FoldbackError, messageOf, refusal } from '@foldback/core'
import { countedAs, type Engine, type EnginePorts, type Session, TokenBuckets } from '@foldback/engine'
import type { Logger } from 'pino'
import { type Authenticate, identifyRequest } from '../authenticate.ts'
import type { LimitWatch } from '../limit-watch.ts'
import type { ServerLimits } from '../limits.ts'
import { nodeClock } from '../node-ports.ts'
import { readingCost } from '../reading-cost.ts'
import type { Metrics } from '../metrics.ts'
import { corsHeaders, type Origins, preflightHeaders } from '../origins.ts'
import type { Readiness } from '../readiness.ts'
import { failure } from './failure.ts'
import { type Handler, handOver } from './handler.ts'
import { isReserved, matchRoute, type Route, type RouteName } from './match-route.ts'
import { type Query, splitUrl } from './query.ts'
import { BodyTooLarge, readBody } from './read-body.ts'
import { requestIdHeader, requestIdOf } from './request-id.ts'
import { listEvents, listRecords, readRecord } from './read-records.ts'
import { empty, problem, problemOf, type Reply, retryAfter, text } from './reply.ts'
import { submitActions, TooManyActions } from './submit-actions.ts'

export interface HttpDoorParts {
  readonly engine: Engine
  readonly authenticate: Authenticate
  readonly origins: Origins
  readonly metrics: Metrics
  readonly readiness: Readiness
  readonly report: EnginePorts['report']
  readonly log: Logger
  readonly limits: ServerLimits
  readonly watch: LimitWatch
  /** Answers what is not for this door. */
  readonly handler: Handler | undefined
}

/** A request with its answer, and what names it in the log. */
interface Named {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
}

/** Plain requests: hands actions in, reads records and events, and tells how the server is. */
export class HttpDoor {
  readonly #parts: HttpDoorParts
  /** Requests that have come whole, and whose answers have not left yet. */
  #underWayCount = 0
  /** How much each user may send and read, in bytes. */
  readonly #rates: TokenBuckets

  constructor(parts: HttpDoorParts) {
    this.#parts = parts
    const { bytesPerSecondMax, bytesBurstMax, ratedUsersMax } = parts.limits
    this.#rates = new TokenBuckets(nodeClock, {
      perSecond: bytesPerSecondMax,
      burst: bytesBurstMax,
      keysMax: ratedUsersMax,
    })
  }

  /** Answers a request, whatever it is. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Without a listener an error of a response would end the process.
    response.on('error', () => {})
    const requestId = requestIdOf(request)
    response.setHeader(requestIdHeader, requestId)
    const watch = this.#watch(request, response, requestId)
    try {
      const { path, query } = splitUrl(request.url ?? '')
      const route = matchRoute(path)
      watch.route = route?.name ?? 'other'
      if (route === undefined && isReserved(path)) write(response, problemOf('not-found'))
      else if (route === undefined) await this.#pass(request, response)
      else {
        this.#parts.origins.check(request)
        response.setHeaders(new Map(Object.entries(corsHeaders(request))))
        this.#write(response, await this.#reply({ request, requestId, response }, route, query))
      }
    } catch (thrown) {
      this.#failed({ request, requestId, response }, thrown)
    }
  }

  /** Counts and logs a request when it has ended. Of its address only the route: the rest may hold what no log should. */
  #watch(request: IncomingMessage, response: ServerResponse, requestId: string): { route: string } {
    const { metrics, log } = this.#parts
    const startedAt = performance.now()
    const about = { route: 'other' }
    response.on('close', () => {
      const seconds = (performance.now() - startedAt) / 1_000
      const { method } = request
      const { statusCode: status } = response
      metrics.request(about.route, status, seconds)
      log.debug({ requestId, method, route: about.route, status, seconds }, 'A request was answered.')
    })
    return about
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handler } = this.#parts
    if (handler === undefined || (await handOver(handler, request, response)) === 'passed on') {
      write(response, problemOf('not-found'))
    }
  }

  #failed({ request, requestId, response }: Named, thrown: unknown): void {
    // The sender has gone in the middle: nobody is there to be told.
    if (request.destroyed && !request.complete) return
    const reply = failure(thrown, (incident) => this.#parts.report({ origin: { requestId }, ...incident }))
    if (thrown instanceof TooManyActions) this.#parts.watch.reached('requestActionsMax')
    else if (thrown instanceof FoldbackError && thrown.code === 'frame-too-large')
      this.#parts.watch.reached('frameBytesMax')
    if (thrown instanceof BodyTooLarge) response.setHeader('connection', 'close')
    if (response.headersSent) response.destroy()
    else write(response, reply)
  }

  async #reply(named: Named, route: Route, query: Query): Promise<Reply> {
    const { request } = named
    const methods = methodsOf(route.name)
    const allow = methods.join(', ')
    if (request.method === 'OPTIONS') return empty(204, { allow, ...preflightHeaders(allow) })
    if (!methods.includes(request.method ?? '')) {
      const reply = problemOf('method-not-allowed')
      return { ...reply, headers: { ...reply.headers, allow } }
    }
    const reply = await this.#openReply(route.name)
    if (reply !== undefined) return reply
    return this.#sessionReply(named, route, query)
  }

  /** @throws FoldbackError `busy` */
  #enter(response: ServerResponse): void {
    const { limits, watch } = this.#parts
    if (this.#underWayCount >= limits.requestsMax) {
      watch.reached('requestsMax')
      throw new FoldbackError('busy')
    }
    this.#underWayCount++
    response.on('close', () => this.#underWayCount--)
  }

  /** Answers what anybody may ask; undefined for the rest. */
  #openReply(name: RouteName): Promise<Reply> | undefined {
    if (name === 'healthz') return this.#healthy()
    if (name === 'readyz') return this.#ready()
    if (name === 'metrics') return this.#metrics()
    return undefined
  }

  async #healthy(): Promise<Reply> {
    const { lost } = this.#parts.readiness
    return lost === undefined ? ok : problem(lost.code, lost.message)
  }

  async #ready(): Promise<Reply> {
    try {
      await this.#parts.readiness.check()
      return ok
    } catch (thrown) {
      // It is not a fault of this request, and the readiness has said so in the log.
      return problem(thrown instanceof FoldbackError ? thrown.code : 'internal', messageOf(thrown))
    }
  }

  async #metrics(): Promise<Reply> {
    const { metrics } = this.#parts
    return text(200, await metrics.text(), metrics.contentType)
  }

  async #sessionReply(named: Named, route: Route, query: Query): Promise<Reply> {
    const { authenticate } = this.#parts
    const session = await identifyRequest(authenticate, named.request)
    const limited = this.#rateLimited(session)
    if (limited !== undefined) return limited
    // Before anything is waited for: many at once count as much as one after the other.
    this.#spend(session, readingCost(this.#parts.limits, 0, 0))
    const { name, model, id } = route
    const reply = await (name === 'actions'
      ? this.#submit(named, session)
      : this.#read(named, session, { name, model, id }, query))
    this.#spend(session, Buffer.byteLength(reply.body))
    return reply
  }

  #read(named: Named, session: Session, { name, model, id }: Route, query: Query): Promise<Reply> {
    const { engine } = this.#parts
    this.#enter(named.response)
    if (name === 'records') return listRecords(engine, session, model, query)
    if (name === 'record') return readRecord(engine, session, { model, id }, query)
    return listEvents(engine, session, { model, id }, query)
  }

  /** What a user hears who has asked for too much; undefined for the others. */
  #rateLimited(session: Session): Reply | undefined {
    const user = countedAs(session)
    if (this.#rates.has(user)) return undefined
    this.#parts.watch.reached('bytesPerSecondMax')
    const { code, message } = refusal('rate-limited')
    const retryAfterMs = this.#rates.waitMs(user)
    return retryAfter(retryAfterMs, problem(code, message, { retryAfterMs }))
  }

  #spend(session: Session, bytes: number): void {
    this.#rates.spend(countedAs(session), bytes)
  }

  async #submit({ request, response, requestId }: Named, session: Session): Promise<Reply> {
    const { engine, limits } = this.#parts
    const key = request.headers['idempotency-key']
    const body = await readBody(request, engine.limits.frameBytesMax, (bytes) => this.#spend(session, bytes))
    // Not before: whoever lets others wait for a body takes nobody's place.
    this.#enter(response)
    const began = performance.now()
    const reply = submitActions(engine, session, {
      contentType: request.headers['content-type'],
      idempotencyKey: Array.isArray(key) ? key.join(', ') : key,
      body,
      actionsMax: limits.requestActionsMax,
      requestId,
    })
    // It has not waited for anything yet.
    const tookMs = performance.now() - began
    // The bytes themselves are spent.
    this.#spend(session, readingCost(limits, body.length, tookMs) - readingCost(limits, body.length, 0))
    return reply
  }

  /** Who takes nothing of the answer for that long does not get the rest. */
  #write(response: ServerResponse, reply: Reply): void {
    response.setTimeout(this.#parts.limits.requestMsMax, () => {
      this.#parts.watch.reached('requestMsMax')
      response.destroy()
    })
    write(response, reply)
  }
}

const ok = text(200, 'ok\n', 'text/plain; charset=utf-8')

function methodsOf(name: RouteName): readonly string[] {
  return name === 'actions' ? ['POST', 'OPTIONS'] : ['GET', 'HEAD', 'OPTIONS']
}

function write(response: ServerResponse, { status, headers, body }: Reply): void {
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  // For HEAD, Node leaves the body out.
  response.writeHead(status, { ...headers, ...length }).end(body)
}
