import type { Checker } from './checker.ts'
import { convergence } from './convergence.ts'
import { exactlyOnce } from './exactly-once.ts'
import { nothingWedged } from './nothing-wedged.ts'
import { offlineIsDurable } from './offline-is-durable.ts'
import { oneOrder } from './one-order.ts'
import { settledIsDurable } from './settled-is-durable.ts'
import { trueSnapshots } from './true-snapshots.ts'

/** All of them, in the order of their promises; the last ones open further pages. */
export const checkers: readonly Checker[] = [
  settledIsDurable,
  exactlyOnce,
  oneOrder,
  nothingWedged,
  trueSnapshots,
  convergence,
  offlineIsDurable,
]
