import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type FileHeader, readFileHeader } from './file-header.ts'
import { makeFolder, syncFolder } from './folder.ts'
import { applicationId, beginHistory, fromVersion1, schemaVersion, tables } from './schema.ts'
import { StoreFault } from './store-fault.ts'
import { transact } from './transaction.ts'
import { checkWal, commitsInFile } from './wal-check.ts'

/*
 * A file is told ours or not before anything is written. That works on the file's first bytes because a new file
 * gets its application_id in the same transaction as its tables, before it is switched to WAL: those bytes are in
 * the file itself from the first commit on. A newer version, however, may still be in the WAL only, so SQLite is
 * asked again, inside the transaction that would write.
 */

/** Before it, SQLite's WAL could corrupt a database: https://sqlite.org/wal.html#walresetbug */
const sqliteVersionMin = '3.51.3'

const walPagesMax = 4000
const walFileBytesKept = 64 * 1024 * 1024

/** The database at `path`, made where there is none, ready for one writer. When it throws, the file is as it was. */
export function openForWriting(path: string, busyTimeoutMs: number): DatabaseSync {
  checkSqliteVersion(runningSqliteVersion())
  const header = readFileHeader(path)
  if (header !== undefined) checkIdentity(header)
  if (header === undefined) makeFolder(dirname(path))
  const commits = header && commitsInFile(path)
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs })
  try {
    prepare(database)
    if (commits !== undefined) checkWal(database, commits)
  } catch (thrown) {
    database.close()
    throw thrown
  }
  if (header === undefined) syncFolder(dirname(path))
  return database
}

/** A second connection to a database that is open for writing. Its reads never wait for a commit. */
export function openForReading(path: string, busyTimeoutMs: number): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs })
}

/** @throws StoreFault `sqlite-too-old` */
export function checkSqliteVersion(version: string): void {
  const order = version.localeCompare(sqliteVersionMin, 'en', { numeric: true })
  if (order < 0) throw new StoreFault('sqlite-too-old', `this is SQLite ${version}`)
}

export function runningSqliteVersion(): string {
  const database = new DatabaseSync(':memory:')
  const row = database.prepare('SELECT sqlite_version() AS version').get()
  database.close()
  return String(row?.['version'])
}

/** @throws StoreFault `not-a-foldback-database`, `database-newer` */
export function checkIdentity(header: FileHeader): void {
  if (!header.isSqlite) throw new StoreFault('not-a-foldback-database', 'it is no SQLite database')
  if (header.applicationId !== applicationId || header.userVersion < 1)
    throw new StoreFault('not-a-foldback-database')
  if (header.userVersion > schemaVersion) {
    throw new StoreFault(
      'database-newer',
      `the file has version ${header.userVersion}, and this Foldback knows ${schemaVersion}`,
    )
  }
}

function prepare(database: DatabaseSync): void {
  database.exec('PRAGMA synchronous = FULL')
  transact(database, 'IMMEDIATE', () => {
    if (isEmpty(database)) createTables(database)
    const identity = identityOf(database)
    checkIdentity(identity)
    if (identity.userVersion === 1) database.exec(`${fromVersion1}; PRAGMA user_version = ${schemaVersion}`)
    database.exec(beginHistory)
  })
  if (pragma(database, 'journal_mode = WAL') !== 'wal')
    throw new Error('its file system does not allow WAL mode')
  database.exec(`PRAGMA wal_autocheckpoint = ${walPagesMax}; PRAGMA journal_size_limit = ${walFileBytesKept}`)
}

function createTables(database: DatabaseSync): void {
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; ${tables}`)
}

function isEmpty(database: DatabaseSync): boolean {
  const objects = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count']
  return objects === 0 && pragma(database, 'application_id') === 0 && pragma(database, 'user_version') === 0
}

function identityOf(database: DatabaseSync): FileHeader {
  return {
    isSqlite: true,
    applicationId: Number(pragma(database, 'application_id')),
    userVersion: Number(pragma(database, 'user_version')),
  }
}

function pragma(database: DatabaseSync, text: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${text}`).get() ?? {})[0]
}
