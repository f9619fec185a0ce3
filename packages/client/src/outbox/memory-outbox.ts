import type { Json, OutboxEntry, OutboxStorage, OutboxTransaction, Persistence } from '@foldback/core'

/** An outbox that lasts as long as the page: what is in it when the page closes is lost. */
export class MemoryOutbox implements OutboxStorage {
  readonly #rows = new Map<string, Json>()
  readonly #locks = new Set<string>()
  #turn: Promise<unknown> = Promise.resolve()

  open(): Promise<Persistence> {
    return Promise.resolve('page')
  }

  persist(): Promise<Persistence> {
    return Promise.resolve('page')
  }

  /** Transactions run one after the other; what one changes is seen by those after it. */
  transact<Result>(
    _mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result> {
    const result = this.#turn.then(async () => {
      const changes: (() => void)[] = []
      const value = await run(this.#transaction(changes))
      for (const change of changes) change()
      return value
    })
    this.#turn = result.catch(() => {})
    return result
  }

  #transaction(changes: (() => void)[]): OutboxTransaction {
    const rows = this.#rows
    return {
      get: (key) => Promise.resolve(rows.get(key)),
      list: (prefix) => Promise.resolve(entriesFrom(rows, prefix)),
      put: (key, value) => void changes.push(() => rows.set(key, value)),
      remove: (key) => void changes.push(() => rows.delete(key)),
    }
  }

  lock(name: string): Promise<(() => void) | undefined> {
    if (this.#locks.has(name)) return Promise.resolve(undefined)
    this.#locks.add(name)
    return Promise.resolve(() => void this.#locks.delete(name))
  }
}

function entriesFrom(rows: ReadonlyMap<string, Json>, prefix: string): OutboxEntry[] {
  return [...rows].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** @example createSync({ url, models, outbox: memoryOutbox() }) */
export function memoryOutbox(): OutboxStorage {
  return new MemoryOutbox()
}
