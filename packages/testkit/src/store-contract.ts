import { appending } from './store-contract/appending.ts'
import { conflicts } from './store-contract/conflicts.ts'
import { lanes } from './store-contract/lanes.ts'
import { life } from './store-contract/life.ts'
import { reading } from './store-contract/reading.ts'
import { records } from './store-contract/records.ts'
import { texts } from './store-contract/texts.ts'
import type { StoreCase } from './store-contract/store-case.ts'

/**
 * What every event store must hold. Each case makes a store of its own.
 *
 * @example for (const { name, run } of storeContract) it(name, () => run(async () => ({ store: …, reopen: … })))
 */
export const storeContract: readonly StoreCase[] = [
  ...appending,
  ...conflicts,
  ...lanes,
  ...records,
  ...reading,
  ...texts,
  ...life,
]
