import type { AnyModel } from '@foldback/core'
import { Engine, type Incident } from '@foldback/engine'
import { everybodyIsAnonymous } from './authenticate.ts'
import { boundedAuthenticate } from './bounded-authenticate.ts'
import { ConnectionLimits } from './connection-limits.ts'
import { FoldbackServer } from './foldback-server.ts'
import { HttpDoor } from './http/http-door.ts'
import { makeHttpServer } from './http-server.ts'
import { LimitWatch } from './limit-watch.ts'
import { splitLimits } from './limits.ts'
import { logForeignOrigin, logIncident, makeLog } from './log.ts'
import { Metrics } from './metrics.ts'
import { nodePorts } from './node-ports.ts'
import { Origins } from './origins.ts'
import { Readiness } from './readiness.ts'
import { checkOptions, type ServerOptions } from './server-options.ts'
import { watchedModels } from './watched-models.ts'
import { SendBuffers } from './websocket/send-buffers.ts'
import { WebSocketDoors } from './websocket/websocket-doors.ts'

/**
 * Makes a server with its three doors on one port, and opens its store.
 *
 * @example
 * const server = await createServer({ models, store: sqlite('data/orders.db'), authenticate, rules })
 * await server.listen(4000)
 * @throws FoldbackError `misconfigured`, or one that says why the store cannot be used.
 */
export async function createServer<const Models extends readonly AnyModel[]>(
  options: ServerOptions<Models>,
): Promise<FoldbackServer> {
  checkOptions(options)
  const { models, store, rules = {}, handler } = options
  const limits = splitLimits(options.limits ?? {})
  const log = makeLog(options.log)
  const metrics = new Metrics()
  const watch = new LimitWatch(metrics, log)
  const connections = new ConnectionLimits(limits.door, watch)
  const buffers = new SendBuffers(limits.door.bufferedBytesOfAllMax, watch)
  const report = (incident: Incident): void => {
    metrics.incident(incident.code)
    logIncident(log, incident)
  }
  const ports = nodePorts({
    store,
    report,
    counted: (outcome, code) => metrics.action(outcome, code),
    diverged: (model) => metrics.divergence(model),
    limited: (limit) => watch.reached(limit),
  })
  const engine = new Engine({ models: watchedModels(options, log), rules, limits: limits.engine, ports })
  metrics.watch(() => ({
    ...engine.load,
    tcpConnections: connections.count,
    bufferedBytes: buffers.bytes,
  }))
  const shared = {
    engine,
    authenticate: boundedAuthenticate(options.authenticate ?? everybodyIsAnonymous, limits.door, watch),
    origins: new Origins(options.origins, (origin) => logForeignOrigin(log, origin)),
    metrics,
    report,
    limits: { ...engine.limits, ...limits.door },
    watch,
  }
  const readiness = new Readiness(store)
  const http = new HttpDoor({ ...shared, readiness, handler })
  const modelNames = new Set(models.map(({ name }) => name))
  const webSockets = new WebSocketDoors({ ...shared, buffers, modelNames })
  const server = options.server ?? makeHttpServer(options.tls, limits.door, watch)
  connections.watch(server)
  await engine.start()
  return new FoldbackServer({ server, engine, http, webSockets, readiness })
}
