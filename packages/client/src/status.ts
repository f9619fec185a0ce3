import type { Persistence } from '@foldback/core'

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
  /** How many of them are safe on this device: they outlive the page as `storage` says. */
  readonly queued: number
  /**
   * How safe the device keeps them. `durable`: until the app's data are deleted. `best-effort`: the browser may delete
   * them when it is short of room. `page`: until the page closes. `opening`: not known yet.
   */
  readonly storage: 'opening' | Persistence
  /** The user the server takes this client for, or took it for last; undefined before the first connection. */
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
  queued: 0,
  storage: 'opening',
  actor: undefined,
  retryAt: undefined,
  error: undefined,
  isOutdated: false,
}
