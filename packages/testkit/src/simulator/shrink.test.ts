import { expect, it } from 'vitest'
import type { Fault } from '../workload/faults.ts'
import { type HistoryOptions, type HistoryReport, planFor } from './live-history.ts'
import { shrink } from './shrink.ts'

/** Breaks promise 2 when both steps happen and pages are reloaded; and promise 5 without the first step. */
async function live(seed: number, options: HistoryOptions): Promise<HistoryReport> {
  const { only = [] } = options
  const faults = [...planFor(seed, options).faults]
  const isBroken = only.includes(17) && only.includes(42) && faults.includes('reloads')
  const promise = isBroken ? 2 : only.includes(0) ? undefined : 5
  return {
    seed,
    faults,
    happenings: new Map(),
    simulatedMs: 0,
    events: 0,
    broken: promise && { promise, message: 'It broke.' },
    trace: [],
  }
}

it('leaves a history with nothing but the steps and faults that break the same promise', async () => {
  const faults: readonly Fault[] = ['cuts', 'reloads', 'tabs']
  const all = Array.from({ length: 60 }, (_, index) => index)
  const broken = await live(1, { faults, only: all })
  const { report, options } = await shrink(broken, { faults, only: all }, live)
  expect(options).toEqual({ faults, only: [17, 42], without: ['cuts', 'tabs'] })
  expect(report).toMatchObject({ faults: ['reloads'], broken: { promise: 2 } })
})
