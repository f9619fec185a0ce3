import type { Measurement } from '../measurement.ts'
import { alone } from './alone.ts'

export const fdatasync: Measurement = {
  name: 'One fdatasync',
  about: 'A page of 4 KiB is written, and the disk says that it is safe.',
  ...alone('limits/fdatasync.ts'),
}

export const groupCommit: Measurement = {
  name: "SQLite's own group commit",
  about:
    'The same actions into one table, 500 in a transaction, synchronous=FULL. No reducer, no records, no socket.',
  ...alone('limits/group-commit.ts'),
}

export const reducer: Measurement = {
  name: 'The reducer alone',
  about: 'The same actions, as objects in memory, folded in a loop. Nothing is kept.',
  ...alone('limits/reducer.ts'),
}
