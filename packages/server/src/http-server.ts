import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import { FoldbackError, messageOf } from '@foldback/core'

/**
 * A server for the doors; with TLS, and with nothing else, when there are options for it.
 * @throws FoldbackError `misconfigured`, when there is no certificate or it cannot be used.
 */
export function makeHttpServer(tls: TlsOptions | undefined): Server | HttpsServer {
  if (tls === undefined) return createHttpServer({ shouldUpgradeCallback: isForWebSocket })
  const hasCertificate = (tls.key !== undefined && tls.cert !== undefined) || tls.pfx !== undefined
  if (!hasCertificate && tls.SNICallback === undefined) {
    throw new FoldbackError('misconfigured', 'tls needs key and cert, or pfx')
  }
  try {
    return createHttpsServer({ ...tls, shouldUpgradeCallback: isForWebSocket })
  } catch (cause) {
    throw new FoldbackError('misconfigured', `tls cannot be used: ${messageOf(cause)}`, { cause })
  }
}

/** Some clients offer HTTP/2 by the same header (`Upgrade: h2c`); that offer is passed over, as it should be. */
function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}
