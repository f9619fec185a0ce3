export { browserPorts } from './browser-ports.ts'
export type { ClientLimits } from './client-session.ts'
export {
  type AnySync,
  clientLimitsDefault,
  createSync,
  type Release,
  type Settling,
  type StateOf,
  type Sync,
  type SyncMiddleware,
  type SyncOptions,
  type SyncReducers,
} from './create-sync.ts'
export type { Divergence } from './divergence.ts'
export { type Outcome, RejectedError } from './entry.ts'
export {
  isLost,
  isReceived,
  isRejected,
  type LostAction,
  type ReceivedAction,
  type ReceivedEvent,
  type ReceivedRecord,
  type RejectedAction,
} from './foldback-actions.ts'
export type { EntityState } from './model-state.ts'
export { indexedDb } from './outbox/indexeddb.ts'
export { memoryOutbox } from './outbox/memory-outbox.ts'
export type { Rejection } from './outbox/rejections.ts'
export type { ClientPorts, Connect, Hint, Socket, SocketHandlers } from './ports.ts'
export type { SyncPhase, SyncStatus } from './status.ts'
export type { Route, StoreApi } from './store-door.ts'
