import { FoldbackError, type StreamRef } from '@foldback/core'
import type {
  AppendBatch,
  EventStore,
  ListedHead,
  ListRequest,
  OpenedLog,
  ReadAnswer,
  ReadRequest,
  StoredEvent,
  StoredModel,
  StoredOutcome,
  StoreListener,
  StoreTip,
  UnitOutcome,
} from '@foldback/engine'
import { unpackEvents } from './packed-events.ts'
import { unpackHeads } from './packed-heads.ts'
import type { Reader } from './reader.ts'
import { realPath } from './real-path.ts'
import { LastingThread } from './lasting-thread.ts'
import { packBatch, unpackOutcomes } from './packed-batch.ts'
import { ThreadLost } from './store-thread.ts'
import type { Writer } from './writer.ts'

export interface SqliteOptions {
  /**
   * Milliseconds for which a write waits for another process that holds the file's lock, such as somebody's open
   * transaction in the `sqlite3` shell, before it gives up as `busy`; and opening, for a server that is just ending.
   * 5,000 when it is left out.
   */
  readonly busyTimeoutMs?: number
  /**
   * How often in a minute each of the store's two threads is started again when it ends without being told to. Once
   * more, and every call fails with `store-lost` until the process is started again. 5 when it is left out.
   */
  readonly threadRestartsPerMinuteMax?: number
}

/**
 * The event store in one SQLite file, which is made, with its folder, when it is not there. Commits with
 * `synchronous=FULL`: what is answered outlives a power cut. One server has the file at a time.
 *
 * @example const server = await createServer({ models, store: sqlite('data/orders.db') })
 */
export function sqlite(path: string, options: SqliteOptions = {}): EventStore {
  return new SqliteStore(path, { busyTimeoutMs: 5_000, threadRestartsPerMinuteMax: 5, ...options })
}

/** Two threads, each with a connection: a read never waits for the disk that a commit waits for. */
interface Threads {
  readonly writer: LastingThread<Writer>
  readonly reader: LastingThread<Reader>
}

class SqliteStore implements EventStore {
  readonly #path: string
  readonly #options: Required<SqliteOptions>
  #opening: Promise<OpenedLog> | undefined
  #threads: Threads | undefined
  #isClosed = false

  constructor(path: string, options: Required<SqliteOptions>) {
    this.#path = path
    this.#options = options
  }

  async open(models: readonly StoredModel[], listener?: StoreListener): Promise<OpenedLog> {
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
    this.#opening = this.#start(realPath(this.#path), models, listener)
    return this.#opening
  }

  async read(request: ReadRequest): Promise<ReadAnswer> {
    const { heads, marks } = await this.#open().reader.call('read', request).catch(failed)
    return { heads: unpackHeads(heads), marks }
  }

  async append(batch: AppendBatch): Promise<readonly UnitOutcome[]> {
    return this.#open()
      .writer.call('appendPacked', packBatch(batch))
      .then(
        (outcomes) => unpackOutcomes(outcomes, batch.units),
        (thrown: unknown) => {
          if (thrown instanceof ThreadLost) return batch.units.map(() => ({ status: 'unknown' as const }))
          throw thrown
        },
      )
  }

  async events(stream: StreamRef, from: number, limit: number): Promise<readonly StoredEvent[]> {
    return unpackEvents(await this.#open().reader.call('events', stream, from, limit).catch(failed))
  }

  async outcomes(lane: string, from: number, to: number): Promise<readonly StoredOutcome[]> {
    return this.#open().reader.call('outcomes', lane, from, to).catch(failed)
  }

  async list(request: ListRequest): Promise<readonly ListedHead[]> {
    const { ids, heads } = await this.#open().reader.call('list', request).catch(failed)
    return unpackHeads(heads).map((head, index) => ({ id: ids[index]!, ...head }))
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

  async #start(
    path: string,
    models: readonly StoredModel[],
    listener: StoreListener | undefined,
  ): Promise<OpenedLog> {
    const { busyTimeoutMs, threadRestartsPerMinuteMax: restartsPerMinuteMax } = this.#options
    const both = { path, busyTimeoutMs }
    // Only what the store needs: a model's functions cannot pass to a thread.
    const plain = models.map(({ name, version }) => ({ name, version }))
    const options = { restartsPerMinuteMax, listener }
    const writer = new LastingThread<Writer>({ role: 'writer', models: plain, ...both }, options)
    const reader = new LastingThread<Reader>({ role: 'reader', ...both }, options)
    try {
      await writer.start()
      await reader.start()
      const history = await reader.call('history')
      this.#threads = { writer, reader }
      return { history }
    } catch (thrown) {
      this.#opening = undefined
      await Promise.all([writer.discard(), reader.discard()])
      return failed(thrown)
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
