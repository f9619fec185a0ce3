import type { History } from '../workload/history.ts'
import type { HistoryDevice } from '../workload/history-device.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/**
 * Promise 9: after a backup was restored, each page that lived through it was told which of its accepted actions are
 * lost, and keeps nothing of that history for the next one. That nobody is wrong or stuck then, the other promises say.
 */
export class TimeCanGoBack implements Checker {
  readonly promise = 9
  readonly #history: History
  /** Accepted actions that a page knew of when the log lost them. */
  readonly #lost = new Map<string, { readonly id: string; readonly page: number }>()

  constructor(history: History) {
    this.#history = history
  }

  restored(): void {
    const { ledger, world } = this.#history
    const logged = new Set(world.memory.log.map(({ id }) => id))
    for (const { id, page, told } of ledger.dispatched.values()) {
      if (told !== 'outcome' || page.life.isDead || page.hasGaps || logged.has(id)) continue
      if (ledger.outcomes.get(id)?.has(true)) this.#lost.set(id, { id, page: page.number })
    }
  }

  ended(): void {
    for (const { id, page: number } of this.#lost.values()) {
      const page = this.#history.pages[number]!
      if (page.life.isDead || page.hasGaps) continue
      hold(
        9,
        page.lostIds.has(id),
        () => `page ${number} was told that ${id} is accepted, and not that it is lost`,
      )
    }
    for (const device of this.#history.devices) this.#checkKept(device)
  }

  /** A page that knows of another history, and is alone on its device, leaves nothing there of the one before. */
  #checkKept({ index, device, recordsPrefix, pages: [page, ...others], hasFailed }: HistoryDevice): void {
    const { faults, world } = this.#history
    const hasTabs = others.length > 0 || faults.has('tabs') || faults.has('frozen-pages')
    if (page === undefined || page.lostIds.size === 0 || page.hasGaps || hasTabs || hasFailed) return
    const ids = new Set(world.memory.log.map(({ id }) => id))
    for (const [key, row] of device.list(recordsPrefix)) {
      const { version, eventId, isGone } = row as { version: number; eventId: string; isGone?: true }
      if (version === 0 || isGone) continue
      hold(
        9,
        ids.has(eventId),
        () => `device ${index} keeps ${key} at ${eventId}, of a history that is known to be lost`,
      )
    }
  }
}
