export { memoryStore, StoreMemory } from './memory-store.ts'
export { outboxContract } from './outbox-contract.ts'
export type { MakeOutbox, OutboxCase, OutboxUnderTest } from './outbox-contract/outbox-case.ts'
export { storeContract } from './store-contract.ts'
export type { MakeStore, StoreCase, StoreUnderTest } from './store-contract/store-case.ts'
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
export { SeededRandom } from './simulation/seeded-random.ts'
export { type DeviceChanges, SimulatedDevice } from './simulation/simulated-device.ts'
export { type AppendFate, type CrashKind, type DiskPace, SimulatedDisk } from './simulation/simulated-disk.ts'
export {
  type Accept,
  type NetworkLimits,
  type ObservedFrame,
  SimulatedNetwork,
  type Way,
} from './simulation/simulated-network.ts'
export { SimulatedPage } from './simulation/simulated-page.ts'
export { SimulatedWorld, type WorldOptions } from './simulation/simulated-world.ts'
export { VirtualClock } from './simulation/virtual-clock.ts'
