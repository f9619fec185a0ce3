import { type ContestOutcome, type Spread, spreadOf } from './contest.ts'
import { type Figure, figures, isMet, type Target, valueIn } from './figures.ts'
import type { Machine } from './machine.ts'
import type { Measurement, Scale } from './measurement.ts'

/** What is kept of a run, in `results.json`. */
export interface Results {
  /** The day, as 2026-01-31. */
  readonly date: string
  readonly scale: Scale['name']
  readonly rounds: number
  readonly machine: Machine
  /** By key. One that could not be computed is not there. */
  readonly figures: { readonly [key: string]: FigureResult }
  /** By name, then by the name of the value. */
  readonly measurements: { readonly [name: string]: MeasurementResult }
  /** Why a measurement is missing, by its name. */
  readonly failures: { readonly [name: string]: string }
}

interface FigureResult extends Spread {
  readonly target: Target
  /** Of the median. */
  readonly isMet: boolean
}

interface MeasurementResult {
  readonly about: string
  readonly values: { readonly [name: string]: Spread }
}

export function resultsOf(
  { rounds, failures }: ContestOutcome,
  measurements: readonly Measurement[],
  about: Pick<Results, 'date' | 'scale' | 'machine'>,
): Results {
  return {
    ...about,
    rounds: rounds.length,
    figures: defined(figures.map((figure) => [figure.key, figureResult(rounds, figure)])),
    measurements: defined(measurements.map((each) => [each.name, measurementResult(rounds, each)])),
    failures: Object.fromEntries(failures),
  }
}

function figureResult(rounds: ContestOutcome['rounds'], figure: Figure): FigureResult | undefined {
  const values = rounds.map((round) => valueIn(round, figure)).filter((value) => value !== undefined)
  if (values.length === 0) return undefined
  const spread = rounded(spreadOf(values))
  return { ...spread, target: figure.target, isMet: isMet(spread.median, figure.target) }
}

function measurementResult(
  rounds: ContestOutcome['rounds'],
  { name, about }: Measurement,
): MeasurementResult | undefined {
  const all = rounds.map((round) => round.get(name)).filter((values) => values !== undefined)
  const [first] = all
  if (first === undefined) return undefined
  const values = Object.keys(first).map((key) => [key, rounded(spreadOf(all.map((each) => each[key]!)))])
  return { about, values: Object.fromEntries(values) }
}

function defined<Value>(entries: readonly (readonly [string, Value | undefined])[]): Record<string, Value> {
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined),
  )
}

/** More digits say nothing. */
function rounded({ median, lowest, highest }: Spread): Spread {
  const round = (value: number) => Number(value.toPrecision(4))
  return { median: round(median), lowest: round(lowest), highest: round(highest) }
}
