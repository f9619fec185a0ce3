import type { Measurement } from '../measurement.ts'
import { alone, rateAlone } from './alone.ts'

export const fdatasync: Measurement = {
  name: 'One fdatasync',
  about: 'A page of 4 KiB is written, and the disk says that it is safe.',
  async round(scale) {
    const { p50Microseconds } = await alone<{ readonly p50Microseconds: number }>('fdatasync.ts', scale)
    return { p50Microseconds }
  },
}

export const groupCommit: Measurement = {
  name: "SQLite's own group commit",
  about:
    'The same actions into one table, 500 in a transaction, synchronous=FULL. No reducer, no records, no socket.',
  round: (scale) => rateAlone('group-commit.ts', scale),
}

export const reducer: Measurement = {
  name: 'The reducer alone',
  about: 'The same actions, as objects in memory, folded in a loop. Nothing is kept.',
  round: (scale) => rateAlone('reducer.ts', scale),
}
