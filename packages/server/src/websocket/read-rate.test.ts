import { expect, it } from 'vitest'
import { ReadRate } from './read-rate.ts'

function rateOf() {
  const clock = { ms: 0, now: () => clock.ms }
  const rate = new ReadRate(clock, {
    bytesPerSecondMax: 100_000,
    bytesBurstMax: 200_000,
    handlingPercentMax: 2,
  })
  return { clock, rate }
}

it('nothing rests within the burst, and what is more rests as long as it takes', () => {
  const { clock, rate } = rateOf()
  expect(rate.take(150_000, 0)).toBe(0)
  expect(rate.take(50_000, 0)).toBe(0)
  expect(rate.take(100_000, 0)).toBe(1_000)
  clock.ms += 1_000
  expect(rate.take(10_000, 0)).toBe(100)
  clock.ms += 60_000
  expect(rate.take(200_000, 0)).toBe(0)
})

it('a frame counts something however small it is', () => {
  const { rate } = rateOf()
  let count = 0
  while (rate.take(2, 0) === 0) count++
  expect(count).toBe(390)
})

it('a large one that takes long to handle counts the time: a fiftieth of all is what there is', () => {
  const { rate } = rateOf()
  // 40 ms are what one connection may take in two seconds, which the burst allows at once.
  expect(rate.take(100_000, 40)).toBe(0)
  expect(rate.take(100_000, 20)).toBe(1_000)
})

it('nor more than four times its bytes', () => {
  const { rate } = rateOf()
  expect(rate.take(50_000, 60_000)).toBe(0)
  expect(rate.take(25_000, 60_000)).toBe(1_000)
})

it('a small one does not: that it took long is rather the machine', () => {
  const { rate } = rateOf()
  expect(rate.take(1_000, 1_000)).toBe(0)
})

it('a clock that is put back does not make it longer', () => {
  const { clock, rate } = rateOf()
  rate.take(200_000, 0)
  clock.ms -= 60_000
  expect(rate.take(100_000, 0)).toBe(1_000)
})
