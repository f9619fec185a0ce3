import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import type { Scale } from './measurement.ts'

export interface Options {
  readonly scale: Scale
  readonly rounds: number
  /** Parts of names of measurements, or keys of figures; none means everything. */
  readonly only: readonly string[]
  /** The results go to stdout as JSON, instead of a table. */
  readonly isJson: boolean
  /** Compares with the results that are kept, and measures nothing that needs packages of `bench/package.json`. */
  readonly isGuard: boolean
}

export const usage = `npm run bench -- [options]
  --quick          less of everything: under a minute, and not kept
  --only a,b       keys of figures, or parts of the names of measurements
  --rounds N       how often everything is measured (default 5; with --quick 2, with --guard 3)
  --folder PATH    where everything durable lies (default the system's folder for temporary files)
  --json           the results as JSON instead of a table
  --guard          fails when a ratio is more than 40 % worse than in bench/results.json; leaves the peers out`

const full = { name: 'full', seconds: 3, warmUpSeconds: 2 } as const
const quick = { name: 'quick', seconds: 0.7, warmUpSeconds: 0.7 } as const
const roundsDefault = { full: 5, quick: 2, guard: 3 } as const

/** @throws Error with a sentence for whoever typed it. */
export function parseOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      folder: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
      guard: { type: 'boolean', default: false },
    },
  })
  const { folder, guard: isGuard, json: isJson } = values
  const scale = { ...(values.quick ? quick : full), folder }
  const rounds = Number(values.rounds ?? roundsDefault[isGuard ? 'guard' : scale.name])
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number above 0.')
  return { scale, rounds, only: values.only?.split(',') ?? [], isJson, isGuard }
}
