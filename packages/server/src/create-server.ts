import type { AnyModel } from '@foldback/core'
import { Engine, type Incident } from '@foldback/engine'
import { everybodyIsAnonymous } from './authenticate.ts'
import { FoldbackServer } from './foldback-server.ts'
import { HttpDoor } from './http/http-door.ts'
import { makeHttpServer } from './http-server.ts'
import { logForeignOrigin, logIncident, makeLog } from './log.ts'
import { Metrics } from './metrics.ts'
import { nodePorts } from './node-ports.ts'
import { Origins } from './origins.ts'
import { Readiness } from './readiness.ts'
import { checkOptions, type ServerOptions } from './server-options.ts'
import { watchedModels } from './watched-models.ts'
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
  const { models, store, authenticate = everybodyIsAnonymous, rules = {}, limits = {}, handler } = options
  const log = makeLog(options.log)
  const metrics = new Metrics(() => engine.load)
  const report = (incident: Incident): void => {
    metrics.incident(incident.code)
    logIncident(log, incident)
  }
  const ports = nodePorts({
    store,
    report,
    counted: (outcome, code) => metrics.action(outcome, code),
    diverged: (model) => metrics.divergence(model),
  })
  const engine = new Engine({ models: watchedModels(options, log), rules, limits, ports })
  const origins = new Origins(options.origins, (origin) => logForeignOrigin(log, origin))
  const shared = { engine, authenticate, origins, metrics, report }
  const readiness = new Readiness(store)
  const http = new HttpDoor({ ...shared, readiness, handler })
  const webSockets = new WebSocketDoors({ ...shared, modelNames: new Set(models.map(({ name }) => name)) })
  const server = options.server ?? makeHttpServer(options.tls)
  await engine.start()
  return new FoldbackServer({ server, engine, http, webSockets, readiness })
}
