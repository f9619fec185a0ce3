import { describe, expect, it } from 'vitest'
import { type HistoryReport, liveHistory } from '../simulator/live-history.ts'
import { type Fault, faultInfo, faultNames } from '../workload/faults.ts'

/*
 * Long random histories with one thing after the other that goes wrong or is tight, and then with all of them
 * together. `npm run simulate` lives through many more.
 */

/** Go with each of the others: on their own those meet little. */
const always = ['crashes', 'cuts', 'offline'] as const
const runs = 20
const timeoutMs = 600_000

async function liveMany(faults: readonly Fault[], count: number): Promise<void> {
  const happenings = new Set<string>()
  for (let seed = 1; seed <= count; seed++) {
    const report = await liveHistory(seed, { faults })
    expect(brokenIn(report)).toBeUndefined()
    for (const happening of report.happenings.keys()) happenings.add(happening)
  }
  const signs = faults.flatMap((fault) => faultInfo(fault).signs)
  expect(signs.filter((sign) => !happenings.has(sign))).toEqual([])
}

function brokenIn({ seed, broken }: HistoryReport): object | undefined {
  return broken && { seed, ...broken }
}

describe('each action happens once and all sides end equal, with', () => {
  it.each(faultNames)('%s', (fault) => liveMany([...always, fault], runs), timeoutMs)

  it('all of it together', () => liveMany(faultNames, 60), timeoutMs)
})
