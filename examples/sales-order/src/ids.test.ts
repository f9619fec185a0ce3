import { expect, it } from 'vitest'
import { newOrderId } from './ids.ts'

it('gives orders numbers that sort by when they were made', () => {
  const times = ['2025-01-01', '2025-01-01T00:00:32', '2026-06-30T12:00', '2026-06-30T12:00:01', '2058-12-31']
  const ids = times.map((time) => newOrderId(Date.parse(time)))
  expect(ids.toSorted()).toEqual(ids)
  for (const id of ids) expect(id).toMatch(/^SO-[0-9A-Z]{8}$/)
})
