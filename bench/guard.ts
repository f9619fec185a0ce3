import type { Round } from './contest.ts'
import { type Figure, figures, timesWorse, valueIn } from './figures.ts'
import type { Results } from './results.ts'

/** A ratio may be so many times worse than the one that is kept: machines differ, and this run is short. */
const timesWorseMax = 1.4

/** How a ratio compares with the one that is kept. */
export interface Comparison {
  readonly figure: Figure
  readonly kept: number
  /** Below 1 when it is better. */
  readonly timesWorse: number
  readonly isTooBad: boolean
}

/**
 * Compares each guarded figure with the one that is kept. The best of the rounds counts: whatever else the machine does
 * makes a round worse, and code that has become slower is so in each.
 */
export function compared(rounds: readonly Round[], kept: Results): Comparison[] {
  return figures.flatMap((figure) => {
    const { key, target, isGuarded } = figure
    const reference = kept.figures[key]?.median
    const values = rounds.map((round) => valueIn(round, figure)).filter((value) => value !== undefined)
    if (!isGuarded || reference === undefined || values.length === 0) return []
    const best = Math.min(...values.map((value) => timesWorse(value, reference, target)))
    return [{ figure, kept: reference, timesWorse: best, isTooBad: best > timesWorseMax }]
  })
}

export function comparisonSentence({ figure, kept, timesWorse: times, isTooBad }: Comparison): string {
  const change = `${Math.round(Math.abs(times - 1) * 100)} % ${times > 1 ? 'worse' : 'better'}`
  return `${isTooBad ? 'WORSE' : 'ok   '} ${figure.key}: at best ${change} than the kept ${kept}`
}
