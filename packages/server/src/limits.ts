import { FoldbackError } from '@foldback/core'
import { checkLimit, type EngineLimits, engineLimitsDefault } from '@foldback/engine'

/** Every bound of the Node host. Each has a default, and a server option of the same name. */
export interface HostLimits {
  /** Connections of all kinds that are open at one time. More are answered with 503 and closed. */
  readonly connectionsMax: number
  /** Connections from one address. Behind a proxy everybody has the proxy's address: raise it, and let the proxy bound. */
  readonly connectionsPerAddressMax: number
  /** Calls of `authenticate` under way at one time. More are refused as `busy`. */
  readonly authenticationsMax: number
  /** Milliseconds for one call of `authenticate`, which is then given up as `busy`. */
  readonly authenticationMsMax: number
  /** Milliseconds from connecting, or from the end of the request before, to the last header of a request. */
  readonly headersMsMax: number
  /** Milliseconds to the last byte of a request, and for which nobody takes anything of its answer. */
  readonly requestMsMax: number
  /** HTTP requests that have come whole and are being answered at one time. More are refused as `busy`. */
  readonly requestsMax: number
  /** Actions in one `POST /actions`. */
  readonly requestActionsMax: number
  /**
   * Bytes that are read in a second from one WebSocket, or in requests and answers of one user, over a while. What is
   * more waits at the sender; over HTTP it is refused as `rate-limited`.
   */
  readonly bytesPerSecondMax: number
  /** Bytes that are read at once after a pause. */
  readonly bytesBurstMax: number
  /** Percent of the server's time that large frames of one WebSocket, or bodies of one user, may take, over a while. */
  readonly handlingPercentMax: number
  /** Bytes that wait for all readers together. Then the slowest is closed as `too-slow`. */
  readonly bufferedBytesOfAllMax: number
  /** Milliseconds for which `close` waits for what is under way; then it is cut off. */
  readonly closeMsMax: number
  /** Milliseconds that the store may take to answer `/readyz`; then the server is not ready. */
  readonly probeMsMax: number
}

/** Every bound of a server. */
export interface ServerLimits extends EngineLimits, HostLimits {}

const hostLimitsDefault: HostLimits = {
  connectionsMax: 20_000,
  connectionsPerAddressMax: 2_000,
  authenticationsMax: 500,
  authenticationMsMax: 10_000,
  headersMsMax: 10_000,
  requestMsMax: 60_000,
  requestsMax: 500,
  requestActionsMax: 10_000,
  bytesPerSecondMax: 1024 * 1024,
  bytesBurstMax: 4 * 1024 * 1024,
  handlingPercentMax: 2,
  bufferedBytesOfAllMax: 256 * 1024 * 1024,
  closeMsMax: 10_000,
  probeMsMax: 5_000,
}

export const serverLimitsDefault: ServerLimits = { ...engineLimitsDefault, ...hostLimitsDefault }

/** Limits that are not counted by their names: another metric shows them, another limit takes effect, or nothing does. */
export const uncountedLimits: ReadonlySet<string> = new Set<keyof ServerLimits>([
  'actionDepthMax',
  'actionValuesMax',
  'actionStreamsMax',
  'actionsBurstMax',
  'bytesBurstMax',
  'handlingPercentMax',
  'ratedUsersMax',
  'cachedRecordBytesMax',
  'cachedLanesMax',
  'restMs',
  'idempotencyMs',
])

/**
 * The host's bounds, and the changes that are for the engine, which checks them.
 * @throws FoldbackError `misconfigured`, with the name of what is no whole number above 0, or no time that a timer can wait.
 */
export function splitLimits(changes: Partial<ServerLimits>): {
  readonly host: HostLimits
  readonly engine: Partial<EngineLimits>
} {
  if (typeof changes !== 'object' || changes === null)
    throw new FoldbackError('misconfigured', 'limits must be an object, such as { frameBytesMax: 65_536 }')
  const host: Record<string, number> = { ...hostLimitsDefault }
  const engine: Record<string, number> = {}
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(hostLimitsDefault, name)) {
      engine[name] = value
      continue
    }
    checkLimit(name, value)
    host[name] = value
  }
  return { host: host as unknown as HostLimits, engine }
}
