import type { Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import { type AnyModel, FoldbackError, type PurityLimits } from '@foldback/core'
import type { EngineLimits, EventStore, Rules } from '@foldback/engine'
import type { Authenticate } from './authenticate.ts'
import type { Handler } from './http/handler.ts'
import type { LogOption } from './log.ts'
import type { OriginsOption } from './origins.ts'

export interface ServerOptions<Models extends readonly AnyModel[]> {
  /** The models of the application, the same as in its clients. */
  readonly models: Models
  /** Where events and records are kept, such as `sqlite('data/orders.db')`. */
  readonly store: EventStore
  /** Finds out who is speaking. Without it everybody is `anonymous`. */
  readonly authenticate?: Authenticate
  /** What users may do and read, by model. Without it they may do everything. */
  readonly rules?: Rules<Models>
  /** Bounds that are to be others than the defaults. */
  readonly limits?: Partial<EngineLimits>
  /** Answers the HTTP requests that are for none of the doors, such as those for the web app. */
  readonly handler?: Handler
  /** What is logged to stderr. @default 'info' */
  readonly log?: LogOption
  /** Logs which reducers are not pure, at some cost for each action. @default true, unless NODE_ENV is 'production' */
  readonly development?: boolean | Partial<PurityLimits>
  /**
   * Which pages may use this server from a browser. @default those of the host that they ask, and those of this
   * machine where they ask this machine, at any port
   */
  readonly origins?: OriginsOption
  /** `{ key, cert }`, and whatever else Node's TLS takes: the doors are `https:` and `wss:` then. */
  readonly tls?: TlsOptions
  /** A server to use instead of a new one. Nobody else may answer its requests. */
  readonly server?: Server | HttpsServer
}

const names: { readonly [Name in keyof ServerOptions<readonly AnyModel[]>]-?: true } = {
  models: true,
  store: true,
  authenticate: true,
  rules: true,
  limits: true,
  handler: true,
  log: true,
  development: true,
  origins: true,
  tls: true,
  server: true,
}

/** @throws FoldbackError `misconfigured`, with the name of what is wrong. */
export function checkOptions(options: ServerOptions<readonly AnyModel[]>): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) throw misconfigured(`createServer has no option ${name}`)
  }
  // Whoever writes JavaScript has no compiler to say so.
  const { models, store, server, tls } = options as Partial<ServerOptions<readonly AnyModel[]>>
  if (!Array.isArray(models)) throw misconfigured('models must be a list of what defineModel returned')
  if (store === undefined) throw misconfigured("store is missing; sqlite('data.db') makes one")
  if (server !== undefined && tls !== undefined) {
    throw misconfigured('server and tls exclude each other: give the server its own certificate')
  }
  for (const event of ['request', 'upgrade']) {
    if (server !== undefined && server.listenerCount(event) > 0) {
      throw misconfigured(`something answers each ${event} of the server already; give it as handler instead`)
    }
  }
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}
