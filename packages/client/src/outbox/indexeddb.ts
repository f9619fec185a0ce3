import type { Json, OutboxStorage, OutboxTransaction, Persistence } from '@foldback/core'
import { browserPorts } from '../browser-ports.ts'
import { PageLocks } from './page-locks.ts'

/** Sorts behind every key that begins with the same prefix. */
const last = '\uffff'
const table = 'rows'

/** The browser's own database, which outlives the page; shared by all pages of one origin. */
class IndexedDbOutbox implements OutboxStorage {
  readonly #name: string
  #database: Promise<IDBDatabase> | undefined
  #pageLocks: PageLocks | undefined

  constructor(name: string) {
    this.#name = name
  }

  async open(): Promise<Persistence> {
    await this.#connected()
    return (await navigator.storage?.persisted?.()) ? 'durable' : 'best-effort'
  }

  async persist(): Promise<Persistence> {
    return (await navigator.storage?.persist?.()) ? 'durable' : 'best-effort'
  }

  /** A browser may close the database under a page, as when its data are deleted: the next one to need it opens it. */
  #connected(): Promise<IDBDatabase> {
    if (this.#database !== undefined) return this.#database
    const forget = (): void => void (this.#database = undefined)
    const opening = indexedDB.open(this.#name, 1)
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(table))
    this.#database = answered(opening).then((database) => {
      database.addEventListener('close', forget)
      database.addEventListener('versionchange', () => {
        forget()
        database.close()
      })
      return database
    })
    this.#database.catch(forget)
    return this.#database
  }

  async transact<Result>(
    mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result> {
    const database = await this.#connected()
    const transaction = this.#begin(database, mode)
    const done = new Promise((resolve, reject) => {
      transaction.addEventListener('complete', resolve)
      transaction.addEventListener('abort', () => reject(transaction.error))
    })
    // Whatever fails ends the transaction, which is awaited below.
    done.catch(() => {})
    try {
      const changes: (() => void)[] = []
      const result = await run(rowsOf(transaction.objectStore(table), changes))
      for (const change of changes) change()
      await done
      return result
    } catch (thrown) {
      // It may have ended by itself, and then cannot be ended again.
      try {
        transaction.abort()
      } catch {}
      throw transaction.error ?? thrown
    }
  }

  #begin(database: IDBDatabase, mode: 'read' | 'write' | 'strict'): IDBTransaction {
    try {
      return database.transaction(table, mode === 'read' ? 'readonly' : 'readwrite', {
        durability: mode === 'strict' ? 'strict' : 'relaxed',
      })
    } catch (thrown) {
      // Some browsers close it and say nothing.
      this.#database = undefined
      throw thrown
    }
  }

  lock(name: string): Promise<(() => void) | undefined> {
    const { locks } = navigator as { readonly locks?: LockManager }
    if (locks === undefined)
      return (this.#pageLocks ??= new PageLocks(this.#name, browserPorts.clock)).take(name)
    return new Promise((resolve, reject) => {
      const held = locks.request(`${this.#name}/${name}`, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(undefined)
        return new Promise<void>((release) => resolve(release))
      })
      held.catch(reject)
    })
  }
}

/** Changes wait until all is read, so that nothing reads what it has changed itself. */
function rowsOf(store: IDBObjectStore, changes: (() => void)[]): OutboxTransaction {
  return {
    get: (key) => answered(store.get(key)) as Promise<Json | undefined>,
    async list(prefix) {
      const range = IDBKeyRange.bound(prefix, prefix + last)
      const [keys, values] = await Promise.all([
        answered(store.getAllKeys(range)),
        answered(store.getAll(range)),
      ])
      return keys.map((key, index) => [key as string, values[index] as Json])
    },
    put: (key, value) => void changes.push(() => store.put(value, key)),
    remove: (key) => void changes.push(() => store.delete(key)),
  }
}

/** What a request is answered. The transaction is still open for whoever awaits it. */
function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}

/**
 * Keeps pending actions and the last records in IndexedDB, through reloads and restarts of the device.
 *
 * @param name of the database; another one for another app of the same origin. @default 'foldback'
 * @example createSync({ url, models, outbox: indexedDb() })
 */
export function indexedDb(name = 'foldback'): OutboxStorage {
  return new IndexedDbOutbox(name)
}
