import { existsSync, renameSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { FoldbackError } from '@foldback/core'
import { copyDatabase, type OnProgress } from './copy-database.ts'
import type { Contents } from './examine-database.ts'
import { makeFolder, syncFolder } from './folder.ts'
import { partFile } from './part-file.ts'
import { realPath } from './real-path.ts'

export interface BackupOptions {
  /** Puts the backup in the place of a file of its name. */
  readonly replaces?: boolean
  readonly onProgress?: OnProgress
}

export interface Backup extends Contents {
  readonly bytes: number
}

/**
 * Copies a database while a server may run on it. The file has its name only when it is whole, checked and durable.
 * @throws FoldbackError `file-exists`, `database-damaged`, or one that says why the database cannot be read.
 */
export async function backupDatabase(
  database: string,
  to: string,
  { replaces = false, onProgress }: BackupOptions = {},
): Promise<Backup> {
  if (realPath(database) === realPath(to))
    throw new FoldbackError('file-exists', `${to} is the database itself`)
  if (existsSync(to) && !replaces) throw new FoldbackError('file-exists', to)
  makeFolder(dirname(resolve(to)))
  const part = partFile(resolve(to), 'part')
  const contents = await copyDatabase(database, part, onProgress)
  renameSync(part, to)
  syncFolder(dirname(resolve(to)))
  return { ...contents, bytes: statSync(to).size }
}
