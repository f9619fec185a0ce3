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
  type Versions,
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
  type RecordIdOf,
  type RecordOf,
  type SharedModel,
  type SingleOptions,
  sharedStream,
  type SliceLike,
  type StampedActionOf,
  type StreamIdOf,
  type StreamIds,
  type Upcast,
  type UserModel,
  type WrittenAction,
} from './model.ts'
export type { OutboxEntry, OutboxStorage, OutboxTransaction, Persistence } from './outbox.ts'
export { type Clock, delayMsMax, type Random } from './ports.ts'
export type { Check } from './protocol/check-message.ts'
export type { Diverged } from './protocol/diverged.ts'
export { type DownMessage, readDownMessage } from './protocol/down.ts'
export type { Events, WireEvent } from './protocol/events.ts'
export { closeCodes, decodeFrame, encodeFrame, protocolVersion, subprotocol } from './protocol/frame.ts'
export type { Gone } from './protocol/gone.ts'
export type { Hello, LaneClaim } from './protocol/hello.ts'
export type { Ping } from './protocol/ping.ts'
export type { Pong } from './protocol/pong.ts'
export type { Problem } from './protocol/problem.ts'
export type { Push } from './protocol/push.ts'
export type { Rejected } from './protocol/rejected.ts'
export type { Renewed } from './protocol/renewed.ts'
export type { Place, Settled } from './protocol/settled.ts'
export type { Snapshot } from './protocol/snapshot.ts'
export type { Subscribe } from './protocol/subscribe.ts'
export type { Synced } from './protocol/synced.ts'
export type { Token } from './protocol/token.ts'
export type { Unsubscribe } from './protocol/unsubscribe.ts'
export { readUpMessage, type UpMessage } from './protocol/up.ts'
export type { LaneMark, LaneRefusal, Welcome } from './protocol/welcome.ts'
export { PurityCheck, type PurityParts } from './purity/purity-check.ts'
export { type PurityLimits, purityLimitsDefault } from './purity/purity-limits.ts'
export { type Applied, type Confirmed, type ReplicaEvent, StreamReplica } from './rebase.ts'
export { stateHash } from './state-hash.ts'
export { type StandardSchema, schemaFault } from './standard-schema.ts'
export { upcastAction, type UpcastOutcome, versionsOf } from './upcast.ts'
