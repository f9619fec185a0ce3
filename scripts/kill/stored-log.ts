import { DatabaseSync } from 'node:sqlite'
import {
  type AnyModel,
  foldEvent,
  initialState,
  type RecordState,
  type StampedAction,
  streamKey,
  streamsOf,
} from '@foldback/core'
import { isDeepStrictEqual } from 'node:util'

/*
 * Reads a database file by plain SQL, without a line of the store's code, and folds everything that is in it.
 */

interface EventRow {
  readonly seq: number
  readonly model: string
  readonly stream: string
  readonly version: number
  readonly actor: string
  readonly action: string
  readonly lane: string | null
  readonly n: number | null
}

interface RecordRow {
  readonly model: string
  readonly stream: string
  /** Null when no record is kept yet. */
  readonly version: number | null
  readonly state: string | null
  readonly lastVersion: number
}

interface Stream {
  version: number
  state: RecordState
}

const allEvents = `
  SELECT e.seq, m.name AS model, s.name AS stream, e.version, a.name AS actor, l.name AS lane, e.n,
    iif(e.shape IS NULL, e.action, concat(h.head, e.action, ',"meta":{"foldback":{"id":"', e.id,
      '","at":', e.received_at - e.age, ',"actor":"', a.name, '"', h.tail)) AS action
  FROM _events e JOIN _streams s ON s.id = e.stream JOIN _models m ON m.id = s.model
  JOIN _actors a ON a.id = e.actor LEFT JOIN _lanes l ON l.id = e.lane LEFT JOIN _shapes h ON h.id = e.shape
  ORDER BY e.seq`

const allRecords = `
  SELECT m.name AS model, s.name AS stream, r.version, r.state,
    (SELECT max(e.version) FROM _events e WHERE e.stream = s.id) AS lastVersion
  FROM _streams s JOIN _models m ON m.id = s.model LEFT JOIN _records r ON r.stream = s.id`

const allMarks = 'SELECT name AS lane, n FROM _lanes'

/** What is in a database file, and what is wrong with it whatever anybody was told. */
export class StoredLog {
  /** The state and version of each stream, folded from its first event. */
  readonly streams = new Map<string, Stream>()
  /** The streams that each action is recorded in, by its id. */
  readonly places = new Map<string, Set<string>>()
  readonly marks = new Map<string, number>()
  readonly integrity: string
  readonly doubled: string[] = []
  readonly wrongRecords: string[] = []
  /** Holes in versions, places that go back, actions in some of their streams only. */
  readonly disorder: string[] = []
  eventCount = 0
  readonly #models: ReadonlyMap<string, AnyModel>
  readonly #kept = new Map<string, RecordRow>()
  readonly #lastN = new Map<string, number>()
  /** In how many streams an action is to be, by its id; only where they are several. */
  readonly #streamCounts = new Map<string, number>()

  constructor(path: string, models: readonly AnyModel[]) {
    this.#models = new Map(models.map((model) => [model.name, model]))
    const database = new DatabaseSync(path, { readOnly: true })
    database.exec('BEGIN')
    const [row] = database.prepare('PRAGMA integrity_check').all()
    this.integrity = String(row?.['integrity_check'])
    for (const record of database.prepare(allRecords).iterate() as Iterable<unknown>) {
      const { model, stream } = record as RecordRow
      this.#kept.set(streamKey(model, stream), record as RecordRow)
    }
    for (const mark of database.prepare(allMarks).iterate() as Iterable<unknown>) {
      const { lane, n } = mark as { lane: string; n: number }
      this.marks.set(lane, n)
    }
    for (const event of database.prepare(allEvents).iterate() as Iterable<unknown>)
      this.#event(event as EventRow)
    database.close()
    this.#checkLastVersions()
    this.#checkPlaces()
  }

  /** The state of a record, as a full fold gives it. */
  stateOf(model: string, id: string): RecordState {
    return this.streams.get(streamKey(model, id))?.state ?? initialState(this.#models.get(model)!)
  }

  #event(row: EventRow): void {
    this.eventCount += 1
    const key = streamKey(row.model, row.stream)
    const action = JSON.parse(row.action) as StampedAction
    this.#place(row, key, action)
    this.#inLane(row)
    const stream = this.#streamOf(row.model, key)
    if (row.version !== stream.version + 1)
      this.disorder.push(`${key}: version ${row.version} follows ${stream.version}`)
    stream.version = row.version
    stream.state = foldEvent(this.#models.get(row.model)!, stream.state, action, (thrown) => {
      this.disorder.push(`${key}@${row.version} does not fold: ${String(thrown)}`)
    })
    const kept = this.#kept.get(key)
    if (kept?.version === row.version && !isDeepStrictEqual(JSON.parse(kept.state!), stream.state))
      this.wrongRecords.push(`${key}@${row.version}`)
  }

  #streamOf(model: string, key: string): Stream {
    let stream = this.streams.get(key)
    if (stream === undefined) {
      stream = { version: 0, state: initialState(this.#models.get(model)!) }
      this.streams.set(key, stream)
    }
    return stream
  }

  #place(row: EventRow, key: string, action: StampedAction): void {
    const { id } = action.meta.foldback
    const places = this.places.get(id) ?? new Set()
    this.places.set(id, places)
    if (places.has(key)) this.doubled.push(`${id} in ${key}`)
    places.add(key)
    const outcomes = [...this.#models.values()].map((model) => streamsOf(model, action, row.actor))
    const count = outcomes.reduce((total, each) => total + (each.ok ? each.ids.length : 0), 0)
    if (count > 1) this.#streamCounts.set(id, count)
  }

  #inLane({ lane, n, seq }: EventRow): void {
    if (lane === null || n === null) return
    const before = this.#lastN.get(lane) ?? 0
    if (n < before) this.disorder.push(`${lane}: ${n} follows ${before} at ${seq}`)
    if (n > (this.marks.get(lane) ?? 0)) this.disorder.push(`${lane}: ${n} is above the lane's mark`)
    this.#lastN.set(lane, n)
  }

  #checkLastVersions(): void {
    for (const [key, { lastVersion, version }] of this.#kept) {
      const stream = this.streams.get(key)
      if (lastVersion !== (stream?.version ?? 0))
        this.disorder.push(`${key} should be at version ${lastVersion}, and is at ${stream?.version ?? 0}`)
      if (version !== null && version > lastVersion)
        this.wrongRecords.push(`${key}@${version} is ahead of its events`)
    }
  }

  #checkPlaces(): void {
    for (const [id, count] of this.#streamCounts) {
      const found = this.places.get(id)?.size
      if (found !== count) this.disorder.push(`${id} is in ${found} of its ${count} streams`)
    }
  }
}
