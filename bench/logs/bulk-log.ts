import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { AnyModel } from '@foldback/core'
import { createServer, sqlite } from '@foldback/server'

/*
 * Writes a log of millions of events in a minute, where a server would take a quarter of an hour: the server makes the
 * file, and the rows are written by SQL as the server writes them. What comes out is what the server would have left
 * when it was closed, but for how full the pages are; a test opens one with a server and looks at all of it.
 */

const lanesCount = 20
const eventsPerMillisecond = 20
const eventsPerTransaction = 200_000
const idLength = 22
/** Milliseconds that an action was on its way. */
const age = 3
const cacheBytes = 1024 ** 3

interface Stream {
  readonly row: number
  version: number
  seq: number
}

interface Statements {
  readonly insertEvent: StatementSync
  readonly insertStream: StatementSync
  readonly insertRecord: StatementSync
  readonly insertShape: StatementSync
}

export class BulkLog {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #model: number
  readonly #streams = new Map<string, Stream>()
  /** By type. */
  readonly #shapes = new Map<string, number>()
  readonly #beganAt = Date.now()
  #seq = 0

  private constructor(path: string, model: string) {
    this.#database = new DatabaseSync(path)
    // Whoever is interrupted begins anew, so nothing needs to be safe before the end.
    this.#database.exec(`PRAGMA synchronous = OFF; PRAGMA cache_size = ${-cacheBytes / 1024}; BEGIN`)
    const row = this.#database.prepare('SELECT id FROM _models WHERE name = ?').get(model)
    this.#model = Number(row?.['id'])
    this.#statements = statementsOf(this.#database)
    this.#insertLanes()
  }

  /** @param path where there is nothing yet. */
  static async make(path: string, model: AnyModel): Promise<BulkLog> {
    const server = await createServer({ models: [model], store: sqlite(path), log: 'error' })
    await server.close()
    return new BulkLog(path, model.name)
  }

  /** The next event. @param payload as JSON. */
  add(name: string, type: string, payload: string): void {
    const stream = this.#stream(name)
    const seq = (this.#seq += 1)
    stream.version += 1
    stream.seq = seq
    const lane = laneOf(seq)
    this.#statements.insertEvent.run(
      seq,
      stream.row,
      stream.version,
      lane,
      this.#receivedAtOf(seq),
      lane,
      placeOf(seq),
      idOf(seq),
      payload,
      this.#shape(type),
      age,
    )
    if (seq % eventsPerTransaction === 0) this.#database.exec('COMMIT; BEGIN')
  }

  /** The record of a stream, as it is after its last event. @param state as JSON. */
  keep(name: string, state: string): void {
    const { row, version, seq } = this.#stream(name)
    this.#statements.insertRecord.run(row, version, idOf(seq), this.#receivedAtOf(seq), state)
  }

  close(): void {
    for (const [name, { row }] of this.#streams) this.#statements.insertStream.run(row, this.#model, name)
    const moveLane = this.#database.prepare('UPDATE _lanes SET n = ? WHERE id = ?')
    for (let seq = Math.max(1, this.#seq - lanesCount + 1); seq <= this.#seq; seq++)
      moveLane.run(placeOf(seq), laneOf(seq))
    this.#database.exec(`
      UPDATE _log SET seq = ${this.#seq}, commits = commits + 1;
      COMMIT`)
    this.#database.close()
  }

  #receivedAtOf(seq: number): number {
    return this.#beganAt + Math.floor(seq / eventsPerMillisecond)
  }

  #stream(name: string): Stream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = { row: this.#streams.size + 1, version: 0, seq: 0 }
      this.#streams.set(name, stream)
    }
    return stream
  }

  #shape(type: string): number {
    let shape = this.#shapes.get(type)
    if (shape === undefined) {
      const head = `{"type":${JSON.stringify(type)},"payload":`
      shape = Number(this.#statements.insertShape.run(head, '}}}').lastInsertRowid)
      this.#shapes.set(type, shape)
    }
    return shape
  }

  #insertLanes(): void {
    const insertActor = this.#database.prepare('INSERT INTO _actors (id, name) VALUES (?, ?)')
    const insertLane = this.#database.prepare(
      'INSERT INTO _lanes (id, name, actor, n, moved_at) VALUES (?, ?, ?, 0, ?)',
    )
    for (let id = 1; id <= lanesCount; id++) {
      insertActor.run(id, `writer-${id}`)
      insertLane.run(id, `lane${idOf(id)}`, id, this.#beganAt)
    }
  }
}

function statementsOf(database: DatabaseSync): Statements {
  return {
    insertEvent: database.prepare(`
      INSERT INTO _events (seq, stream, version, actor, received_at, lane, n, id, action, shape, age)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertStream: database.prepare('INSERT INTO _streams (id, model, name) VALUES (?, ?, ?)'),
    insertRecord: database.prepare(`
      INSERT INTO _records (stream, version, event_id, received_at, model_version, state)
      VALUES (?, ?, ?, ?, 1, ?)`),
    insertShape: database.prepare('INSERT INTO _shapes (head, tail) VALUES (?, ?)'),
  }
}

/** The lanes take turns. */
const laneOf = (seq: number): number => ((seq - 1) % lanesCount) + 1
const placeOf = (seq: number): number => Math.floor((seq - 1) / lanesCount) + 1

/** As long as the ids that clients make. */
function idOf(seq: number): string {
  return `${seq.toString(36)}-`.padEnd(idLength, 'Foldback-bench-log-events')
}
