import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A header that proxies set, so that one id names a request in their logs and in ours. */
export const requestIdHeader = 'x-request-id'

const idForm = /^[\w.:-]{1,64}$/
const idBytes = 12

/** What names a request in the log: the id that came with it, if it is one; else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[requestIdHeader]
  return typeof given === 'string' && idForm.test(given) ? given : randomBytes(idBytes).toString('base64url')
}
