import type { StampedAction } from './action.ts'
import { type FoldOutcome, foldAction, foldEvent, initialState, type RecordState } from './fold.ts'
import type { AnyModel } from './model.ts'

/*
 * One stream on a client: what the server confirmed, and the client's own pending actions folded on top.
 *
 * Invariants:
 * - `confirmed` moves from version to version without a hole; what is older is skipped, what is too new is a gap.
 * - The state after each pending action is the fold of all before it, unless `#stale`; `refold` makes it so again.
 * - Settling the oldest pending action as it was folded calls no reducer and makes no new state.
 */

/** A record as the server has it. */
export interface Confirmed {
  readonly state: RecordState
  readonly version: number
  /** The id of the event with that version; empty at version 0. */
  readonly eventId: string
}

/** An event as a replica needs it. */
export interface ReplicaEvent {
  readonly id: string
  readonly version: number
  readonly action: StampedAction
}

/** What became of an event. `gap`: events before it are missing, or nothing is loaded, and it was not applied. */
export type Applied = 'applied' | 'known' | 'gap'

interface PendingFold {
  readonly action: StampedAction
  /** The record after this action. */
  after: RecordState
  /** The version it has been given, when that is known but earlier events are still to come. */
  version: number | undefined
}

const idOf = (action: StampedAction): string => action.meta.foldback.id

export class StreamReplica {
  readonly #model: AnyModel
  readonly #onThrow: (thrown: unknown, action: StampedAction) => void
  readonly #initial: RecordState
  #confirmed: Confirmed | undefined
  #pending: PendingFold[] = []
  #stale = false
  /** The state of the last fold that was looked through; see `foldAction`. */
  #checked: RecordState

  constructor(
    model: AnyModel,
    onThrow: (thrown: unknown, action: StampedAction) => void,
    initial: RecordState = initialState(model),
  ) {
    this.#model = model
    this.#onThrow = onThrow
    this.#initial = initial
  }

  /** What the server confirmed; undefined while nothing has been loaded. */
  get confirmed(): Confirmed | undefined {
    return this.#confirmed
  }

  /** The record with the pending actions on top: what the user sees. */
  get visible(): RecordState {
    const last = this.#pending.at(-1)
    return last === undefined ? this.#base : last.after
  }

  /** The pending actions, oldest first. */
  get pending(): readonly StampedAction[] {
    return this.#pending.map((entry) => entry.action)
  }

  get pendingCount(): number {
    return this.#pending.length
  }

