import type { StoredEvent } from '@foldback/engine'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { actionText, eventId, withActionText } from './schema.ts'

/** A row of the statements below: a StoredEvent as SQLite spells it. */
export interface EventRow extends Omit<StoredEvent, 'lane' | 'n'> {
  readonly lane: string | null
  readonly n: number | null
}

/** Selects a stream's events: (stream, from version, at most). */
export function prepareEvents(database: DatabaseSync): StatementSync {
  return database.prepare(`
    SELECT ${eventId} AS id, e.version, e.seq, ${actionText} AS action, a.name AS actor,
      e.received_at AS receivedAt, l.name AS lane, e.n
    FROM _events e ${withActionText} LEFT JOIN _lanes l ON l.id = e.lane
    WHERE e.stream = ? AND e.version >= ? ORDER BY e.version LIMIT ?`)
}

/** For `LIMIT`: SQLite takes a negative one as none. */
export const noLimit = -1

export function selectRows(
  statement: StatementSync,
  stream: number,
  from: number,
  limit: number,
): readonly EventRow[] {
  return statement.all(stream, from, limit) as unknown as EventRow[]
}

export function selectEvents(
  statement: StatementSync,
  stream: number,
  from: number,
  limit: number,
): StoredEvent[] {
  return selectRows(statement, stream, from, limit).map((row) => ({
    ...row,
    lane: row.lane ?? undefined,
    n: (row.lane === null ? null : row.n) ?? undefined,
  }))
}
