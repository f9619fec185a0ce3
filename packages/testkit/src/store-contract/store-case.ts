import type { EventStore } from '@foldback/engine'
import { sampleModels } from '../store-samples.ts'

/** A store to be tried, not open yet. */
export interface StoreUnderTest {
  readonly store: EventStore
  /** Another store, not open yet, over what the first one kept. The first one is closed before. */
  reopen(): Promise<EventStore>
  cleanup?(): Promise<void>
}

export type MakeStore = () => Promise<StoreUnderTest>

/** One thing that every store must hold. `run` rejects when it does not. */
export interface StoreCase {
  readonly name: string
  run(make: MakeStore): Promise<void>
}

type Check = (store: EventStore, again: () => Promise<EventStore>) => Promise<void>

export function storeCase(name: string, check: Check): StoreCase {
  return { name, run: (make) => runCase(make, check) }
}

async function runCase(make: MakeStore, check: Check): Promise<void> {
  const subject = await make()
  let store = subject.store
  try {
    await store.open(sampleModels)
    await check(store, async () => {
      await store.close()
      store = await subject.reopen()
      await store.open(sampleModels)
      return store
    })
  } finally {
    await store.close()
    await subject.cleanup?.()
  }
}
