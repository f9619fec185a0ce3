import { closeSync, openSync, readSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { StoreFault } from './store-fault.ts'

/*
 * A checkpoint brings pages from the WAL into the database file. When a part of the WAL is lost after that, such as by
 * copying files that are in use, older pages of the WAL lie over newer ones of the file: a mixture that SQLite takes
 * for a database. It shows in the generation, which each commit moves: a checkpoint writes pages in their order, and
 * that of `_log` is one of the first, so that no page of the file is newer than the generation in the file itself.
 */

/** The page of `_log`, whose table is the first to be made. */
const logPage = 2
/** https://sqlite.org/fileformat.html#b_tree_pages */
const tableLeaf = 0x0d
/** https://sqlite.org/fileformat.html#record_format */
const integerBytes = [0, 1, 2, 3, 4, 6]

/**
 * The generation in the database file itself, whatever its WAL says: SQLite would not look at a file that is in the
 * middle of a checkpoint without its WAL. Undefined where there is none. Call it before the database is opened: closing
 * a file gives up every lock that this process has on it.
 */
export function generationInFile(path: string): number | undefined {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(100)
    readSync(file, header, 0, header.length, 0)
    const pageSize = header.readUInt16BE(16)
    const page = Buffer.alloc(pageSize === 1 ? 65_536 : pageSize)
    const byteCount = readSync(file, page, 0, page.length, (logPage - 1) * page.length)
    return byteCount === page.length ? generationIn(page) : undefined
  } finally {
    closeSync(file)
  }
}

/** The second of the three columns of the only row. */
function generationIn(page: Buffer): number | undefined {
  const row = page.subarray(page.readUInt16BE(8))
  // One byte each: the length of the row, its number, that of its header, and the types of its columns.
  const [, rowid, headerBytes, , type = 0] = row
  if (page[0] !== tableLeaf || page.readUInt16BE(3) !== 1 || rowid !== 1 || headerBytes !== 4)
    return undefined
  if (type === 8 || type === 9) return type - 8
  const length = integerBytes[type] ?? 0
  // The first column is the row's number, and takes no room.
  return length > 0 && row.length >= 6 + length ? row.readIntBE(6, length) : undefined
}

/**
 * @param inFile what `generationInFile` gave before `database` was opened.
 * @throws StoreFault `database-damaged`
 */
export function checkWal(database: DatabaseSync, inFile: number): void {
  const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = '_log'").get()
  // Somebody has put the file into another order.
  if (root?.['rootpage'] !== logPage) return
  const generation = Number(database.prepare('SELECT generation FROM _log').get()?.['generation'])
  if (generation >= inFile) return
  throw new StoreFault(
    'database-damaged',
    `its -wal file is incomplete: it ends at commit ${generation}, and the database file has commit ${inFile}`,
  )
}
