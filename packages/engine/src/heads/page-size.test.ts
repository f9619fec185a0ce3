import { expect, it } from 'vitest'
import { PageSize } from './page-size.ts'

const heads = (count: number, bytes: number) =>
  Array.from({ length: count }, () => ({
    record: { version: 1, eventId: 'e', receivedAt: 0, state: 'x'.repeat(bytes), modelVersion: 1 },
    tail: [],
  }))

it('a page of large records has few, and one of small records many', () => {
  const size = new PageSize(10_000, 200)
  expect(size.count).toBe(10)
  size.learn(heads(10, 5_000))
  expect(size.count).toBe(2)
  size.learn(heads(2, 50_000))
  expect(size.count).toBe(1)
  size.learn(heads(1, 10))
  expect(size.count).toBe(200)
  size.learn([])
  expect(size.count).toBe(200)
})
