import type { StreamRef } from '@foldback/core'
import type {
  ListedHead,
  ListRequest,
  ReadAnswer,
  ReadRequest,
  StoredEvent,
  StoredHead,
  StoredMark,
  StoredOutcome,
  StoredRecord,
  StoreTip,
} from '@foldback/engine'
import type { DatabaseSync } from 'node:sqlite'
import { noLimit, selectEvents } from './event-row.ts'
import { ReadStatements } from './read-statements.ts'
import { transact } from './transaction.ts'

interface StreamRow {
  readonly id: number
  readonly name: string
}

/** Above so many events, looking at every stream of the model is less work than at every event. */
const recentEventsMax = 10_000

const noHead: StoredHead = { record: undefined, tail: [] }

/** Answers from what is committed, on a connection of its own. */
export class Reader {
  readonly #database: DatabaseSync
  readonly #statements: ReadStatements

  /** @param database as `openForReading` gives it. */
  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = new ReadStatements(database)
  }

  read(request: ReadRequest): ReadAnswer {
    return this.#atOneMoment(() => ({
      heads: request.streams.map((stream) => this.#head(this.#streamId(stream))),
      marks: request.lanes.map((lane) => this.#mark(lane)),
    }))
  }

  events(stream: StreamRef, from: number, limit: number): readonly StoredEvent[] {
    const id = this.#streamId(stream)
    return id === undefined ? [] : selectEvents(this.#statements.selectEvents, id, from, limit)
  }

  outcomes(lane: string, from: number, to: number): readonly StoredOutcome[] {
    return (
      named(lane, () => this.#statements.selectOutcomes.all(lane, from, to) as unknown as StoredOutcome[]) ??
      []
    )
  }

  list(request: ListRequest): readonly ListedHead[] {
    return this.#atOneMoment(() =>
      this.#listed(request).map(({ id, name }) => ({ id: name, ...this.#head(id) })),
    )
  }

  eventIdAt(seq: number): string | undefined {
    return (this.#statements.selectEventId.get(seq) as { id: string } | undefined)?.id
  }

  tip(): StoreTip {
    return (this.#statements.selectTip.get() as StoreTip | undefined) ?? { seq: 0, id: '' }
  }

  history(): string {
    // A copy has none, so it is no part of the other statements.
    return (this.#database.prepare('SELECT id FROM _history').get() as { id: string }).id
  }

  close(): void {
    this.#database.close()
  }

  #atOneMoment<Result>(work: () => Result): Result {
    return transact(this.#database, 'DEFERRED', work)
  }

  #listed({ model, afterSeq, afterId, limit }: ListRequest): readonly StreamRow[] {
    const isRecent = this.tip().seq - afterSeq <= recentEventsMax
    const statement = isRecent ? this.#statements.listRecent : this.#statements.listAll
    return statement.all({ model, afterSeq, afterId, limit }) as unknown as StreamRow[]
  }

  #streamId({ model, id }: StreamRef): number | undefined {
    return named(id, () => this.#statements.selectStream.get(model, id) as StreamRow | undefined)?.id
  }

  #head(stream: number | undefined): StoredHead {
    if (stream === undefined) return noHead
    const record = this.#statements.selectRecord.get(stream) as unknown as StoredRecord | undefined
    return {
      record,
      tail: selectEvents(this.#statements.selectEvents, stream, (record?.version ?? 0) + 1, noLimit),
    }
  }

  #mark(lane: string): StoredMark | undefined {
    return named(lane, () => this.#statements.selectMark.get(lane) as unknown as StoredMark | undefined)
  }
}

/** Nothing has a name that is not well-formed: SQLite would look for another name, with U+FFFD in it. */
function named<Found>(name: string, find: () => Found): Found | undefined {
  return name.isWellFormed() ? find() : undefined
}
