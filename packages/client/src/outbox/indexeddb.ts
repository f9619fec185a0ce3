import type { Json, OutboxStorage, OutboxTransaction, Persistence } from '@foldback/core'
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'

interface Schema extends DBSchema {
  rows: { key: string; value: Json }
}

/** Sorts behind every key that begins with the same prefix. */
const last = '\uffff'

/** The browser's own database, which outlives the page; shared by all pages of one origin. */
class IndexedDbOutbox implements OutboxStorage {
  readonly #name: string
  #database: Promise<IDBPDatabase<Schema>> | undefined

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
  #connected(): Promise<IDBPDatabase<Schema>> {
    const forget = (): void => void (this.#database = undefined)
    this.#database ??= openDB<Schema>(this.#name, 1, {
      upgrade: (database) => void database.createObjectStore('rows'),
      blocking: (_current, _blocked, event) => {
        forget()
        ;(event.target as IDBDatabase).close()
      },
      terminated: forget,
    })
    this.#database.catch(forget)
    return this.#database
  }

  async transact<Result>(
    mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result> {
    const database = await this.#connected()
    const transaction = database.transaction('rows', mode === 'read' ? 'readonly' : 'readwrite', {
      durability: mode === 'strict' ? 'strict' : 'relaxed',
    })
    // Whatever fails ends the transaction, which is awaited below.
    transaction.done.catch(() => {})
    try {
      const result = await run(rowsOf(transaction))
      await transaction.done
      return result
    } catch (thrown) {
      // It may have ended by itself, and then cannot be ended again.
      try {
        transaction.abort()
      } catch {}
      throw transaction.error ?? thrown
    }
  }

  /** Without Web Locks (a page that came by plain http) every lock is free: a queue may then move between living pages. */
  lock(name: string): Promise<(() => void) | undefined> {
    const { locks } = navigator as { readonly locks?: LockManager }
    if (locks === undefined) return Promise.resolve(() => {})
    return new Promise((resolve, reject) => {
      const held = locks.request(`${this.#name}/${name}`, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(undefined)
        return new Promise<void>((release) => resolve(release))
      })
      held.catch(reject)
    })
  }
}

function rowsOf(transaction: IDBPTransaction<Schema, ['rows'], 'readonly' | 'readwrite'>): OutboxTransaction {
  const { store } = transaction
  const ignored = (request: Promise<unknown> | undefined): void => void request?.catch(() => {})
  return {
    get: (key) => store.get(key),
    async list(prefix) {
      const range = IDBKeyRange.bound(prefix, prefix + last)
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)])
      return keys.map((key, index) => [key, values[index]!])
    },
    put: (key, value) => ignored(store.put?.(value, key)),
    remove: (key) => ignored(store.delete?.(key)),
  }
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
