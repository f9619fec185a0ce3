import type { LogPosition } from '../event.ts'
import { type Fields, isCount, isFields, isName, isText } from './check.ts'

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

export function readSynced(fields: Fields): Synced | undefined {
  const { model, complete, position } = fields
  if (!isName(model) || typeof complete !== 'boolean' || !isFields(position)) return undefined
  if (!isCount(position['seq']) || !isText(position['id'])) return undefined
  return { type: 'synced', model, complete, position: { seq: position['seq'], id: position['id'] } }
}
