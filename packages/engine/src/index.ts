export { Tally } from './bounds/tally.ts'
export { type BucketLimits, TokenBuckets } from './bounds/token-buckets.ts'
export { type Arrival, Engine, type EngineLoad, type EngineOptions } from './engine.ts'
export type {
  AppendBatch,
  AppendUnit,
  EventStore,
  Forget,
  LanePlace,
  ListedHead,
  ListRequest,
  MissingEvents,
  NewEvent,
  NewRecord,
  OpenedLog,
  ReadAnswer,
  ReadRequest,
  StoredEvent,
  StoredHead,
  StoredMark,
  StoredModel,
  StoredOutcome,
  StoredRecord,
  StoreListener,
  StoreTip,
  UnitOutcome,
} from './event-store.ts'
export { checkLimit, type EngineLimits, engineLimitsDefault } from './limits.ts'
export { noSuchRecord } from './no-such-record.ts'
export type { PlainFilter } from './sessions/plain-session.ts'
export type {
  ActionOutcome,
  ConnectedSession,
  Connection,
  EnginePorts,
  Hint,
  Incident,
  Origin,
  UnreadableFrame,
} from './ports.ts'
export type { Moment, RecordView } from './queries.ts'
export { countedAs } from './rules.ts'
export type { AnyRules, ModelRules, Rules, Session, StampedActionWithPayload, Verdict } from './rules.ts'
export type { Settlement } from './turns/submission.ts'
export type { Authenticate } from './sessions/sync-session.ts'
