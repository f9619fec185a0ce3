import type { StreamRef } from '@foldback/core'
import type {
  ListRequest,
  ReadRequest,
  StoredMark,
  StoredOutcome,
  StoredRecord,
  StoreTip,
} from '@foldback/engine'
import type { DatabaseSync } from 'node:sqlite'
import { noLimit, selectRows } from './event-row.ts'
import { type PackedEvents, packEvents } from './packed-events.ts'
import { type HeadRows, type PackedHeads, packHeads } from './packed-heads.ts'
import { ReadStatements } from './read-statements.ts'
import { transact } from './transaction.ts'

interface StreamRow {
  readonly id: number
  readonly name: string
  /** Of its last event. */
  readonly version: number
}

/** Above so many events, looking at every stream of the model is less work than at every event. */
const recentEventsMax = 10_000

const noHead: HeadRows = { record: undefined, tail: [] }

export interface PackedAnswer {
  readonly heads: PackedHeads
  readonly marks: readonly (StoredMark | undefined)[]
}

export interface PackedList {
  /** The ids of the streams that have the heads. */
  readonly ids: readonly string[]
  readonly heads: PackedHeads
}

/** Answers from what is committed, on a connection of its own; what it reads much of is packed. */
export class Reader {
  readonly #database: DatabaseSync
  readonly #statements: ReadStatements

  /** @param database as `openForReading` gives it. */
  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = new ReadStatements(database)
  }

  read(request: ReadRequest): PackedAnswer {
    return this.#atOneMoment(() => ({
      heads: packHeads(request.streams.map((stream) => this.#head(this.#stream(stream), request.tailMax))),
      marks: request.lanes.map((lane) => this.#mark(lane)),
    }))
  }

  events(stream: StreamRef, from: number, limit: number): PackedEvents {
    const found = this.#stream(stream)
    return packEvents(
      found === undefined ? [] : selectRows(this.#statements.selectEvents, found.id, from, limit),
    )
  }

  outcomes(lane: string, from: number, to: number): readonly StoredOutcome[] {
    return (
      named(lane, () => this.#statements.selectOutcomes.all(lane, from, to) as unknown as StoredOutcome[]) ??
      []
    )
  }

  list(request: ListRequest): PackedList {
    return this.#atOneMoment(() => {
      const streams = this.#listed(request)
      const heads = packHeads(streams.map((stream) => this.#head(stream)))
      return { ids: streams.map(({ name }) => name), heads }
    })
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

  #stream({ model, id }: StreamRef): StreamRow | undefined {
    return named(id, () => this.#statements.selectStream.get(model, id) as StreamRow | undefined)
  }

  #head(stream: StreamRow | undefined, tailMax = noLimit): HeadRows {
    if (stream === undefined) return noHead
    const { selectRecord, selectEvents } = this.#statements
    const record = selectRecord.get(stream.id) as unknown as StoredRecord | undefined
    const above = record?.version ?? 0
    // Most have no tail, and to begin a statement that finds none takes longer than all else here.
    const tail = above < stream.version ? selectRows(selectEvents, stream.id, above + 1, tailMax) : []
    return { record, tail }
  }

  #mark(lane: string): StoredMark | undefined {
    return named(lane, () => this.#statements.selectMark.get(lane) as unknown as StoredMark | undefined)
  }
}

/** Nothing has a name that is not well-formed: SQLite would look for another name, with U+FFFD in it. */
function named<Found>(name: string, find: () => Found): Found | undefined {
  return name.isWellFormed() ? find() : undefined
}
