import { existsSync, linkSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ErrorCode, FoldbackError } from '@foldback/core'
import { copyDatabase, type OnProgress, removeDatabase } from './copy-database.ts'
import type { Contents } from './examine-database.ts'
import { lockDatabase } from './database-lock.ts'
import { readFileHeader } from './file-header.ts'
import { makeFolder, syncFolder } from './folder.ts'
import { checkExisting } from './open-existing.ts'
import { partFile } from './part-file.ts'
import { realPath } from './real-path.ts'
import { faultOf } from './store-fault.ts'

export interface RestoreOptions {
  readonly onProgress?: OnProgress
}

export interface Restored extends Contents {
  /** Where the file is that was there before; undefined when there was none. */
  readonly before: string | undefined
}

const inUse: readonly ErrorCode[] = ['busy', 'database-in-use']
const besides = ['-wal', '-shm', '-journal']

/**
 * Puts a backup in the place of a database that nobody has open. The file before is kept beside it. At any moment the
 * database is the one or the other, whole: whoever is interrupted does it again.
 *
 * The server that opens the restored file begins another history of the log (see `beginHistory` in schema.ts): that is
 * how clients find out that nothing they have is to be gone on from.
 *
 * @throws FoldbackError `database-in-use`, `not-a-foldback-database`, `database-damaged` (of the backup), and then
 *   nothing has changed.
 */
export async function restoreDatabase(
  backup: string,
  database: string,
  { onProgress }: RestoreOptions = {},
): Promise<Restored> {
  const path = realPath(database)
  if (realPath(backup) === path) throw new FoldbackError('file-exists', `${database} is the backup itself`)
  makeFolder(dirname(path))
  const server = unlessInUse(path, () => lockDatabase(path, 0))
  try {
    // Before anything large is copied.
    lock(path)?.close()
    return await restoreLocked(backup, path, onProgress)
  } finally {
    server.close()
  }
}

async function restoreLocked(
  backup: string,
  path: string,
  onProgress: OnProgress | undefined,
): Promise<Restored> {
  const copy = partFile(path, 'restoring')
  const contents = await copyDatabase(backup, copy, onProgress)
  try {
    return { ...contents, before: replace(path, copy) }
  } catch (thrown) {
    removeDatabase(copy)
    throw thrown
  }
}

function unlessInUse<Result>(path: string, run: () => Result): Result {
  try {
    return run()
  } catch (thrown) {
    if (!inUse.includes(faultOf(thrown).code)) throw thrown
    throw new FoldbackError('database-in-use', path, { cause: thrown })
  }
}

/** Puts `copy` in the place of the database, with the lock held: no server that starts now gets in between. */
function replace(path: string, copy: string): string | undefined {
  const held = lock(path)
  try {
    const name = freeName(path)
    if (held === undefined || !leavesWal(held)) keepBesides(path, name)
    const before = existsSync(path) ? name : undefined
    if (before !== undefined) keep(path, before)
    renameSync(copy, path)
    syncFolder(dirname(path))
    return before
  } finally {
    held?.close()
  }
}

/** Brings all of the WAL into the file, which then is whole by itself; false when it is too damaged for that. */
function leavesWal(held: DatabaseSync): boolean {
  try {
    held.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return true
  } catch {
    return false
  }
}

/** SQLite would take what lies beside the database for the restored one's, and write it into that. */
function keepBesides(path: string, before: string): void {
  for (const suffix of besides) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${before}${suffix}`)
  }
}

/** Gives the file a second name, so that its own is never without one. */
function keep(path: string, before: string): void {
  try {
    linkSync(path, before)
  } catch {
    // A file system without links. For a moment there is no database.
    renameSync(path, before)
  }
}

function freeName(path: string): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  let name = `${path}.before-restore-${time}`
  for (let count = 2; existsSync(name); count += 1) name = `${path}.before-restore-${time}-${count}`
  return name
}

/** Takes the database for ourselves alone, until it is closed; undefined when there is none, or it is too damaged. */
function lock(path: string): DatabaseSync | undefined {
  if (readFileHeader(path) === undefined) return undefined
  // Another program's file is not ours to replace.
  checkExisting(path)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    // In this mode the first look takes the lock for good; it fails while anybody else has the database open.
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return database
  } catch (thrown) {
    database.close()
    if (inUse.includes(faultOf(thrown).code))
      throw new FoldbackError('database-in-use', path, { cause: thrown })
    return undefined
  }
}
