import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../simulation/virtual-clock.ts'
import { hasQuietTime } from './quiet-time.ts'

/** Who is done at these times, in milliseconds from the start. */
async function quietTime(isDoneAt: (ms: number) => boolean): Promise<{ isQuiet: boolean; ms: number }> {
  const clock = new VirtualClock(0)
  const isQuiet = await hasQuietTime({
    world: { run: async (ms) => clock.moveTo(clock.now() + ms) },
    isDone: () => isDoneAt(clock.now()),
    quietMs: 2_000,
    longMs: 70_000,
  })
  return { isQuiet, ms: clock.now() }
}

describe('the quiet time of a history', () => {
  it('is whole for the last to get done', async () => {
    const { isQuiet, ms } = await quietTime((at) => at >= 69_850)
    expect(isQuiet).toBe(true)
    expect(ms).toBeGreaterThanOrEqual(69_850 + 2_000)
  })

  it('has not been when somebody gets done too late for it', async () => {
    expect(await quietTime((at) => at >= 71_950)).toMatchObject({ isQuiet: false })
  })

  it('begins again when somebody has more to do', async () => {
    const { isQuiet, ms } = await quietTime((at) => at < 1_000 || at >= 1_900)
    expect(isQuiet).toBe(true)
    expect(ms).toBeGreaterThanOrEqual(1_900 + 2_000)
  })

  it('does not come when somebody does not get done', async () => {
    expect(await quietTime((at) => at < 1_000)).toMatchObject({ isQuiet: false })
  })
})
