import {
  checkDivergences,
  checkOfflineStarts,
  checkOutcomes,
  checkRecords,
  checkRejections,
  checkStates,
  checkStreams,
} from './history-checks.ts'
import type { History } from './history.ts'

/** Everything that must hold when a history has come to its end. */
export async function checkHistory(history: History): Promise<void> {
  checkStreams(history)
  checkDivergences(history)
  // What was told of a log does not hold when the log was put back to an earlier one.
  if (!history.isRestored) {
    checkOutcomes(history)
    checkRejections(history)
  }
  await checkRecords(history)
  await checkStates(history)
  await checkOfflineStarts(history)
}
