import type { ErrorCode } from '@foldback/core'
import { faultOf, StoreFault } from './store-fault.ts'

/** What is said of a file that does not open, where something else is said of an action. */
const atOpening: { readonly [Code in ErrorCode]?: ErrorCode } = {
  'store-failed': 'database-unusable',
  busy: 'database-in-use',
}

/**
 * Whatever goes wrong at opening, with the path that it is about.
 *
 * @throws StoreFault `sqlite-too-old`, `not-a-foldback-database`, `database-newer`, `database-damaged`,
 *   `database-in-use`, `database-unusable`, `disk-full`
 */
export function explained<Result>(path: string, open: () => Result): Result {
  try {
    return open()
  } catch (thrown) {
    const { code, detail } = faultOf(thrown)
    throw new StoreFault(atOpening[code] ?? code, detail === undefined ? path : `${path}: ${detail}`)
  }
}
