import type { AppendBatch, StoredModel, UnitOutcome } from '@foldback/engine'
import type { DatabaseSync } from 'node:sqlite'
import { WriteStatements } from './write-statements.ts'
import { AppendTransaction } from './append-transaction.ts'
import { KnownRows } from './known-rows.ts'
import { type PackedBatch, type PackedOutcomes, packOutcomes, unpackBatch } from './packed-batch.ts'
import { faultOf, StoreFault } from './store-fault.ts'
import { transact } from './transaction.ts'
import { makeViews, type NumberedModel } from './views.ts'

/** So few that appends, which come in between, hardly notice. */
const expireAtOnceMax = 1_000

interface WriterHold {
  /** What keeps other servers out as long as this one is open, as `lockDatabase` gives it. */
  readonly lock?: DatabaseSync
  /** What the file's generation must be: another one is of a process that has taken over. */
  readonly generation?: number | undefined
}

/*
 * The one writer of a database. Opening takes the next generation number; each write checks, inside its
 * transaction, that it is still the file's. So when a second process opens the same file, the first one cannot
 * write any more, whatever it still believes about heads and marks.
 */
export class Writer {
  readonly #database: DatabaseSync
  readonly #models: readonly StoredModel[]
  readonly #lock: DatabaseSync | undefined
  readonly #statements: WriteStatements
  /** The file's generation when we first saw it. */
  #generationFound: number | undefined
  /** Ours; undefined while a full disk did not let us take one. */
  #generation: number | undefined
  #isSuperseded = false
  #known = new KnownRows()
  /** Another one is of a file that somebody else has written to. */
  #dataVersion: number | undefined
  #commitSeconds: number | undefined

  /** @param database as `openForWriting` gives it. */
  constructor(database: DatabaseSync, models: readonly StoredModel[], { lock, generation }: WriterHold = {}) {
    this.#database = database
    this.#generationFound = generation
    this.#models = models
    this.#lock = lock
    this.#statements = new WriteStatements(database)
    try {
      this.#begin()
    } catch (thrown) {
      // Reading goes on with a full disk, also through a restart. Appending begins when there is room.
      if (faultOf(thrown).code !== 'disk-full') throw thrown
    }
  }

  /** The file's, for as long as no other writer comes. */
  get generation(): number | undefined {
    return this.#generation ?? this.#generationFound
  }

  /** What the append since this was asked last took to be made durable; undefined when there was none. */
  takeCommitSeconds(): number | undefined {
    const seconds = this.#commitSeconds
    this.#commitSeconds = undefined
    return seconds
  }

  append(batch: AppendBatch): readonly UnitOutcome[] {
    // Nobody waits for an empty one.
    const isWork = batch.units.length + batch.records.length + batch.forget.length > 0
    return this.#write((seq) => {
      const outcomes = new AppendTransaction(this.#statements, this.#rows(), seq, batch.now).write(batch)
      // Also for an empty one: that looks whether the disk takes anything, as for /readyz.
      this.#statements.countCommit.run()
      return outcomes
    }, isWork)
  }

  /** `append` for who calls from another thread. */
  appendPacked(batch: PackedBatch): PackedOutcomes {
    return packOutcomes(this.append(unpackBatch(batch)))
  }

  /** Forgets some of the lanes that `expireKeyedLanes` is about; says whether there may be more. */
  expireSomeLanes(before: number): boolean {
    return this.#write(() => {
      const lanes = this.#statements.selectExpiredLanes.all(before, expireAtOnceMax) as { id: number }[]
      for (const { id } of lanes) {
        this.#statements.deleteOutcomes.run(id)
        this.#statements.deleteLane.run(id)
      }
      this.#known = new KnownRows()
      if (lanes.length > 0) this.#statements.countCommit.run()
      return lanes.length === expireAtOnceMax
    })
  }

  /** As the last connection to close, it brings the WAL into the database file and removes it. */
  close(): void {
    this.#database.close()
    this.#lock?.close()
  }

  /** Runs `work` as the writer, in one transaction, with the last position given out. */
  #write<Result>(work: (seq: number) => Result, isMeasured = false): Result {
    if (this.#isSuperseded) throw new StoreFault('writer-superseded')
    this.#begin()
    let startedAt = 0
    const result = this.#transact(() => {
      const { generation, seq } = this.#log()
      if (generation !== this.#generation) this.#stop()
      const written = work(seq)
      startedAt = performance.now()
      return written
    })
    // What is left of a transaction when the work in it is done is its commit.
    if (isMeasured) this.#commitSeconds = (performance.now() - startedAt) / 1_000
    return result
  }

  #transact<Result>(work: () => Result): Result {
    try {
      return transact(this.#database, 'IMMEDIATE', work)
    } catch (thrown) {
      this.#known = new KnownRows()
      throw thrown
    }
  }

  /** What is known of the file, as long as nobody else writes to it, such as a person in the `sqlite3` shell. */
  #rows(): KnownRows {
    const version = this.#statements.selectDataVersion.get()?.['data_version'] as number
    if (version !== this.#dataVersion || this.#known.areMany) this.#known = new KnownRows()
    this.#dataVersion = version
    return this.#known
  }

  #begin(): void {
    this.#generation ??= transact(this.#database, 'IMMEDIATE', () => {
      const { generation } = this.#log()
      this.#generationFound ??= generation
      // When beginning had to wait for room, another writer may have come since. It stays.
      if (generation !== this.#generationFound) this.#stop()
      makeViews(this.#database, this.#keepModels())
      this.#database.prepare('UPDATE _log SET generation = ?').run(generation + 1)
      this.#statements.countCommit.run()
      return generation + 1
    })
  }

  #log(): { readonly generation: number; readonly seq: number } {
    return this.#statements.selectLog.get() as { generation: number; seq: number }
  }

  #stop(): never {
    this.#isSuperseded = true
    throw new StoreFault('writer-superseded')
  }

  #keepModels(): readonly NumberedModel[] {
    const keep = this.#database.prepare(`
      INSERT INTO _models (name, version) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET version = excluded.version RETURNING id, name`)
    return this.#models.map((model) => keep.get(model.name, model.version) as unknown as NumberedModel)
  }
}
