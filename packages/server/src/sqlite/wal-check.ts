import { closeSync, openSync, readSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { StoreFault } from './store-fault.ts'

/*
 * A checkpoint brings pages from the WAL into the database file. When a part of the WAL is lost after that, such as by
 * copying files that are in use, older pages of the WAL lie over newer ones of the file: a mixture that SQLite takes
 * for a database. It shows in `_log.commits`, which each commit moves: a checkpoint writes pages in their order, and
 * that of `_log` is the first of those that commits change, so that no page of the file is newer than that number in
 * the file itself.
 */

/** The page of `_log`, whose table is the first to be made. */
const logPage = 2
const headerBytes = 100
/** https://sqlite.org/fileformat.html#b_tree_pages */
const tableLeaf = 0x0d
/** Of whole numbers, by their type: https://sqlite.org/fileformat.html#record_format */
const numberBytes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0]
const typeZero = 8
const typeOne = 9

/**
 * `_log.commits` in the database file itself, whatever its WAL says: SQLite would not look at a file in the middle of a
 * checkpoint without its WAL. Undefined where there is none. Call it before the database is opened: closing a file
 * gives up every lock that this process has on it.
 */
export function commitsInFile(path: string): number | undefined {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(headerBytes)
    readSync(file, header, 0, headerBytes, 0)
    const pageSize = header.readUInt16BE(16)
    const page = Buffer.alloc(pageSize === 1 ? 65_536 : pageSize)
    const byteCount = readSync(file, page, 0, page.length, (logPage - 1) * page.length)
    return byteCount === page.length ? commitsIn(page) : undefined
  } finally {
    closeSync(file)
  }
}

/** The last of the four columns of the only row. */
function commitsIn(page: Buffer): number | undefined {
  const row = page.subarray(page.readUInt16BE(8))
  // One byte each: the length of the row, its number, the length of its header, and the types of its columns.
  const [, rowid, rowHeaderBytes, ...rest] = row
  if (page[0] !== tableLeaf || page.readUInt16BE(3) !== 1 || rowid !== 1 || rowHeaderBytes !== 5)
    return undefined
  const [one = 0, generation = 0, seq = 0, commits = 0] = rest
  if (commits === typeZero || commits === typeOne) return commits - typeZero
  const at = 7 + [one, generation, seq].reduce((bytes, type) => bytes + (numberBytes[type] ?? 0), 0)
  const length = numberBytes[commits] ?? 0
  return length > 0 && length <= 6 && row.length >= at + length ? row.readIntBE(at, length) : undefined
}

/**
 * @param inFile what `commitsInFile` gave before `database` was opened.
 * @throws StoreFault `database-damaged`
 */
export function checkWal(database: DatabaseSync, inFile: number): void {
  const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = '_log'").get()
  // Somebody has put the file into another order.
  if (root?.['rootpage'] !== logPage) return
  const commits = Number(database.prepare('SELECT commits FROM _log').get()?.['commits'])
  if (commits >= inFile) return
  throw new StoreFault(
    'database-damaged',
    `its -wal file is incomplete: it ends at commit ${commits}, and the database file has commit ${inFile}`,
  )
}
