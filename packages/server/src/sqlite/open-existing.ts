import { DatabaseSync } from 'node:sqlite'
import { FoldbackError, messageOf } from '@foldback/core'
import { checkIdentity, checkSqliteVersion, runningSqliteVersion } from './open-database.ts'
import { readFileHeader } from './file-header.ts'
import { faultOf, sqliteResultCode, StoreFault } from './store-fault.ts'

const busyTimeoutMs = 5_000
// https://sqlite.org/rescode.html
const damagedCodes: readonly number[] = [11, 26]

/**
 * Opens a database of Foldback's to be read, beside a server that may run on it.
 * @throws FoldbackError `database-unusable`, `not-a-foldback-database`, `database-newer`, `sqlite-too-old`
 */
export function openExisting(path: string): DatabaseSync {
  checkExisting(path)
  return unlessUnusable(path, () => new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs }))
}

/** Looks whether there is a database of Foldback's, without opening it. @throws like `openExisting` */
export function checkExisting(path: string): void {
  unlessUnusable(path, () => {
    checkSqliteVersion(runningSqliteVersion())
    const header = readFileHeader(path)
    if (header === undefined) throw new StoreFault('database-unusable', 'there is no database')
    checkIdentity(header)
  })
}

/** What goes wrong with the database at `path`, as a FoldbackError that names it. */
export async function asFoldbackErrors<Result>(
  path: string,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (thrown) {
    throw errorOf(path, 'store-failed', thrown)
  }
}

function unlessUnusable<Result>(path: string, run: () => Result): Result {
  try {
    return run()
  } catch (thrown) {
    throw errorOf(path, 'database-unusable', thrown)
  }
}

function errorOf(
  path: string,
  otherwise: 'database-unusable' | 'store-failed',
  thrown: unknown,
): FoldbackError {
  if (thrown instanceof FoldbackError) return thrown
  const resultCode = sqliteResultCode(thrown)
  if (resultCode !== undefined && damagedCodes.includes(resultCode & 0xff)) {
    return new FoldbackError('database-damaged', `${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
  const { code, detail } = faultOf(thrown)
  return new FoldbackError(
    code === 'store-failed' ? otherwise : code,
    `${path}: ${detail ?? messageOf(thrown)}`,
    { cause: thrown },
  )
}
