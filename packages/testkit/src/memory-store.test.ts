import { array, assert, asyncProperty, nat } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStore, StoreMemory } from './memory-store.ts'
import { storeContract } from './store-contract.ts'
import type { MakeStore } from './store-contract/store-case.ts'
import { checkAgainstModel } from './store-model-check.ts'
import { appendUnits, looseUnit, sampleEvent, sampleModels } from './store-samples.ts'

const makeStore: MakeStore = async () => {
  const memory = new StoreMemory()
  return { store: memoryStore(memory), reopen: async () => memoryStore(memory) }
}

describe('memoryStore', () => {
  it.for(storeContract.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    await expect(run(makeStore)).resolves.toBeUndefined()
  })

  it('does what a list of units would do, whatever is appended', async () => {
    const unit = array(nat(9), { minLength: 7, maxLength: 7 })
    const batches = array(array(unit, { maxLength: 5 }), { maxLength: 12 })
    await assert(
      asyncProperty(batches, async (choices) => {
        const store = memoryStore()
        await store.open(sampleModels)
        await expect(checkAgainstModel(store, choices)).resolves.toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('shares nothing with another memory store', async () => {
    const [one, other] = [memoryStore(), memoryStore()]
    await one.open(sampleModels)
    await other.open(sampleModels)
    await appendUnits(one, looseUnit(sampleEvent('1', 0)))
    expect(await other.tip()).toEqual({ seq: 0, id: '' })
  })
})
