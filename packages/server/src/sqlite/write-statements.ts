import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { prepareEvents } from './event-row.ts'
import { eventId, lastVersion } from './schema.ts'

/** Not INSERT OR REPLACE, which gives back the pages of a large record, to take them again. */
const orUpdateRecord = `ON CONFLICT (stream) DO UPDATE SET version = excluded.version,
  event_id = excluded.event_id, received_at = excluded.received_at, model_version = excluded.model_version,
  state = excluded.state`

/** The statements of the writer, prepared once. */
export class WriteStatements {
  readonly selectLog: StatementSync
  readonly selectDataVersion: StatementSync
  readonly updateSeq: StatementSync
  readonly countCommit: StatementSync
  readonly selectModel: StatementSync
  readonly selectActor: StatementSync
  readonly insertActor: StatementSync
  readonly selectLane: StatementSync
  readonly insertLane: StatementSync
  readonly updateLane: StatementSync
  readonly selectStream: StatementSync
  readonly insertStream: StatementSync
  readonly selectShape: StatementSync
  readonly insertShape: StatementSync
  /** Of an event whose action has a shape. */
  readonly insertEvent: StatementSync
  /** Of an event whose action is kept whole. */
  readonly insertWholeEvent: StatementSync
  readonly selectEvents: StatementSync
  readonly writeRecord: StatementSync
  /** Writes nothing where the event with that version has another id. */
  readonly writeRecordOfEvent: StatementSync
  readonly insertOutcome: StatementSync
  readonly forgetOutcomes: StatementSync
  readonly selectExpiredLanes: StatementSync
  readonly deleteOutcomes: StatementSync
  readonly deleteLane: StatementSync

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql)
    this.selectLog = prepare('SELECT generation, seq FROM _log')
    this.selectDataVersion = prepare('PRAGMA data_version')
    this.updateSeq = prepare('UPDATE _log SET seq = ?')
    this.countCommit = prepare('UPDATE _log SET commits = commits + 1')
    this.selectModel = prepare('SELECT id FROM _models WHERE name = ?')
    this.selectActor = prepare('SELECT id FROM _actors WHERE name = ?')
    this.insertActor = prepare('INSERT INTO _actors (name) VALUES (?)')
    this.selectLane = prepare(
      'SELECT l.id, a.name AS actor, l.n FROM _lanes l JOIN _actors a ON a.id = l.actor WHERE l.name = ?',
    )
    this.insertLane = prepare('INSERT INTO _lanes (name, actor, n, moved_at) VALUES (?, ?, 0, ?)')
    this.updateLane = prepare('UPDATE _lanes SET n = ?, moved_at = ? WHERE id = ?')
    this.selectStream = prepare(
      `SELECT s.id, ${lastVersion} AS version FROM _streams s WHERE s.model = ? AND s.name = ?`,
    )
    this.insertStream = prepare('INSERT INTO _streams (model, name) VALUES (?, ?)')
    this.selectShape = prepare('SELECT id FROM _shapes WHERE head = ? AND tail = ?')
    this.insertShape = prepare('INSERT INTO _shapes (head, tail) VALUES (?, ?)')
    this.insertEvent = prepare(`
      INSERT INTO _events (seq, stream, version, actor, received_at, lane, n, id, action, shape, age)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    // The id is left out where reading it from the action gives it back exactly.
    this.insertWholeEvent = prepare(`
      INSERT INTO _events (seq, stream, version, actor, received_at, lane, n, id, action)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
        CASE WHEN json_valid(?9) AND ?9 ->> '$.meta.foldback.id' IS ?8 THEN NULL ELSE ?8 END, ?9)`)
    this.selectEvents = prepareEvents(database)
    const insertRecord = 'INSERT INTO _records (stream, version, event_id, received_at, model_version, state)'
    this.writeRecord = prepare(`${insertRecord} VALUES (?, ?, ?, ?, ?, ?) ${orUpdateRecord}`)
    this.writeRecordOfEvent = prepare(`
      ${insertRecord}
      SELECT e.stream, e.version, ?3, ?4, ?5, ?6 FROM _events e
      WHERE e.stream = ?1 AND e.version = ?2 AND ${eventId} = ?3
      ${orUpdateRecord}`)
    this.insertOutcome = prepare('INSERT INTO _outcomes (lane, n, outcome) VALUES (?, ?, ?)')
    this.forgetOutcomes = prepare('DELETE FROM _outcomes WHERE lane = ? AND n <= ?')
    this.selectExpiredLanes = prepare(
      `SELECT id FROM _lanes WHERE instr(name, ':') > 0 AND moved_at < ? ORDER BY moved_at LIMIT ?`,
    )
    this.deleteOutcomes = prepare('DELETE FROM _outcomes WHERE lane = ?')
    this.deleteLane = prepare('DELETE FROM _lanes WHERE id = ?')
  }
}
