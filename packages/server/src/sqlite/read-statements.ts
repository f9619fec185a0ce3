import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { prepareEvents } from './event-row.ts'
import { eventId, lastVersion } from './schema.ts'

const lastSeq = '(SELECT e.seq FROM _events e WHERE e.stream = s.id ORDER BY e.version DESC LIMIT 1)'

/** The statements of the reader, prepared once. */
export class ReadStatements {
  readonly selectStream: StatementSync
  readonly selectRecord: StatementSync
  readonly selectEvents: StatementSync
  readonly selectMark: StatementSync
  readonly selectOutcomes: StatementSync
  /** Looks at each stream of the model. */
  readonly listAll: StatementSync
  /** Looks at each event above the position. */
  readonly listRecent: StatementSync
  readonly selectEventId: StatementSync
  readonly selectTip: StatementSync

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql)
    this.selectStream = prepare(`
      SELECT s.id, s.name, ${lastVersion} AS version FROM _streams s JOIN _models m ON m.id = s.model
      WHERE m.name = ? AND s.name = ?`)
    this.selectRecord = prepare(`
      SELECT version, event_id AS eventId, received_at AS receivedAt, state, model_version AS modelVersion
      FROM _records WHERE stream = ?`)
    this.selectEvents = prepareEvents(database)
    this.selectMark = prepare(
      'SELECT a.name AS actor, l.n FROM _lanes l JOIN _actors a ON a.id = l.actor WHERE l.name = ?',
    )
    this.selectOutcomes = prepare(`
      SELECT o.n, o.outcome FROM _outcomes o JOIN _lanes l ON l.id = o.lane
      WHERE l.name = ? AND o.n BETWEEN ? AND ? ORDER BY o.n`)
    const ofModel = 's.model = (SELECT id FROM _models WHERE name = :model) AND s.name > :afterId'
    this.listAll = prepare(`
      SELECT s.id, s.name, ${lastVersion} AS version FROM _streams s
      WHERE ${ofModel} AND (:afterSeq = 0 OR ${lastSeq} > :afterSeq) ORDER BY s.name LIMIT :limit`)
    // CROSS JOIN keeps SQLite from beginning with the streams, NOT INDEXED from walking the index of all events.
    this.listRecent = prepare(`
      SELECT s.id, s.name, ${lastVersion} AS version
      FROM (SELECT DISTINCT stream FROM _events NOT INDEXED WHERE seq > :afterSeq) r
      CROSS JOIN _streams s ON s.id = r.stream WHERE ${ofModel} ORDER BY s.name LIMIT :limit`)
    this.selectEventId = prepare(`SELECT ${eventId} AS id FROM _events e WHERE seq = ?`)
    this.selectTip = prepare(`SELECT e.seq, ${eventId} AS id FROM _events e ORDER BY e.seq DESC LIMIT 1`)
  }
}
