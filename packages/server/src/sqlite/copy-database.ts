import { closeSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { type Contents, examineDatabase } from './examine-database.ts'
import { asFoldbackErrors, openExisting } from './open-existing.ts'
import { endHistory } from './schema.ts'

/** 4 MiB of the usual pages: so seldom that the disk does not notice, so often that somebody who waits does. */
const pagesPerStep = 1_024

/** How far a copy is, from 0 to 1. */
export type OnProgress = (share: number) => void

/**
 * Copies a database, also one that a server writes to, into a new file of this process's that is whole and durable when this resolves.
 *
 * The source's connection begins to read before the first page is copied, and goes on until the last: so all pages are
 * of one moment, and what is committed meanwhile makes SQLite neither wait nor begin again. As long as it lasts the
 * source's WAL cannot be reset, and grows by what is committed. The copy is no WAL database, so it is a single file; a
 * server makes it one again.
 *
 * @throws FoldbackError that says what is wrong with the source; the copy is gone then.
 */
export async function copyDatabase(
  from: string,
  to: string,
  onProgress: OnProgress = () => {},
): Promise<Contents> {
  const source = openExisting(from)
  const remove = (): void => removeDatabase(to)
  // However this process ends.
  process.on('exit', remove)
  try {
    // It holds what the source does: nobody may read it who may not read the source.
    closeSync(openSync(to, 'wx', statSync(from).mode))
    return await asFoldbackErrors(from, async () => {
      source.exec('BEGIN')
      source.prepare('SELECT seq FROM _log').get()
      await backup(source, to, {
        rate: pagesPerStep,
        progress: ({ totalPages, remainingPages }) => onProgress(1 - remainingPages / totalPages),
      })
      onProgress(1)
      return finish(to)
    })
  } catch (thrown) {
    remove()
    throw thrown
  } finally {
    process.off('exit', remove)
    source.close()
  }
}

function finish(path: string): Contents {
  const copy = new DatabaseSync(path)
  try {
    copy.exec(`PRAGMA journal_mode = DELETE; ${endHistory}`)
    return examineDatabase(copy)
  } finally {
    copy.close()
    syncFile(path)
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  fsyncSync(file)
  closeSync(file)
}

/** With the files that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}
