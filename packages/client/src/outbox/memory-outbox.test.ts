import { outboxContract } from '@foldback/testkit'
import { describe, expect, it } from 'vitest'
import { memoryOutbox } from './memory-outbox.ts'

describe('memoryOutbox', () => {
  it.for(outboxContract.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    await expect(run(async () => ({ storage: memoryOutbox() }))).resolves.toBeUndefined()
  })
})
