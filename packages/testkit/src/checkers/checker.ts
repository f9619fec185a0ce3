import type { Watcher } from '../workload/watcher.ts'
import type { PromiseNumber } from './promises.ts'

/**
 * Holds one promise against one history, while it goes on and when it has come to its end. Each method throws
 * BrokenPromise.
 */
export interface Checker extends Watcher {
  readonly promise: PromiseNumber
  /** Everything works again, and everybody has got to the end. */
  ended?(): void | Promise<void>
}
