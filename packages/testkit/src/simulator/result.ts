import type { Fault } from '../workload/faults.ts'
import { type Broken, type HistoryReport, traceHash } from './live-history.ts'

/** What is kept of a history when it is over: something that can be sent from one thread to another. */
export interface HistoryResult {
  readonly seed: number
  readonly faults: readonly Fault[]
  readonly happenings: readonly (readonly [what: string, count: number])[]
  readonly simulatedMs: number
  readonly events: number
  readonly broken: Broken | undefined
  readonly hash: string
}

export function resultOf(report: HistoryReport): HistoryResult {
  const { seed, faults, happenings, simulatedMs, events, broken } = report
  return { seed, faults, happenings: [...happenings], simulatedMs, events, broken, hash: traceHash(report) }
}
