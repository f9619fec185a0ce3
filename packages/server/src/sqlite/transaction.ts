import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs `work` in one transaction: all of it is kept, or, when anything throws, nothing. IMMEDIATE takes the write
 * lock at once, so that nothing read inside can change before it is written.
 */
export function transact<Result>(
  database: DatabaseSync,
  mode: 'IMMEDIATE' | 'DEFERRED',
  work: () => Result,
): Result {
  database.exec(`BEGIN ${mode}`)
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (thrown) {
    // Some errors, such as a full disk, have rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw thrown
  }
}
