import type { LogPosition, Position } from '../event.ts'
import { isCount, isName, isObjectOf, isOptional, readerOf } from './check.ts'

/**
 * Client → server: keep me informed about one record, or, for an entity model without `id`, about all its
 * records. `since` says what the client has, so that only what is newer is sent.
 */
export interface Subscribe {
  readonly type: 'subscribe'
  readonly model: string
  readonly id?: string
  /** For one record: the event its confirmed state ends with. */
  readonly since?: Position
  /** For all records of a model: the position that the last `synced` gave, or a later event's. */
  readonly sinceLog?: LogPosition
}

export const readSubscribe = readerOf<Subscribe>('subscribe', {
  model: isName,
  id: isOptional(isName),
  since: isOptional(isObjectOf<Position>({ version: isCount, id: isName })),
  sinceLog: isOptional(isObjectOf<LogPosition>({ seq: isCount, id: isName })),
})
