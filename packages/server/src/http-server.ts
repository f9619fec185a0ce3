import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
} from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import { FoldbackError, messageOf } from '@foldback/core'
import type { LimitWatch } from './limit-watch.ts'
import type { HostLimits } from './limits.ts'
import { watchSlowRequests } from './slow-requests.ts'

/**
 * A server for the doors; with TLS, and with nothing else, when there are options for it. Who is slow to say what they
 * want is not waited for longer than the limits say.
 * @throws FoldbackError `misconfigured`, when there is no certificate or it cannot be used.
 */
export function makeHttpServer(
  tls: TlsOptions | undefined,
  limits: HostLimits,
  watch: LimitWatch,
): Server | HttpsServer {
  const server = tls === undefined ? createHttpServer(timesOf(limits)) : makeHttpsServer(tls, limits)
  watchSlowRequests(server, watch)
  return server
}

function makeHttpsServer(tls: TlsOptions, limits: HostLimits): HttpsServer {
  const hasCertificate = (tls.key !== undefined && tls.cert !== undefined) || tls.pfx !== undefined
  if (!hasCertificate && tls.SNICallback === undefined) {
    throw new FoldbackError('misconfigured', 'tls needs key and cert, or pfx')
  }
  try {
    return createHttpsServer({ handshakeTimeout: limits.headersMsMax, ...tls, ...timesOf(limits) })
  } catch (cause) {
    throw new FoldbackError('misconfigured', `tls cannot be used: ${messageOf(cause)}`, { cause })
  }
}

function timesOf({ headersMsMax, requestMsMax }: HostLimits): ServerOptions {
  const headersTimeout = Math.min(headersMsMax, requestMsMax)
  return {
    shouldUpgradeCallback: isForWebSocket,
    headersTimeout,
    requestTimeout: requestMsMax,
    // How often Node looks.
    connectionsCheckingInterval: Math.ceil(headersTimeout / 4),
  }
}

/** Some clients offer HTTP/2 by the same header (`Upgrade: h2c`); that offer is passed over, as it should be. */
function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}
