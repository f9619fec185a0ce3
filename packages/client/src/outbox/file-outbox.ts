/// <reference types="node" />
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import {
  FoldbackError,
  type Json,
  type OutboxEntry,
  type OutboxStorage,
  type OutboxTransaction,
  type Persistence,
} from '@foldback/core'

/*
 * The outbox of a program in Node: one SQLite file, which one process has for itself.
 *
 * Invariants:
 * - From `open` to `close` no other connection can read or write the file; the lock ends with the process.
 * - A strict transaction is on the disk when it resolves; any other is there after a crash of the process, though
 *   perhaps not after a power cut, and never in part.
 * - A file that is not an outbox is told by its first bytes, before SQLite could leave anything beside it.
 */

/** Before it, SQLite's WAL could corrupt a database: https://sqlite.org/wal.html#walresetbug */
const sqliteVersionMin = '3.51.3'
/** "Fobx": tells outboxes from other databases. */
const applicationId = 0x46_6f_62_78
/** `user_version` of the file: rises with each change of the tables. */
const schemaVersion = 1
/** Milliseconds for which a process that is just ending may still have the file. */
const busyMsMax = 1_000

// SQLite's primary result codes: https://sqlite.org/rescode.html
const busyCode = 5
const notADatabaseCode = 26

/** Sorts behind every key that begins with the same prefix. */
const last = '\u{10ffff}'

interface Change {
  readonly key: string
  /** Undefined takes the row away. */
  readonly value: Json | undefined
}

/** An outbox in a file. */
export interface FileOutbox extends OutboxStorage {
  /** Lets go of the file; `open` takes it again. A sync that has it calls this itself, at the end of its `close`. */
  close(): void
}

class SqliteOutbox implements FileOutbox {
  readonly #path: string
  readonly #locks = new Set<string>()
  #database: DatabaseSync | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  /** @throws FoldbackError `outbox-in-use`, `not-a-foldback-database`, `database-newer`, `sqlite-too-old` */
  async open(): Promise<Persistence> {
    this.#database ??= openDatabase(this.#path)
    return 'durable'
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
  }

  persist(): Promise<Persistence> {
    return Promise.resolve('durable')
  }

  /** Transactions run one after the other; what one changes is seen by those after it. */
  transact<Result>(
    mode: 'read' | 'write' | 'strict',
    run: (rows: OutboxTransaction) => Promise<Result>,
  ): Promise<Result> {
    const result = this.#turn.then(async () => {
      const database = this.#opened
      const changes: Change[] = []
      const value = await run(rowsOf(database, changes))
      if (changes.length > 0) commit(database, changes, mode === 'strict')
      return value
    })
    this.#turn = result.catch(() => {})
    return result
  }

  get #opened(): DatabaseSync {
    if (this.#database === undefined) throw new Error(`The outbox ${this.#path} is not open.`)
    return this.#database
  }

  lock(name: string): Promise<(() => void) | undefined> {
    if (this.#locks.has(name)) return Promise.resolve(undefined)
    this.#locks.add(name)
    return Promise.resolve(() => void this.#locks.delete(name))
  }
}

function rowsOf(database: DatabaseSync, changes: Change[]): OutboxTransaction {
  return {
    async get(key) {
      const row = database.prepare('SELECT value FROM entries WHERE key = ?').get(key)
      return row && jsonOf(row['value'])
    },
    async list(prefix) {
      const rows = database
        .prepare('SELECT key, value FROM entries WHERE key >= ? AND key < ?')
        .all(prefix, prefix + last)
      return rows
        .map(({ key, value }): OutboxEntry => [String(key), jsonOf(value)])
        .sort(([a], [b]) => (a < b ? -1 : 1))
    },
    put: (key, value) => void changes.push({ key, value }),
    remove: (key) => void changes.push({ key, value: undefined }),
  }
}

const jsonOf = (text: unknown): Json => JSON.parse(String(text)) as Json

function commit(database: DatabaseSync, changes: readonly Change[], isStrict: boolean): void {
  database.exec(`PRAGMA synchronous = ${isStrict ? 'FULL' : 'NORMAL'}`)
  database.exec('BEGIN IMMEDIATE')
  try {
    const put = database.prepare('INSERT OR REPLACE INTO entries (key, value) VALUES (?, ?)')
    const remove = database.prepare('DELETE FROM entries WHERE key = ?')
    for (const { key, value } of changes) {
      if (value === undefined) remove.run(key)
      else put.run(key, JSON.stringify(value))
    }
    database.exec('COMMIT')
  } catch (thrown) {
    // Some errors, such as a full disk, have rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw thrown
  }
}

function openDatabase(path: string): DatabaseSync {
  checkSqliteVersion(process.versions['sqlite'] ?? '0')
  checkFile(path)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: busyMsMax })
    prepare(database)
    return database
  } catch (thrown) {
    database?.close()
    throw explained(thrown, path)
  }
}

/** @throws FoldbackError `sqlite-too-old` */
export function checkSqliteVersion(version: string): void {
  const order = version.localeCompare(sqliteVersionMin, 'en', { numeric: true })
  if (order < 0) throw new FoldbackError('sqlite-too-old', `this is SQLite ${version}`)
}

const magic = 'SQLite format 3\0'
/** https://sqlite.org/fileformat.html#the_database_header */
const headerBytes = 100

function checkFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  // Also because opening a pipe would wait for ever.
  if (!found.isFile()) throw new FoldbackError('not-a-foldback-database', path)
  if (found.size === 0) return
  const bytes = Buffer.alloc(headerBytes)
  const file = openSync(path, 'r')
  try {
    readSync(file, bytes, 0, headerBytes, 0)
  } finally {
    closeSync(file)
  }
  const isOurs =
    bytes.toString('latin1', 0, magic.length) === magic && bytes.readInt32BE(68) === applicationId
  if (!isOurs) throw new FoldbackError('not-a-foldback-database', path)
  if (bytes.readInt32BE(60) > schemaVersion) throw new FoldbackError('database-newer', path)
}

function prepare(database: DatabaseSync): void {
  // Set before the first access, it also does without the file that WAL shares between processes.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE')
  const isNew = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count'] === 0
  if (isNew) {
    database.exec(`
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${schemaVersion};
      CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`)
  }
  database.exec('COMMIT; PRAGMA journal_mode = WAL')
}

function explained(thrown: unknown, path: string): unknown {
  const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : undefined
  const options = { cause: thrown }
  if (code === busyCode) return new FoldbackError('outbox-in-use', path, options)
  if (code === notADatabaseCode) return new FoldbackError('not-a-foldback-database', path, options)
  return thrown
}

/**
 * Keeps pending actions and the last records in a file, for programs in Node: a kiosk, a device, a desktop app. One
 * process has it at a time; when that ends, however it ends, the next one sends what it has left behind.
 *
 * @param path of the file, which is made where there is none, in a folder that is there.
 * @example
 * import { fileOutbox } from '@foldback/client/file'
 * createSync({ url, models, outbox: fileOutbox('outbox.db') })
 */
export function fileOutbox(path: string): FileOutbox {
  return new SqliteOutbox(path)
}
