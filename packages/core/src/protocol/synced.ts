import type { LogPosition } from '../event.ts'
import { isBoolean, isCount, isName, isObjectOf, isText, readerOf } from './check.ts'

/**
 * Server → client: a subscription to all records of a model has been answered in full up to `position`. With
 * `complete`, every record there is was sent, and those not sent do not exist; without, those that have changed
 * since the position the client gave.
 */
export interface Synced {
  readonly type: 'synced'
  readonly model: string
  readonly complete: boolean
  readonly position: LogPosition
}

export const readSynced = readerOf<Synced>('synced', {
  model: isName,
  complete: isBoolean,
  // The id of the empty log's position is empty.
  position: isObjectOf<LogPosition>({ seq: isCount, id: isText }),
})
