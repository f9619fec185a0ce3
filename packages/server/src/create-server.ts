import { createServer as createHttpServer } from 'node:http'
import { type AnyModel, FoldbackError } from '@foldback/core'
import { Engine, type Incident } from '@foldback/engine'
import { everybodyIsAnonymous } from './authenticate.ts'
import { FoldbackServer } from './foldback-server.ts'
import { HttpDoor } from './http/http-door.ts'
import { IncidentLog } from './incident-log.ts'
import { makeLog } from './log.ts'
import { Metrics } from './metrics.ts'
import { nodePorts } from './node-ports.ts'
import { Readiness } from './readiness.ts'
import { splitLimits } from './server-limits.ts'
import { checkOptions, type ServerOptions } from './server-options.ts'
import { watchedModels } from './watched-models.ts'
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
  const { models, store, authenticate = everybodyIsAnonymous, rules = {}, handler } = options
  const limits = splitLimits(options.limits)
  const log = makeLog(options.log)
  const traffic = { sync: new Traffic(), plain: new Traffic() }
  const metrics = new Metrics({
    models: models.map(({ name }) => name),
    load: () => engine.load,
    traffic: (door) => traffic[door],
  })
  const incidents = new IncidentLog(log)
  const readiness = new Readiness({ store, probeMsMax: limits.server.probeMsMax, log })
  const report = (incident: Incident): void => {
    metrics.incident(incident.code)
    incidents.write(incident)
    if (incident.code === 'store-lost') readiness.lose(new FoldbackError('store-lost'))
  }
  const ports = nodePorts({
    store,
    report,
    counted: (outcome, code, lagMs) => metrics.action(outcome, code, lagMs),
    turned: (actionCount, commitMs) => metrics.turn(actionCount, commitMs),
    committed: (seconds) => metrics.commit(seconds),
    diverged: (model) => metrics.divergence(model),
  })
  const engine = new Engine({ models: watchedModels(options, log), rules, limits: limits.engine, ports })
  const shared = { engine, authenticate, metrics, report, log }
  const http = new HttpDoor({ ...shared, readiness, handler })
  const modelNames = new Set(models.map(({ name }) => name))
  const webSockets = new WebSocketDoors({ ...shared, modelNames, traffic })
  await engine.start()
  const server = options.server ?? createHttpServer({ shouldUpgradeCallback: isForWebSocket })
  const { closeMsMax } = limits.server
  return new FoldbackServer({ server, engine, http, webSockets, readiness, log, closeMsMax })
}

/** Some clients offer HTTP/2 by the same header (`Upgrade: h2c`); that offer is passed over, as it should be. */
function isForWebSocket({ headers }: { headers: { upgrade?: string | undefined } }): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}
