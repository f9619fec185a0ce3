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
  /** Compares ratios with those that are kept. */
  readonly isGuard: boolean
  /** Measures nothing: writes what docs/performance.md shows of the results that are kept. */
  readonly isRedraw: boolean
}

export const usage = `npm run bench -- [options]
  --quick          less of everything: under a minute, and not kept
  --only a,b       keys of figures, or parts of the names of measurements
  --rounds N       how often everything is measured (default 5; with --quick 2, with --guard 3)
  --folder PATH    where everything durable lies (default the system's folder for temporary files)
  --json           the results as JSON instead of a table
  --guard          fails when a ratio is more than 40 % worse than in bench/results.json; quick, and without the peers
  --redraw         measures nothing, and writes docs/performance.md and its charts from bench/results.json again`

const full = { name: 'full', seconds: 2, warmUpSeconds: 2 } as const
const quick = { name: 'quick', seconds: 0.4, warmUpSeconds: 0.5 } as const
/** Few measurements, and warm ones: they are compared with those of a full run. */
const guarding = { name: 'quick', seconds: 0.5, warmUpSeconds: 1 } as const

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
      redraw: { type: 'boolean', default: false },
    },
  })
  const { folder, guard: isGuard, redraw: isRedraw, json: isJson } = values
  const [scale, roundsDefault] = isGuard
    ? ([guarding, 3] as const)
    : values.quick
      ? ([quick, 2] as const)
      : ([full, 5] as const)
  const rounds = Number(values.rounds ?? roundsDefault)
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number above 0.')
  return {
    scale: { ...scale, folder },
    rounds,
    only: values.only?.split(',') ?? [],
    isJson,
    isGuard,
    isRedraw,
  }
}
