import { type AnyModel, FoldbackError } from '@foldback/core'
import { Engine, type Incident } from '@foldback/engine'
import { everybodyIsAnonymous } from './authenticate.ts'
import { boundedAuthenticate } from './bounded-authenticate.ts'
import { ConnectionLimits } from './connection-limits.ts'
import { developmentOf, foldedModels } from './folded-models.ts'
import { FoldbackServer } from './foldback-server.ts'
import { HttpDoor } from './http/http-door.ts'
import { makeHttpServer } from './http-server.ts'
import { IncidentLog } from './incident-log.ts'
import { LimitWatch } from './limit-watch.ts'
import { splitLimits } from './limits.ts'
import { hintLog, logForeignOrigin, makeLog } from './log.ts'
import { Metrics } from './metrics.ts'
import { nodePorts } from './node-ports.ts'
import { Origins } from './origins.ts'
import { Readiness } from './readiness.ts'
import { checkOptions, type ServerOptions } from './server-options.ts'
import { SendBuffers } from './websocket/send-buffers.ts'
import { Traffic } from './websocket/traffic.ts'
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
  const traffic = { sync: new Traffic(), plain: new Traffic() }
  const metrics = new Metrics({
    models: models.map(({ name }) => name),
    load: () => ({ ...engine.load, tcpConnections: connections.count }),
    traffic: (door) => traffic[door],
  })
  const watch = new LimitWatch(metrics, log)
  const connections = new ConnectionLimits(limits.host, watch)
  const buffers = new SendBuffers(limits.host.bufferedBytesOfAllMax, watch)
  const incidents = new IncidentLog(log)
  const readiness = new Readiness({ store, probeMsMax: limits.host.probeMsMax, watch, log })
  const report = (incident: Incident): void => {
    metrics.incident(incident.code)
    incidents.write(incident)
    if (incident.code === 'store-lost') readiness.lose(new FoldbackError('store-lost'))
  }
  const ports = nodePorts({
    store,
    report,
    ...(developmentOf(options) !== false && { hint: hintLog(log) }),
    counted: (outcome, code, lagMs) => metrics.action(outcome, code, lagMs),
    turned: (actionCount, commitMs) => metrics.turn(actionCount, commitMs),
    committed: (seconds) => metrics.commit(seconds),
    diverged: (model) => metrics.divergence(model),
    limited: (limit) => watch.reached(limit),
  })
  const folded = await foldedModels(options, log)
  const engine = new Engine({ models: folded, rules, limits: limits.engine, ports })
  const shared = {
    engine,
    authenticate: boundedAuthenticate(options.authenticate ?? everybodyIsAnonymous, limits.host, watch),
    origins: new Origins(options.origins, (origin) => logForeignOrigin(log, origin)),
    metrics,
    report,
    log,
    limits: { ...engine.limits, ...limits.host },
    watch,
  }
  const http = new HttpDoor({ ...shared, readiness, handler })
  const modelNames = new Set(models.map(({ name }) => name))
  const webSockets = new WebSocketDoors({ ...shared, buffers, modelNames, traffic })
  const server = options.server ?? makeHttpServer(options.tls, limits.host, watch)
  connections.watch(server)
  await engine.start()
  const { closeMsMax } = limits.host
  return new FoldbackServer({ server, engine, http, webSockets, readiness, watch, log, closeMsMax })
}