  get #base(): RecordState {
    return this.#confirmed === undefined ? this.#initial : this.#confirmed.state
  }

  /** Folds an action on what is visible, and changes nothing; as if the pending action `without` were not there. */
  fold(action: StampedAction, without?: string): FoldOutcome {
    const index = without === undefined ? -1 : this.#indexOf(without)
    if (index === -1) return this.#fold(this.visible, action)
    let state = index === 0 ? this.#base : this.#pending[index - 1]!.after
    for (const entry of this.#pending.slice(index + 1)) state = this.#folded(state, entry.action)
    return this.#fold(state, action)
  }

  /** Adds a pending action, with the state that `fold` gave for it. */
  add(action: StampedAction, after: RecordState): void {
    this.#pending.push({ action, after, version: undefined })
  }

  /** Adds actions that are pending already, such as those of an earlier page; call `refold` after. */
  insert(actions: readonly StampedAction[], isFirst: boolean): void {
    const entries = actions.map((action) => ({ action, after: this.#base, version: undefined }))
    this.#pending = isFirst ? [...entries, ...this.#pending] : [...this.#pending, ...entries]
    this.#stale = true
  }

  /** Takes a pending action away as if it had never been; call `refold` after. */
  withdraw(id: string): void {
    const index = this.#indexOf(id)
    if (index === -1) return
    this.#pending.splice(index, 1)
    // Those behind it were folded with it.
    if (index < this.#pending.length) this.#stale = true
  }

  /** Takes away a pending action that the newest one was folded without, because it takes its place. */
  supersede(id: string): void {
    const index = this.#indexOf(id)
    if (index === -1) return
    this.#pending.splice(index, 1)
    // Those in between were folded with it.
    if (index < this.#pending.length - 1) this.#stale = true
  }

  /**
   * The pending action was accepted as it was sent, at this version. It is confirmed when the events before it are;
   * `isMissingEvents` tells when they have not come.
   */
  accept(id: string, version: number): void {
    const entry = this.#pending[this.#indexOf(id)]
    if (entry === undefined) return
    entry.version = version
    if (this.#confirmed !== undefined && version <= this.#confirmed.version) this.withdraw(id)
    this.#advance()
  }

  /**
   * An event of the stream with all it says. `isOwn` when it came of this client: then it takes the place of the
   * pending action with its id.
   */
  apply(event: ReplicaEvent, isOwn: boolean): Applied {
    const confirmed = this.#confirmed
    if (confirmed === undefined) return 'gap'
    if (event.version <= confirmed.version) {
      if (isOwn) this.withdraw(event.id)
      return 'known'
    }
    if (event.version > confirmed.version + 1) return 'gap'
    this.#foldConfirmed(event.action, event.version, event.id)
    if (isOwn) this.#drop(event.id)
    this.#stale = true
    this.#advance()
    return 'applied'
  }

  /** True when an accepted action waits for events before it that should have come. */
  get isMissingEvents(): boolean {
    return this.#confirmed !== undefined && this.#pending.some((entry) => entry.version !== undefined)
  }

  /** Replaces what is confirmed; `settledIds` are pending actions that the new state contains or that were refused. */
  install(confirmed: Confirmed, settledIds: readonly string[]): void {
    const base = this.#base
    const count = this.#pending.length
    this.#confirmed = confirmed
    for (const id of settledIds) this.#drop(id)
    this.#pending = this.#pending.filter(
      (entry) => entry.version === undefined || entry.version > confirmed.version,
    )
    // A record that was created here and is confirmed not to be there yet: what is pending was folded on just that.
    if (base !== confirmed.state || this.#pending.length !== count) this.#stale = true
    this.#advance()
  }

  /** Forgets what was confirmed, as when the record may not be read any more; pending actions stay. */
  forget(): void {
    this.#confirmed = undefined
    this.#stale = true
  }

  /** Folds the pending actions again where that is due, and returns how many. Call once after a frame. */
  refold(): number {
    if (!this.#stale) return 0
    this.#stale = false
    let state = this.#base
    for (const entry of this.#pending) entry.after = state = this.#folded(state, entry.action)
    return this.#pending.length
  }

  /** What does not fold here is left to the server to judge. */
  #folded(state: RecordState, action: StampedAction): RecordState {
    const outcome = this.#fold(state, action)
    return outcome.ok ? outcome.state : state
  }

  #fold(state: RecordState, action: StampedAction): FoldOutcome {
    const outcome = foldAction(this.#model, state, action, this.#checked)
    if (outcome.ok) this.#checked = outcome.state
    return outcome
  }

  /** Confirms the oldest pending actions as far as their versions follow. */
  #advance(): void {
    for (;;) {
      const next = (this.#confirmed?.version ?? NaN) + 1
      const index = this.#pending.findIndex((entry) => entry.version !== undefined)
      const entry = this.#pending[index]
      if (entry === undefined || entry.version !== next) return
      this.#pending.splice(index, 1)
      if (index === 0 && !this.#stale) {
        this.#confirmed = { state: entry.after, version: next, eventId: idOf(entry.action) }
      } else {
        this.#foldConfirmed(entry.action, next, idOf(entry.action))
        this.#stale = true
      }
    }
  }

  #foldConfirmed(action: StampedAction, version: number, eventId: string): void {
    const state = foldEvent(this.#model, this.#base, action, (thrown) => this.#onThrow(thrown, action))
    this.#confirmed = { state, version, eventId }
  }

  #drop(id: string): void {
    const index = this.#indexOf(id)
    if (index !== -1) this.#pending.splice(index, 1)
  }

  #indexOf(id: string): number {
    return this.#pending.findIndex((entry) => idOf(entry.action) === id)
  }
}
