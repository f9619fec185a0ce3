import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'

export interface FileHeader {
  readonly isSqlite: boolean
  readonly applicationId: number
  readonly userVersion: number
}

const magic = 'SQLite format 3\0'
const headerBytes = 100

/**
 * Reads who wrote a database file, without SQLite, which would leave files of its own beside a stranger's.
 * Undefined when there is no file or an empty one. Throws what the file system throws.
 * The format: https://sqlite.org/fileformat.html#the_database_header
 */
export function readFileHeader(path: string): FileHeader | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  // Also because opening a pipe would wait for ever.
  if (!found.isFile()) throw new Error(found.isDirectory() ? 'it is a folder' : 'it is not a regular file')
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).size === 0) return undefined
    const bytes = Buffer.alloc(headerBytes)
    readSync(file, bytes, 0, headerBytes, 0)
    return {
      isSqlite: bytes.toString('latin1', 0, magic.length) === magic,
      userVersion: bytes.readInt32BE(60),
      applicationId: bytes.readInt32BE(68),
    }
  } finally {
    closeSync(file)
  }
}
