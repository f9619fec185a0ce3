import { cpus, totalmem } from 'node:os'
import { DatabaseSync } from 'node:sqlite'

/** What was measured on. The disk's rate is beside it, a measurement of its own. */
export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryBytes: number
  readonly node: string
  readonly sqlite: string
  readonly system: string
}

export function thisMachine(): Machine {
  const processors = cpus()
  const database = new DatabaseSync(':memory:')
  const row = database.prepare('SELECT sqlite_version() AS version').get()
  database.close()
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    node: process.versions.node,
    sqlite: String(row?.['version']),
    system: `${process.platform} ${process.arch}`,
  }
}
