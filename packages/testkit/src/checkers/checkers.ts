import type { History } from '../workload/history.ts'
import type { Checker } from './checker.ts'
import { Convergence } from './convergence.ts'
import { ExactlyOnce } from './exactly-once.ts'
import { FailedAppends } from './failed-appends.ts'
import { InheritedOrder } from './inherited-order.ts'
import { KeptRecords } from './kept-records.ts'
import { LoginsEnd } from './logins-end.ts'
import { NeverSkips } from './never-skips.ts'
import { NothingWedged } from './nothing-wedged.ts'
import { OfflineIsDurable } from './offline-is-durable.ts'
import { OneOrder } from './one-order.ts'
import { PurityIsChecked } from './purity-is-checked.ts'
import { SettledIsDurable } from './settled-is-durable.ts'
import { TimeCanGoBack } from './time-can-go-back.ts'
import { TrueAnswers } from './true-answers.ts'
import { TrueScreens } from './true-screens.ts'
import { TrueSnapshots } from './true-snapshots.ts'

/** At least one for each promise, watching a history that is about to begin. The last one opens further pages. */
export function checkersOf(history: History): readonly Checker[] {
  const checkers = [
    new FailedAppends(history),
    new SettledIsDurable(history),
    new TrueAnswers(history),
    new ExactlyOnce(history),
    new LoginsEnd(history),
    new OneOrder(history),
    new InheritedOrder(history),
    new TrueSnapshots(history),
    // Behind those that read every record: what throws in one is reported when it is read.
    new NothingWedged(history),
    new NeverSkips(history),
    new TimeCanGoBack(history),
    new PurityIsChecked(history),
    new KeptRecords(history),
    new TrueScreens(history),
    new Convergence(history),
    new OfflineIsDurable(history),
  ]
  history.watchers.push(...checkers)
  return checkers
}
