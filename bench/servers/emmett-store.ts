import { join } from 'node:path'
import { getSQLiteEventStore, sqliteConnection, type SQLiteEventStore } from '@event-driven-io/emmett-sqlite'
import type { OrderAction } from '../model.ts'

/**
 * Emmett's event store on SQLite, `synchronous=FULL`. All its calls share one connection; by default it opens one for
 * each call, which costs several times as much. They must come one after the other: what two do at once would be one
 * transaction.
 */
export async function openEmmett(folder: string): Promise<SQLiteEventStore> {
  const fileName = join(folder, 'events.db')
  const connection = sqliteConnection({ fileName })
  await connection.command('PRAGMA synchronous = FULL')
  const store = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } })
  await store.schema.migrate()
  return store
}

/** As Emmett has it: the type, and the data beside it. */
export function eventOf({ type, payload }: OrderAction) {
  return { type, data: { ...payload } }
}
