/** Where the connection stands. */
export type SyncPhase =
  /** `connect` has not been called. */
  | 'idle'
  /** A connection is being opened. */
  | 'connecting'
  /** The server is there, and actions go to it at once. */
  | 'connected'
  /** The connection was lost or not to be had; it will be tried again by itself. */
  | 'waiting'
  /** `disconnect` was called. */
  | 'disconnected'
  /** The server does not know the user, or the login has expired: sign in, and call `connect` again. What waits is kept. */
  | 'signed-out'
  /** It will not be tried again by itself: see `error`. */
  | 'failed'

export interface SyncStatus {
  readonly phase: SyncPhase
  /** Actions that are not settled. */
  readonly pending: number
  /** The user the server takes this client for; undefined before the first connection. */
  readonly actor: string | undefined
  /** When `waiting`: milliseconds since 1970 at which the next try begins; undefined while the device is offline. */
  readonly retryAt: number | undefined
  /** What went wrong last, while it matters. */
  readonly error: { readonly code: string; readonly message: string } | undefined
  /** True when the server runs other versions of the models: reload the page to get the new ones. */
  readonly isOutdated: boolean
}

export const statusAtStart: SyncStatus = {
  phase: 'idle',
  pending: 0,
  actor: undefined,
  retryAt: undefined,
  error: undefined,
  isOutdated: false,
}
