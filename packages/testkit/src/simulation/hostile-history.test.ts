import { describe, expect, it } from 'vitest'
import { liveHistory } from '../simulator/live-history.ts'
import { type Fault, faultNames } from '../workload/faults.ts'

/*
 * Random histories with one thing after the other that goes wrong or is tight, and then with all of them together: a
 * few, for whoever runs the tests. `npm run simulate` lives through thousands, and says what they have met.
 */

/** Go with each of the others: on their own those meet little. */
const always = ['crashes', 'cuts', 'offline'] as const
const timeoutMs = 120_000

async function liveMany(faults: readonly Fault[], runs: number): Promise<void> {
  for (let seed = 1; seed <= runs; seed++) {
    const { broken } = await liveHistory(seed, { faults })
    expect(broken && { seed, ...broken }).toBeUndefined()
  }
}

describe('every promise is kept, with', () => {
  it.each(faultNames)('%s', (fault) => liveMany([...always, fault], 3), timeoutMs)

  it('all of it together', () => liveMany(faultNames, 10), timeoutMs)

  it('nothing going wrong', () => liveMany([], 3), timeoutMs)
})
