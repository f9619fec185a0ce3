import type { LogPosition, Position } from '../event.ts'
import { type Fields, isCount, isFields, isName, isOptional } from './check.ts'

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

export function readSubscribe(fields: Fields): Subscribe | undefined {
  const { model, id, since, sinceLog } = fields
  if (!isName(model) || !isOptional(id, isName)) return undefined
  if (!isOptional(since, isPosition) || !isOptional(sinceLog, isLogPosition)) return undefined
  return {
    type: 'subscribe',
    model,
    ...(id !== undefined && { id }),
    ...(since !== undefined && { since }),
    ...(sinceLog !== undefined && { sinceLog }),
  }
}

function isPosition(value: unknown): value is Position {
  return isFields(value) && isCount(value['version']) && isName(value['id'])
}

function isLogPosition(value: unknown): value is LogPosition {
  return isFields(value) && isCount(value['seq']) && isName(value['id'])
}
