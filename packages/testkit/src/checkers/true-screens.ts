import { type AnyModel, cancellation, type StampedAction } from '@foldback/core'
import type { StoredEvent } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import { orderIds } from '../workload/history-models.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { folded, PlainFolds } from './plain-folds.ts'
import { hold, isEqual } from './promises.ts'

/**
 * Promise 4, at any moment: what a page shows is the record at some version of the log with all its pending actions
 * folded on top, in order. Pages that may have taken over a queue, and histories with several versions, several users of
 * one page, or a backup restored are left out: what is shown then depends on more than the log.
 */
export class TrueScreens implements Checker {
  readonly promise = 4
  readonly #history: History
  readonly #folds: PlainFolds
  /** By id: as its page has folded it, whatever the server made of it. */
  readonly #sent = new Map<
    string,
    { readonly lane: string; readonly n: number; readonly action: StampedAction }
  >()

  constructor(history: History) {
    this.#history = history
    this.#folds = new PlainFolds(history.world.memory)
  }

  /** One user for each page, and one version for all. */
  get #isPlain(): boolean {
    const { faults } = this.#history
    return !faults.has('deploys') && !faults.has('other-users') && !faults.has('sign-out')
  }

  sent({ messages }: WatchedFrame): void {
    for (const message of messages) {
      if (message.type !== 'push') continue
      for (const [index, action] of (message.actions as readonly (StampedAction | null)[]).entries()) {
        if (action === null || action.type === cancellation.type) continue
        this.#sent.set(action.meta.foldback.id, { lane: message.lane, n: message.n + index, action })
      }
    }
  }

  stepped(page: HistoryPage): void {
    if (this.#history.isRestored || !this.#isPlain || !page.isAwake || this.#mayHaveAdopted(page)) return
    const [orders, board, settings] = page.sync.models
    for (const id of orderIds) this.#check(page, orders, id, page.orders[id] ?? null)
    this.#check(page, board, 'shared', page.board)
    this.#check(page, settings, page.sync.status.actor ?? '', page.settings)
  }

  #check(page: HistoryPage, model: AnyModel, id: string, shown: unknown): void {
    const of = [model as never, model.kind === 'entity' ? id : undefined] as const
    const pending: readonly StampedAction[] = page.sync.pending(...of)
    if (pending.length === 0) return
    const isLoaded = page.sync.isLoaded(...of)
    const { events = [] } = this.#history.world.memory.streams.get(`${model.name}/${id}`) ?? {}
    const refused = pending.filter(({ meta }) => this.#isRefused(meta.foldback.id, events))
    for (let version = events.length; version >= 0; version--) {
      const inRecord = new Set(events.slice(0, version).map((event) => event.id))
      const above = pending.filter(({ meta }) => !inRecord.has(meta.foldback.id))
      const accepted = this.#acceptedAbove(page, events, version)
      // Of what is not loaded, what was accepted before it was let go of is not shown.
      const begins = isLoaded || version > 0 ? accepted.slice(0, 1) : accepted
      const placeless = begins.map((_, begin) => accepted.slice(begin))
      for (let dropped = 0; dropped <= refused.length; dropped++) {
        const kept = above.filter((action) => !refused.slice(0, dropped).includes(action))
        if (this.#shows(shown, model, id, version, kept)) return
        for (const own of placeless)
          if (this.#shows(shown, model, id, version, this.#asDispatched([...own, ...kept]))) return
      }
    }
    hold(4, false, () => {
      const ids = pending.map(({ meta }) => meta.foldback.id).join(', ')
      return `page ${page.number} shows ${JSON.stringify(shown)} of ${model.name}/${id}, which no version with ${ids} on top is`
    })
  }

  /** Another page of its device has dispatched something that this one may have taken over, who knows when. */
  #mayHaveAdopted(page: HistoryPage): boolean {
    const dispatched = [...this.#history.ledger.dispatched.values()]
    return dispatched.some(({ page: from }) => from !== page && from.device === page.device)
  }

  #shows(
    shown: unknown,
    model: AnyModel,
    id: string,
    version: number,
    actions: readonly StampedAction[],
  ): boolean {
    return isEqual(shown, folded(model, this.#folds.stateAt(model, id, version), actions))
  }

  /** One may be known to be accepted before those that the same page has dispatched earlier. */
  #asDispatched(actions: readonly StampedAction[]): readonly StampedAction[] {
    const places = new Map([...this.#history.ledger.dispatched.keys()].map((id, place) => [id, place]))
    const placeOf = ({ meta }: StampedAction): number => places.get(meta.foldback.id) ?? Infinity
    return [...actions].sort((a, b) => placeOf(a) - placeOf(b))
  }

  /** The server has refused it; its page may not know yet, and a record that came meanwhile may have dropped it. */
  #isRefused(id: string, events: readonly StoredEvent[]): boolean {
    const { lane, n } = this.#sent.get(id) ?? { lane: '', n: Infinity }
    const mark = this.#history.world.memory.lanes.get(lane)?.n ?? 0
    return n <= mark && !events.some((event) => event.id === id)
  }

  /** Actions of this page that are known to be accepted, and whose place in the stream may not be known here yet. */
  #acceptedAbove(
    page: HistoryPage,
    events: readonly StoredEvent[],
    version: number,
  ): readonly StampedAction[] {
    const { dispatched, outcomes } = this.#history.ledger
    return events
      .slice(version)
      .filter(({ id }) => dispatched.get(id)?.page === page && outcomes.has(id))
      .map(({ id, action }) => this.#sent.get(id)?.action ?? (JSON.parse(action) as StampedAction))
  }
}
