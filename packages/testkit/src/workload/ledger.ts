import type { Outcome } from '@foldback/client'
import { FoldbackError, type StampedAction } from '@foldback/core'
import type { DeviceChanges } from '../simulation/simulated-device.ts'
import type { SimulatedPage } from '../simulation/simulated-page.ts'
import type { Chronicle } from './chronicle.ts'
import type { HistoryPage } from './history-page.ts'

/** One action, and what its page was told of it, or did with it. */
export interface Dispatched {
  readonly page: HistoryPage
  readonly id: string
  readonly actor: string
  /** What the page that dispatched it was told. */
  told: 'outcome' | 'discarded' | 'taken-over' | undefined
  /** Its user gave it up, while it was open or later. */
  discarded: 'open' | 'sealed' | undefined
  /** The id of the action that took its place. */
  heir: string | undefined
  /** Another page had its row, which was to be removed, after it was discarded or merged. */
  isRevived: boolean
}

/** What every page has done, was told and has written: what the checks are made of. */
export class Ledger {
  /** In the order in which each page dispatched. */
  readonly dispatched = new Map<string, Dispatched>()
  /** Outcomes told to any page, by the action's id. */
  readonly outcomes = new Map<string, Set<boolean>>()
  /** Actions that were refused and not by their users, and what must be in `sync.rejected` of a device then. */
  readonly refused = new Map<string, HistoryPage>()
  /** Refused actions that somebody has dealt with. */
  readonly dismissed = new Set<string>()
  /** Actions whose rows have reached a device. */
  readonly durable = new Set<string>()
  /** Rejections whose rows have reached a device. */
  readonly keptRejections = new Set<string>()
  readonly #watched = new WeakMap<HistoryPage, Set<string>>()
  /** What was told of each key: accepted, refused. */
  readonly keys = new Map<string, Set<string>>()
  readonly #chronicle: Chronicle

  constructor(chronicle: Chronicle) {
    this.#chronicle = chronicle
  }

  /** What became of an action with a key of its own. */
  keyed(key: string, status: string): void {
    this.keys.set(key, (this.keys.get(key) ?? new Set()).add(status))
  }

  /** Sees what reaches a device. */
  wrote(changes: DeviceChanges, page: SimulatedPage): void {
    for (const [key, value] of changes) {
      if (value === undefined) continue
      const id = (value as { action?: StampedAction }).action?.meta.foldback.id
      if (id === undefined) continue
      if (key.startsWith('rejection/')) this.keptRejections.add(id)
      if (!key.startsWith('action/')) continue
      this.durable.add(id)
      const dispatched = this.dispatched.get(id)
      if (dispatched === undefined || dispatched.page.life === page) continue
      if (dispatched.discarded === 'open' || dispatched.heir !== undefined) dispatched.isRevived = true
    }
  }

  /** Runs something that may dispatch one action, and notes that action, and whose place it took. */
  dispatch(page: HistoryPage, run: () => void): void {
    const before = page.pendingIds
    run()
    const action = page.sync.pending().at(-1)
    const id = action?.meta.foldback.id
    if (id === undefined || before.includes(id)) return
    this.dispatched.set(id, {
      page,
      id,
      actor: action!.meta.foldback.actor,
      told: undefined,
      discarded: undefined,
      heir: undefined,
      isRevived: false,
    })
    const now = page.pendingIds
    for (const gone of before.filter((each) => !now.includes(each))) {
      const merged = this.dispatched.get(gone)
      if (merged !== undefined && merged.discarded === undefined) merged.heir = id
    }
    this.watch(page)
  }

  /** Its user gives an action up that is pending on a page. */
  discard(page: HistoryPage, id: string, run: () => void): void {
    const dispatched = this.dispatched.get(id)
    run()
    const isSealed = page.pendingIds.includes(id)
    if (dispatched !== undefined) dispatched.discarded = isSealed ? 'sealed' : 'open'
  }

  /** Hears what becomes of everything that is pending on a page, whoever has dispatched it. */
  watch(page: HistoryPage): void {
    const watched = this.#watched.get(page) ?? new Set()
    this.#watched.set(page, watched)
    for (const action of page.sync.pending()) {
      const { id } = action.meta.foldback
      if (watched.has(id)) continue
      watched.add(id)
      page.sync.settled(action).then(
        (outcome) => this.#told(page, id, outcome),
        (thrown: unknown) => this.#abandoned(page, id, thrown),
      )
    }
  }

  #told(page: HistoryPage, id: string, outcome: Outcome): void {
    const settledId = outcome.action.meta.foldback.id
    this.#chronicle.note(`page ${page.number} ${id} ${JSON.stringify({ ...outcome, action: settledId })}`)
    const outcomes = this.outcomes.get(settledId) ?? new Set()
    this.outcomes.set(settledId, outcomes.add(outcome.accepted))
    if (!outcome.accepted && outcome.code !== 'cancelled') this.refused.set(settledId, page)
    this.#tell(page, id, 'outcome')
  }

  #abandoned(page: HistoryPage, id: string, thrown: unknown): void {
    const { code } = thrown as FoldbackError
    if (code !== 'discarded' && code !== 'taken-over') throw thrown
    this.#chronicle.note(`page ${page.number} ${id} ${code}`)
    this.#chronicle.happened(`client: ${code}`)
    this.#tell(page, id, code)
  }

  #tell(page: HistoryPage, id: string, told: NonNullable<Dispatched['told']>): void {
    const dispatched = this.dispatched.get(id)
    if (dispatched?.page === page) dispatched.told = told
  }
}
