export {
  type ModelRules,
  noSuchRecord,
  type Rules,
  type Session,
  type StampedActionWithPayload,
  type Verdict,
} from '@foldback/engine'
export type { Authenticate, Caller, Identity } from './authenticate.ts'
export { createServer } from './create-server.ts'
export { closeOnSignals } from './close-on-signals.ts'
export type { CloseOptions, FoldbackServer } from './foldback-server.ts'
export type { Handler } from './http/handler.ts'
export { type ServerLimits, serverLimitsDefault } from './limits.ts'
export type { LogOption } from './log.ts'
export type { OriginsOption } from './origins.ts'
export type { ServerOptions } from './server-options.ts'
export { sqlite, type SqliteOptions } from './sqlite/sqlite-store.ts'
