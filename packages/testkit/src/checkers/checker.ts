import type { History } from '../workload/history.ts'
import type { Watcher } from '../workload/watcher.ts'
import type { PromiseNumber } from './promises.ts'

/**
 * Holds one promise against a history, while it goes on and when it has come to its end. Each method throws
 * BrokenPromise.
 */
export interface Checker extends Watcher {
  readonly promise: PromiseNumber
  /** Everything works again, and everybody has got to the end. */
  ended?(history: History): void | Promise<void>
}
