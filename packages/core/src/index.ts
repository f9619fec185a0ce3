export {
  type Action,
  type ActionLimits,
  actionLimitsDefault,
  type ActionMeta,
  cancellation,
  type ParsedAction,
  parseAction,
  type ProposedMeta,
  type StampedAction,
  stampAction,
} from './action.ts'
export { type ErrorCode, errors, type Finality, statusOf } from './error.ts'
export type { FoldbackEvent, LogPosition, Position } from './event.ts'
export {
  foldAction,
  foldEvent,
  type FoldOutcome,
  initialState,
  isStreamId,
  lacksRecord,
  type RecordState,
  streamKey,
  type StreamRef,
  type StreamsOutcome,
  streamsOf,
} from './fold.ts'
export { FoldbackError, messageOf, type Refusal, refusal } from './foldback-error.ts'
export {
  findForbiddenKey,
  findNotJson,
  isDeeperThan,
  isLongerThan,
  isPlainObject,
  type Json,
  type JsonObject,
  type NotJson,
} from './json.ts'
export {
  type ActionCreators,
  type ActionOf,
  type AnyModel,
  defineModel,
  type EntityModel,
  type EntityOptions,
  type ModelKind,
  type ModelNamed,
  mergeKeyOf,
  modelsByName,
  type RecordOf,
  type SharedModel,
  type SharedOptions,
  sharedStream,
  type SliceLike,
  type StampedActionOf,
  type StreamIds,
  type UserModel,
  type UserOptions,
} from './model.ts'
export type { OutboxEntry, OutboxStorage, OutboxTransaction, Persistence } from './outbox.ts'
export type { Clock, Random } from './ports.ts'
export { type DownMessage, readDownMessage } from './protocol/down.ts'
export type { Events, WireEvent } from './protocol/events.ts'
export { closeCodes, decodeFrame, encodeFrame, protocolVersion, subprotocol } from './protocol/frame.ts'
export type { Gone } from './protocol/gone.ts'
export type { Hello, LaneClaim } from './protocol/hello.ts'
export type { Problem } from './protocol/problem.ts'
export type { Push } from './protocol/push.ts'
export type { Rejected } from './protocol/rejected.ts'
export type { Place, Settled } from './protocol/settled.ts'
export type { Snapshot } from './protocol/snapshot.ts'
export type { Subscribe } from './protocol/subscribe.ts'
export type { Synced } from './protocol/synced.ts'
export type { Unsubscribe } from './protocol/unsubscribe.ts'
export { readUpMessage, type UpMessage } from './protocol/up.ts'
export type { LaneMark, LaneRefusal, Welcome } from './protocol/welcome.ts'
export { type Applied, type Confirmed, type ReplicaEvent, StreamReplica } from './rebase.ts'
export { type StandardSchema, schemaFault } from './standard-schema.ts'
