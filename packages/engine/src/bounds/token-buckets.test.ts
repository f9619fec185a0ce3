import { VirtualClock } from '@foldback/testkit'
import { expect, it } from 'vitest'
import { TokenBuckets } from './token-buckets.ts'

function filled(keysMax = 10) {
  const clock = new VirtualClock()
  const buckets = new TokenBuckets(clock, { perSecond: 10, burst: 20, keysMax })
  const takeAll = (key: string): number => {
    let count = 0
    while (buckets.take(key)) count++
    return count
  }
  return { clock, buckets, takeAll, pass: (ms: number) => clock.moveTo(clock.now() + ms) }
}

it('a bucket has its burst at first, and then so many tokens in a second', () => {
  const { takeAll, pass } = filled()
  expect(takeAll('ann')).toBe(20)
  pass(1_000)
  expect(takeAll('ann')).toBe(10)
  pass(60_000)
  expect(takeAll('ann')).toBe(20)
})

it("a bucket is nobody else's", () => {
  const { takeAll } = filled()
  takeAll('ann')
  expect(takeAll('bob')).toBe(20)
})

it('says how long to wait until it is worth it again', () => {
  const { buckets, takeAll, pass } = filled()
  expect(buckets.waitMs('ann')).toBe(0)
  takeAll('ann')
  expect(buckets.waitMs('ann')).toBe(1_000)
  pass(1_000)
  expect(buckets.waitMs('ann')).toBe(0)
  buckets.spend('ann', 40)
  expect(buckets.has('ann')).toBe(false)
  expect(buckets.waitMs('ann')).toBe(4_000)
})

it('a clock that is put back takes nothing away and gives nothing', () => {
  const { clock, takeAll } = filled()
  takeAll('ann')
  const now = clock.now.bind(clock)
  clock.now = () => now() - 60_000
  expect(takeAll('ann')).toBe(0)
})

it('a million users take no more memory than a few', () => {
  const { buckets } = filled(100)
  for (let user = 0; user < 1_000_000; user++) buckets.take(`user ${user}`)
  expect(buckets.size).toBe(100)
})
