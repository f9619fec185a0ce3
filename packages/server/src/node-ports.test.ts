import { memoryStore } from '@foldback/testkit'
import { expect, it } from 'vitest'
import { nodePorts } from './node-ports.ts'

const ports = nodePorts({ store: memoryStore(), report: () => {} })

it('makes ids of 120 bits, as text that needs no quoting anywhere', () => {
  const ids = Array.from({ length: 1_000 }, () => ports.random.id())
  expect(new Set(ids).size).toBe(1_000)
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{20}$/)
})

it('calls after a while, unless it was told not to', async () => {
  let calls = 0
  const cancel = ports.clock.after(1, () => calls++)
  cancel()
  await new Promise<void>((resolve) => ports.clock.after(5, resolve))
  expect(calls).toBe(0)
})
