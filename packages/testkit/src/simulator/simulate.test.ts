import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { liveHistory, traceHash } from './live-history.ts'

const root = new URL('../../../../', import.meta.url)

function simulate(...args: readonly string[]) {
  const file = 'packages/testkit/src/simulator/simulate.ts'
  const preload = './scripts/run-on-sources.mjs'
  return spawnSync(process.execPath, ['--import', preload, file, ...args], { cwd: root, encoding: 'utf8' })
}

/** Processes are started, on a machine that may be busy. */
const timeout = 120_000

describe('the simulator', { timeout }, () => {
  it('goes the same way twice from the same seed, whatever lived before it', async () => {
    const before = await liveHistory(3)
    await liveHistory(4)
    const again = await liveHistory(3)
    expect(before.trace.length).toBeGreaterThan(100)
    expect(traceHash(again)).toBe(traceHash(before))
    expect(again).toEqual(before)
  })

  it('goes the same way on several threads as on one, and counts what happened', () => {
    const one = simulate('--runs', '4', '--workers', '1', '--json')
    const two = simulate('--runs', '4', '--workers', '2', '--json')
    expect([one.status, two.status]).toEqual([0, 0])
    const summary = JSON.parse(one.stdout)
    expect(summary).toMatchObject({
      runs: 4,
      broken: [],
      happenings: { 'message: welcome': expect.any(Number) },
    })
    expect(JSON.parse(two.stdout).hash).toBe(summary.hash)
  })

  it('says what is wrong with an option, and ends with 2', () => {
    const { status, stderr } = simulate('--faults', 'rain')
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('rain') })
  })
})
