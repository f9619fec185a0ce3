export { memoryStore, StoreMemory } from './memory-store.ts'
export { type MakeStore, type StoreCase, storeContract, type StoreUnderTest } from './store-contract.ts'
export { checkAgainstModel, type UnitChoices } from './store-model-check.ts'
export {
  appendUnits,
  batchOf,
  laneUnit,
  looseUnit,
  place,
  sampleEvent,
  sampleModels,
  sampleRecord,
} from './store-samples.ts'
