import type { ContestOutcome } from './contest.ts'
import { figures, timesWorse, valueIn } from './figures.ts'
import type { Results } from './results.ts'

/** A ratio may be so many times worse than the one that is kept: machines differ, and this run is short. */
const timesWorseMax = 1.4

/** What the guard has found. */
export interface Verdict {
  readonly sentences: readonly string[]
  readonly hasFailed: boolean
}

/**
 * Compares each ratio with the one that is kept. The best of the rounds counts: whatever else the machine does makes
 * a round worse, and code that has become slower is so in each.
 */
export function guard({ rounds, failures }: ContestOutcome, kept: Results): Verdict {
  const sentences = Array.from(failures, ([name, why]) => `${name} failed: ${why}`)
  let hasFailed = sentences.length > 0
  for (const figure of figures) {
    const { key, target, isGuarded } = figure
    const reference = kept.figures[key]?.median
    const values = rounds.map((round) => valueIn(round, figure)).filter((value) => value !== undefined)
    if (!isGuarded || reference === undefined || values.length === 0) continue
    const worse = Math.min(...values.map((value) => timesWorse(value, reference, target)))
    const isTooMuch = worse > timesWorseMax
    hasFailed ||= isTooMuch
    const change = `${Math.round(Math.abs(worse - 1) * 100)} % ${worse > 1 ? 'worse' : 'better'}`
    sentences.push(`${isTooMuch ? 'WORSE' : 'ok   '} ${key}: ${change} than the kept ${reference}`)
  }
  return { sentences, hasFailed }
}
