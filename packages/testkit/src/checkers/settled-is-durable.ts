import type { History } from '../workload/history.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/** Promise 1: what was told to be accepted is in the log. */
export const settledIsDurable: Checker = {
  promise: 1,
  ended: (history) => {
    // What was told of a log does not hold when that was put back to an earlier one.
    if (!history.isRestored) checkAccepted(history)
  },
}

function checkAccepted({ world, ledger }: History): void {
  const logged = new Set(world.memory.log.map(({ id }) => id))
  for (const [id, told] of ledger.outcomes)
    hold(1, !told.has(true) || logged.has(id), () => `${id} was told to be accepted, and is not in the log`)
}
