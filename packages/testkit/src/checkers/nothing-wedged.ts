import type { History } from '../workload/history.ts'
import type { Checker } from './checker.ts'
import { hold, holdEqual } from './promises.ts'

/** Promise 5: everybody gets to the end, and what was refused is there to be looked at until somebody has. */
export const nothingWedged: Checker = {
  promise: 5,
  ended: (history) => {
    for (const { index, rows } of history.devices) holdEqual(5, `what device ${index} still keeps`, rows, [])
    if (history.isRestored) return
    checkTold(history)
    checkRejections(history)
  },
}

function checkTold({ ledger }: History): void {
  for (const { id, page, told } of ledger.dispatched.values())
    hold(
      5,
      page.life.isDead || told !== undefined,
      () => `page ${page.number} never heard what became of ${id}`,
    )
}

function checkRejections({ devices, ledger }: History): void {
  for (const [id, page] of ledger.refused) {
    if (ledger.dismissed.has(id) || page.sync.status.storage === 'page') continue
    const isKept = devices[page.device]!.rejections.includes(id)
    hold(5, isKept, () => `${id} was refused, and device ${page.device} does not say so any more`)
  }
}
