import type { History } from '../workload/history.ts'
import type { HistoryDevice } from '../workload/history-device.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/** Long enough for a page to have taken over what its device keeps. */
const openingMs = 500

/** What the pages before it had left of its user on its device when a page opened. */
interface Inheritance {
  readonly page: HistoryPage
  readonly device: HistoryDevice
  readonly openedAt: number
  /** Nobody else was signed in last: what nobody has dispatched goes with the page's user. */
  readonly isTheirs: boolean
  readonly ids: readonly string[]
}

/**
 * Promise 3, from page to page: what a device keeps of a user when a page of theirs opens on it, alone, comes before all
 * that they dispatch on that page. What it keeps of somebody else waits until they are back.
 */
export class InheritedOrder implements Checker {
  readonly promise = 3
  readonly #history: History
  #inheritances: Inheritance[] = []

  constructor(history: History) {
    this.#history = history
  }

  opened(page: HistoryPage, device: HistoryDevice): void {
    const now = this.#history.world.clock.now()
    // Of two that open together the second may be the one that takes over what is there.
    this.#inheritances = this.#inheritances.filter(
      ({ device: by, openedAt }) => by !== device || now > openedAt + openingMs,
    )
    if (device.pages.length > 0) return
    const isTheirs = isBy(page.user, device.actor, true)
    const own = device.rows.filter(({ actor = '' }) => isBy(page.user, actor, isTheirs))
    if (own.length === 0) return
    this.#inheritances.push({ page, device, openedAt: now, isTheirs, ids: own.map(({ id }) => id) })
  }

  ended(): void {
    const { world, ledger, isRestored } = this.#history
    if (isRestored) return
    const places = new Map(world.memory.log.map(({ id }, place) => [id, place]))
    for (const { page, device, isTheirs, ids } of this.#inheritances) {
      // Who takes turns at a page, or finds a storage that fails, may find what was left only later.
      if (page.hasGaps || device.hasFailed) continue
      const last = Math.max(...ids.map((id) => places.get(id) ?? -1))
      for (const { id, page: by, actor, told, isRevived } of ledger.dispatched.values()) {
        if (by !== page || !isBy(page.user, actor, isTheirs) || told === 'taken-over' || isRevived) continue
        hold(
          3,
          (places.get(id) ?? Infinity) > last,
          () =>
            `${id} of page ${page.number} is in the log before what its device had kept: ${ids.join(', ')}`,
        )
      }
    }
  }
}

/** Of a user, or of nobody where that counts as theirs. */
function isBy(user: string, actor: string, isNobodyToo: boolean): boolean {
  return actor === user || (actor === '' && isNobodyToo)
}
