import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStore, StoreMemory } from './memory-store.ts'
import { type MakeStore, storeContract } from './store-contract.ts'
import { checkAgainstModel } from './store-model-check.ts'
import { appendUnits, looseUnit, sampleEvent, sampleModels } from './store-samples.ts'

const makeStore: MakeStore = async () => {
  const memory = new StoreMemory()
  return { store: memoryStore(memory), reopen: async () => memoryStore(memory) }
}

describe('memoryStore', () => {
  for (const { name, run } of storeContract) it(name, () => run(makeStore))

  it('does what a list of units would do, whatever is appended', async () => {
    const unit = fc.array(fc.nat(9), { minLength: 7, maxLength: 7 })
    const batches = fc.array(fc.array(unit, { maxLength: 5 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(batches, async (choices) => {
        const store = memoryStore()
        await store.open(sampleModels)
        await checkAgainstModel(store, choices)
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
