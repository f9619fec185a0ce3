import { inspect } from 'node:util'
import type { Measurement, Scale, Values } from './measurement.ts'

/** What several rounds have shown. */
export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** What each measurement has shown in one round, by its name. One that failed is not there. */
export type Round = ReadonlyMap<string, Values>

/** Why a measurement is missing, by its name. */
type Failures = ReadonlyMap<string, string>

export interface ContestOutcome {
  readonly rounds: readonly Round[]
  readonly failures: Failures
}

export interface ContestOptions {
  readonly scale: Scale
  readonly roundCount: number
  /** Hears what is being done, for somebody who waits. */
  readonly progress: (sentence: string) => void
}

/**
 * Measures everything in each round, one after the other; every second round goes backwards, so that nothing is always
 * measured in the shadow of the same neighbour. What fails once is left out from then on, and the rest goes on.
 */
export async function runContest(
  measurements: readonly Measurement[],
  { scale, roundCount, progress }: ContestOptions,
): Promise<ContestOutcome> {
  const failures = new Map<string, string>()
  const attempt = async (measurement: Measurement, work: () => Promise<void> | undefined): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      progress(`failed: ${measurement.name}: ${inspect(thrown)}`)
      failures.set(measurement.name, sentenceOf(thrown))
    }
  }
  const rounds: Round[] = []
  try {
    for (const each of measurements) {
      if (each.prepare === undefined) continue
      progress(`preparing: ${each.name}`)
      await attempt(each, () => each.prepare?.(scale))
    }
    for (let index = 0; index < roundCount; index++) {
      const round = new Map<string, Values>()
      for (const each of index % 2 === 0 ? measurements : measurements.toReversed()) {
        if (failures.has(each.name)) continue
        progress(`round ${index + 1} of ${roundCount}: ${each.name}`)
        await attempt(each, async () => void round.set(each.name, await each.round(scale)))
      }
      rounds.push(round)
    }
  } finally {
    for (const each of measurements) await attempt(each, () => each.close?.())
  }
  return { rounds, failures }
}

const sentenceLengthMax = 300

/** The first line of it, for a table. */
function sentenceOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.split('\n')[0]!.slice(0, sentenceLengthMax)
}

/** @param values one or more numbers. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, lowest: sorted[0]!, highest: sorted.at(-1)! }
}
