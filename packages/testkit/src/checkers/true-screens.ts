import type { AnyModel, StampedAction } from '@foldback/core'
import type { StoredEvent } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import { orderIds } from '../workload/history-models.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { Checker } from './checker.ts'
import { folded, PlainFolds } from './plain-folds.ts'
import { hold, isEqual } from './promises.ts'

/**
 * Promise 4, at any moment: what a page shows is the record at some version of the log with all its pending actions
 * folded on top, in order. Pages of another version than the server's, and those that have seen another history, are
 * left out.
 */
export class TrueScreens implements Checker {
  readonly promise = 4
  readonly #history: History
  readonly #folds: PlainFolds

  constructor(history: History) {
    this.#history = history
    this.#folds = new PlainFolds(history.world.memory)
  }

  stepped(page: HistoryPage): void {
    const { isRestored, faults } = this.#history
    if (isRestored || faults.has('deploys') || !page.isAwake || page.isSignedOut) return
    const [orders, board, settings] = page.sync.models
    for (const id of orderIds) this.#check(page, orders, id, page.orders[id] ?? null)
    this.#check(page, board, 'shared', page.board)
    this.#check(page, settings, page.sync.status.actor ?? '', page.settings)
  }

  #check(page: HistoryPage, model: AnyModel, id: string, shown: unknown): void {
    const pending = page.sync.pending(model as never, model.kind === 'entity' ? id : undefined)
    if (pending.length === 0) return
    const { events = [] } = this.#history.world.memory.streams.get(`${model.name}/${id}`) ?? {}
    for (let version = events.length; version >= 0; version--) {
      const state = this.#folds.stateAt(model, id, version)
      if (isEqual(shown, folded(model, state, pending))) return
      const accepted = this.#acceptedAbove(page, events, version)
      if (accepted.length > 0 && isEqual(shown, folded(model, state, [...accepted, ...pending]))) return
    }
    hold(4, false, () => {
      const ids = (pending as readonly StampedAction[]).map(({ meta }) => meta.foldback.id).join(', ')
      return `page ${page.number} shows ${JSON.stringify(shown)} of ${model.name}/${id}, which no version with ${ids} on top is`
    })
  }

  /** Actions of this device that are known to be accepted, and whose place in the stream may not be known there yet. */
  #acceptedAbove(
    page: HistoryPage,
    events: readonly StoredEvent[],
    version: number,
  ): readonly StampedAction[] {
    const { dispatched, outcomes } = this.#history.ledger
    return events
      .slice(version)
      .filter(({ id }) => dispatched.get(id)?.page.device === page.device && outcomes.has(id))
      .map(({ action }) => JSON.parse(action) as StampedAction)
  }
}
