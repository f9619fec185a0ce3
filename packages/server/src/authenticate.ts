import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { FoldbackError, isStreamId } from '@foldback/core'
import type { Session } from '@foldback/engine'

/** What is known of somebody who knocks at a door. */
export interface Caller {
  /** From `Authorization: Bearer …`; on the sync door from the `hello`, where that has one. */
  readonly token: string | undefined
  /** The headers of the request, or of the request that became the WebSocket. */
  readonly headers: IncomingHttpHeaders
  /** Path and query of that request. */
  readonly url: string
  readonly remoteAddress: string | undefined
}

/**
 * Who somebody is: `actor` names the user in 1 to 200 characters, `claims` is whatever the rules want to know,
 * `expiresAt` is when the login ends, in milliseconds since 1970, and `countedAs` keeps apart, for limits, those who
 * have one actor in common.
 */
export type Identity = Pick<Session, 'actor'> & Partial<Session>

/** Finds out who is speaking; undefined for somebody unknown. What it throws is the server's fault, not theirs. */
export type Authenticate = (caller: Caller) => Identity | undefined | Promise<Identity | undefined>

/** In 1973: a number below it was meant to be seconds. */
const expiresAtMin = 100_000_000_000

const noClaims: Session['claims'] = Object.freeze({})

/** One actor for all, but each address has its own share of what one user may do. */
export const everybodyIsAnonymous: Authenticate = ({ remoteAddress = 'unknown' }) => ({
  actor: 'anonymous',
  countedAs: remoteAddress,
})

/** @throws FoldbackError `misconfigured`, when `authenticate` returned what is no identity. */
export async function identify(authenticate: Authenticate, caller: Caller): Promise<Session | undefined> {
  const found = await authenticate(caller)
  if (found === undefined) return undefined
  const { actor, claims = noClaims, countedAs, expiresAt } = found
  if (!isStreamId(actor)) {
    throw new FoldbackError(
      'misconfigured',
      'authenticate must return { actor } with a string of 1 to 200 characters, or undefined',
    )
  }
  if (countedAs !== undefined && !isStreamId(countedAs)) {
    throw new FoldbackError(
      'misconfigured',
      'authenticate may return countedAs with a string of 1 to 200 characters, or leave it out',
    )
  }
  const session = { actor, claims, ...(countedAs !== undefined && { countedAs }) }
  if (expiresAt === undefined) return session
  if (!Number.isSafeInteger(expiresAt) || expiresAt < expiresAtMin) {
    throw new FoldbackError(
      'misconfigured',
      'authenticate must return expiresAt in whole milliseconds since 1970; the exp of a JWT is in seconds',
    )
  }
  return { ...session, expiresAt }
}

/** Who sent a request. @throws FoldbackError `unauthenticated`, `login-expired`, `misconfigured`. */
export async function identifyRequest(
  authenticate: Authenticate,
  request: IncomingMessage,
): Promise<Session> {
  const session = await identify(authenticate, callerOf(request))
  if (session === undefined) throw new FoldbackError('unauthenticated')
  if ((session.expiresAt ?? Infinity) <= Date.now()) throw new FoldbackError('login-expired')
  return session
}

/** Who sends a request, as far as it says so itself. */
export function callerOf({ headers, url = '', socket }: IncomingMessage): Caller {
  const token = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  return { token, headers, url, remoteAddress: socket.remoteAddress }
}
