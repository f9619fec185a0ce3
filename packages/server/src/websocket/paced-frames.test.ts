import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Frame, PacedFrames } from './paced-frames.ts'

function paced() {
  const handled: string[] = []
  const frames = new PacedFrames({
    handle: ({ data }) => void handled.push(data.toString()),
    caughtUp: () => void handled.push('done'),
  })
  const add = (count: number): void => {
    for (let index = 0; index < count; index++) frames.add(frameOf(String(index)))
  }
  return { frames, handled, add }
}

const frameOf = (text: string): Frame => ({ data: Buffer.from(text), kind: 'text' })
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index))

it('a handful of frames is handled at once', () => {
  const { frames, handled, add } = paced()
  add(5)
  expect(handled).toEqual(numbers(5))
  expect(frames.areWaiting).toBe(false)
})

it('of a thousand at once others have their turn in between, and all are handled in order', async () => {
  const { frames, handled, add } = paced()
  add(1_000)
  let turns = 0
  for (; frames.areWaiting; turns++) {
    expect(handled.length).toBeLessThanOrEqual((turns + 1) * 32)
    await nextTurn()
  }
  expect(handled).toEqual([...numbers(1_000), 'done'])
  expect(turns).toBeGreaterThan(30)
})

it('what comes in the next turn waits no longer', async () => {
  const { frames, handled, add } = paced()
  for (let turn = 0; turn < 3; turn++) {
    add(32)
    expect(frames.areWaiting).toBe(false)
    await nextTurn()
  }
  expect(handled).toHaveLength(96)
})

it('what waits when a connection ends is handled', () => {
  const { frames, handled, add } = paced()
  add(100)
  frames.finish()
  expect(handled).toEqual(numbers(100))
})
