import { DatabaseSync } from 'node:sqlite'
import { faultOf, StoreFault } from './store-fault.ts'

/*
 * One server for each database file. SQLite itself would let two in, and the second would stop the first from writing
 * (writer.ts): that guard stays, for file systems without locks. The lock is SQLite's own, on a file beside the
 * database that has nothing in it, because there the operating system frees it with the process, however that ends.
 */

/**
 * Takes the database at `path` for this process until `close`, or until it ends. Waits `busyTimeoutMs` for a server that
 * is just ending.
 *
 * @throws StoreFault `database-in-use`
 */
export function lockDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  const lock = new DatabaseSync(`${path}-lock`, { timeout: busyTimeoutMs })
  try {
    // Nothing is ever written: the file stays empty, and needs no journal beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (thrown) {
    lock.close()
    if (faultOf(thrown).code === 'busy') throw new StoreFault('database-in-use', 'another server has it')
    throw thrown
  }
}
