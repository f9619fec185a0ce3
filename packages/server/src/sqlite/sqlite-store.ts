import { FoldbackError, type StreamRef } from '@foldback/core'
import type {
  AppendBatch,
  EventStore,
  ListedHead,
  ListRequest,
  ReadAnswer,
  ReadRequest,
  StoredEvent,
  StoredModel,
  StoredOutcome,
  StoreTip,
  UnitOutcome,
} from '@foldback/engine'
import { resolve } from 'node:path'
import type { Reader } from './reader.ts'
import { StoreThread, ThreadLost } from './store-thread.ts'
import type { Writer } from './writer.ts'

export interface SqliteOptions {
  /**
   * How long a write waits for another process that holds the file's lock, such as somebody's open transaction in
   * the `sqlite3` shell, before it gives up as `busy`. 5,000 when it is left out.
   */
  readonly busyTimeoutMs?: number
}

/**
 * The event store in one SQLite file, which is made, with its folder, when it is not there. Commits with
 * `synchronous=FULL`: what is answered outlives a power cut. One process writes; the last to open the file wins.
 *
 * @example const server = await createServer({ models, store: sqlite('data/orders.db') })
 */
export function sqlite(path: string, options: SqliteOptions = {}): EventStore {
  return new SqliteStore(path, options.busyTimeoutMs ?? 5_000)
}

/** Two threads, each with a connection: a read never waits for the disk that a commit waits for. */
interface Threads {
  readonly writer: StoreThread<Writer>
  readonly reader: StoreThread<Reader>
}

class SqliteStore implements EventStore {
  readonly #path: string
  readonly #busyTimeoutMs: number
  #opening: Promise<void> | undefined
  #threads: Threads | undefined
  #isClosed = false

  constructor(path: string, busyTimeoutMs: number) {
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
  }

  async open(models: readonly StoredModel[]): Promise<void> {
    if (this.#opening !== undefined)
      throw new FoldbackError(
        'misconfigured',
        'a store belongs to one server; make another for another server',
      )
    if (typeof this.#path !== 'string' || this.#path === '' || this.#path === ':memory:') {
      throw new FoldbackError(
        'database-unusable',
        `${JSON.stringify(this.#path)} is no path of a file; sqlite('data.db') has one`,
      )
    }
    this.#opening = this.#start(resolve(this.#path), models)
    await this.#opening
  }

  async read(request: ReadRequest): Promise<ReadAnswer> {
    return this.#open().reader.call('read', request).catch(failed)
  }

  async append(batch: AppendBatch): Promise<readonly UnitOutcome[]> {
    return this.#open()
      .writer.call('append', batch)
      .catch((thrown: unknown) => {
        if (thrown instanceof ThreadLost) return batch.units.map(() => ({ status: 'unknown' as const }))
        throw thrown
      })
  }

  async events(stream: StreamRef, from: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#open().reader.call('events', stream, from, limit).catch(failed)
  }

  async outcomes(lane: string, from: number, to: number): Promise<readonly StoredOutcome[]> {
    return this.#open().reader.call('outcomes', lane, from, to).catch(failed)
  }

  async list(request: ListRequest): Promise<readonly ListedHead[]> {
    return this.#open().reader.call('list', request).catch(failed)
  }

  async eventIdAt(seq: number): Promise<string | undefined> {
    return this.#open().reader.call('eventIdAt', seq).catch(failed)
  }

  async tip(): Promise<StoreTip> {
    return this.#open().reader.call('tip').catch(failed)
  }

  async expireKeyedLanes(before: number): Promise<void> {
    const { writer } = this.#open()
    while (await writer.call('expireSomeLanes', before).catch(failed)) continue
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(() => {})
    // The writer last: the last connection brings the WAL into the file.
    await this.#threads?.reader.close()
    await this.#threads?.writer.close()
  }

  async #start(path: string, models: readonly StoredModel[]): Promise<void> {
    const writer = new StoreThread<Writer>('writer')
    const reader = new StoreThread<Reader>('reader')
    const both = { path, busyTimeoutMs: this.#busyTimeoutMs }
    // Only what the store needs: a model's functions cannot pass to a thread.
    const plain = models.map(({ name, version }) => ({ name, version }))
    try {
      await writer.start({ role: 'writer', models: plain, ...both })
      await reader.start({ role: 'reader', ...both })
      this.#threads = { writer, reader }
    } catch (thrown) {
      this.#opening = undefined
      await Promise.all([writer.discard(), reader.discard()])
      failed(thrown)
    }
  }

  #open(): Threads {
    if (this.#isClosed) throw new FoldbackError('store-failed', 'the store is closed')
    if (this.#threads === undefined) throw new FoldbackError('store-failed', 'the store is not open yet')
    return this.#threads
  }
}

function failed(thrown: unknown): never {
  if (!(thrown instanceof ThreadLost)) throw thrown
  throw new FoldbackError('store-failed', `the store's thread ended: ${thrown.message}`)
}
