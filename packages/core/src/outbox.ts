import type { Json } from './json.ts'

/*
 * The port to what a device keeps for its pages: an ordered map from text to JSON, changed in transactions and shared
 * by all pages of one origin. How the outbox lies in it is the client's business (client/src/outbox).
 */

/**
 * How safe it is there. `durable`: until somebody deletes it. `best-effort`: the browser may take it away when the
 * device is short of room. `page`: gone when the page closes.
 */
export type Persistence = 'durable' | 'best-effort' | 'page'

/** Keeps the actions that are not settled yet, and the last records, on this device. */
export interface OutboxStorage {
  /** Makes it ready and says how safe it is. Rejects when it cannot be used. */
  open(): Promise<Persistence>
  /**
   * Runs `run` in a transaction: what it changes happens as a whole or, when it rejects, not at all. `run` awaits
   * nothing but what the transaction returns, and reads what was there before its own changes. A `strict` one has
   * reached the disk when it resolves.
   */
  transact<Result>(
    mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result>
  /**
   * Takes the lock of that name, for as long as the page lives or until the returned function is called; undefined
   * when another living page has it.
   */
  lock(name: string): Promise<(() => void) | undefined>
  /** Asks for better persistence, once something is worth it; resolves with what it is then. */
  persist(): Promise<Persistence>
  /** Lets go of whatever it holds; nothing is asked of it afterwards. */
  close?(): void
}

export interface OutboxTransaction {
  get(key: string): Promise<Json | undefined>
  /** Rows whose key begins with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<readonly OutboxEntry[]>
  put(key: string, value: Json): void
  remove(key: string): void
}

export type OutboxEntry = readonly [key: string, value: Json]
