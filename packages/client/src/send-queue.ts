import type { Clock } from '@foldback/core'
import type { Entry } from './entry.ts'
import { Lane } from './lane.ts'
import { LaneLost, type Outbox } from './outbox/outbox.ts'
import { actionKey, type ActionRow, actionsPrefix, laneKey, type RejectionRow } from './outbox/rows.ts'

/*
 * The pending actions in the order in which they are folded, and their way through the outbox into the lane.
 *
 * Invariants:
 * - n is given out in order, 1, 2, 3 …, to actions in the order in which they were dispatched.
 * - An action leaves only after the outbox has written it as sealed; the action of a sealed row never changes.
 * - What was adopted comes before what stands behind it: nothing is sealed behind an adopted action that is sealed in
 *   its own lane, until that is settled.
 * - Nothing is sealed before all is here that was left behind of its user, since that comes before it.
 * - The outbox is written by one call at a time, and each row by itself.
 * - A row that another takes the place of goes in the transaction that writes that one: none of both is in no row.
 */

const retryMs = 1_000

export interface SendQueueParts {
  readonly outbox: Outbox
  readonly clock: Clock
  /** Runs something after the work at hand, so that actions dispatched together are written together. */
  readonly soon: (run: () => void) => void
  /** Actions were written; sealed ones are ready to leave, and so is word of those that were given up. */
  readonly onWritten: (cancelled: readonly Entry[]) => void
  /** The outbox could not write; it will be tried again. */
  readonly onFailed: (cause: unknown) => void
  /** The outbox writes again. */
  readonly onRecovered: () => void
  /** The lane is another page's. Nothing is written until `laneLost` is called. */
  readonly onLaneLost: () => void
}

/** One write under way. */
interface Writing {
  readonly rows: ReadonlyMap<Entry, WrittenRow>
  readonly sealed: readonly Entry[]
  readonly lane: Lane
  readonly removed: readonly string[]
  readonly rejections: readonly RejectionChange[]
  readonly givenUp: readonly Entry[]
  /** How far each lane was settled when this was written. */
  readonly settled: readonly (readonly [Lane, number])[]
  /** It writes anew what it removes. */
  readonly moves: boolean
  /** Of which of this queue's lives. */
  readonly life: number
}

interface WrittenRow {
  readonly key: string
  readonly row: ActionRow
}

interface RejectionChange {
  readonly key: string
  readonly row: RejectionRow | undefined
}

export class SendQueue {
  readonly #parts: SendQueueParts
  #entries: Entry[] = []
  #own: Lane
  /** This page's own lane and those with adopted actions, by name. */
  #lanes = new Map<string, Lane>()
  #removed: string[] = []
  #rejections: RejectionChange[] = []
  /** Actions that are given up with the next write that goes well. */
  #givenUp: Entry[] = []
  /** Beside it there is room for what was dispatched earlier in other pages. */
  #nextOrder = 1e12
  #nextEarlierOrder = 1
  #isOpen = false
  #isClosed = false
  #isSealing = false
  #hasAdopted = false
  #isScheduled = false
  #isWriting = false
  #answered: Promise<void> = Promise.resolve()
  #isFailing = false
  /** What is removed next is what is written anew in another lane: both happen, or none. */
  #isMoving = false
  /** How often the lane was lost: what a write of before it still says has no effect. */
  #life = 0
  #cancelTimer: (() => void) | undefined
  #drained: (() => void)[] = []

  constructor(parts: SendQueueParts) {
    this.#parts = parts
    this.#own = this.#begin()
  }

  #begin(): Lane {
    const lane = new Lane(this.#parts.outbox.lane)
    this.#lanes.set(lane.name, lane)
    return lane
  }

  /** This page's own lane. */
  get own(): Lane {
    return this.#own
  }

  /** Every lane that this page speaks for, its own last. */
  get lanes(): readonly Lane[] {
    return [...this.#lanes.values()].sort((a, b) => Number(a === this.#own) - Number(b === this.#own))
  }

  lane(name: string): Lane | undefined {
    return this.#lanes.get(name)
  }

  find(lane: string, n: number): Entry | undefined {
    return this.#lanes.get(lane)?.byN.get(n)
  }

  /** Actions that are not settled, oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries
  }

  get size(): number {
    return this.#entries.length
  }

  /** How many of them are safe in the outbox. */
  get writtenCount(): number {
    let count = 0
    for (const { written } of this.#entries) if (written !== 'no') count++
    return count
  }

  /** The outbox is ready to be written, until the queue loses or leaves its lane. */
  open(): void {
    this.#isOpen = !this.#isClosed
    this.#schedule()
  }

  /** Resolves when the outbox has answered what it was asked to write last. */
  get answered(): Promise<void> {
    return this.#answered
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#schedule()
  }

  /** With true, all is here that was left behind of the user; before that, nothing is sealed. */
  setAdopted(hasAdopted: boolean): void {
    this.#hasAdopted = hasAdopted
    this.#schedule()
  }

  get hasAdopted(): boolean {
    return this.#hasAdopted
  }

  /** The place of an adopted row in this page's lane: before all that was dispatched here, or behind it. */
  orderOfAdopted(isEarlier: boolean): number {
    return isEarlier ? this.#nextEarlierOrder++ : this.#nextOrder++
  }

  /** Takes in what was adopted and is open, or sealed in another lane. */
  addAdopted(entries: readonly Entry[], isEarlier: boolean): void {
    this.#entries = isEarlier ? [...entries, ...this.#entries] : [...this.#entries, ...entries]
    for (const entry of entries) if (this.#isElsewhere(entry)) this.#reopen(entry)
    this.#schedule()
  }

  /** It was moved to the lane that this page had then, and has given up since. */
  #isElsewhere({ lane, key }: Entry): boolean {
    return lane === undefined && key?.startsWith(actionsPrefix(this.#own.name)) === false
  }

  /** The lane of adopted sealed actions, of which `first` is the first that is kept. */
  adoptLane(name: string, first: number): Lane {
    const lane = new Lane(name, first)
    this.#lanes.set(name, lane)
    return lane
  }

  /** Takes an open action back, as if it had never been. */
  withdraw(entry: Entry): void {
    if (entry.n !== undefined) throw new Error('Invariant: a sealed action cannot be withdrawn.')
    this.#entries = this.#entries.filter((other) => other !== entry)
    for (const replaced of entry.replaced.splice(0)) {
      if (replaced.key !== undefined) this.#removed.push(replaced.key)
      if (replaced.isGivenUp) this.#givenUp.push(replaced)
    }
    this.#forget(entry)
  }

  /** Another action, which is not written yet, takes the place of an open one. */
  replace(entry: Entry, heir: Entry): void {
    if (entry.n !== undefined) throw new Error('Invariant: a sealed action cannot be replaced.')
    this.#entries = this.#entries.filter((other) => other !== entry)
    heir.replaced.push(...entry.replaced.splice(0), entry)
    this.#schedule()
  }

  /** Its user gives an open action up, for another where one takes its place. */
  giveUp(entry: Entry, heir: Entry | undefined): void {
    entry.isGivenUp = true
    if (entry.isOnlyHere) entry.abandon('discarded')
    else if (heir === undefined) this.#givenUp.push(entry)
    if (heir === undefined) this.withdraw(entry)
    else this.replace(entry, heir)
  }

  /** A sealed action is to be given up: that is written before it is told. */
  cancel(entry: Entry): void {
    entry.cancel ??= 'asked'
    this.#schedule()
  }

  /** From now on actions get their place in the lane and may leave; or, with false, stay open. */
  setSealing(isSealing: boolean): void {
    this.#isSealing = isSealing
    this.#cancelTimer?.()
    this.#schedule()
  }

  /** Sealed actions of a lane from number `n` on, in order, and up to `upTo`. */
  sealedFrom(lane: Lane, n: number, upTo = Infinity): Entry[] {
    const sealed: Entry[] = []
    for (const entry of lane.byN.values()) {
      if (entry.n! < n) continue
      if (entry.n! > upTo || entry.written !== 'sealed') break
      sealed.push(entry)
    }
    return sealed
  }

  /** The action has its outcome; its row goes. */
  settle(entry: Entry): void {
    const { lane } = entry
    if (lane === undefined || !lane.byN.delete(entry.n!)) return
    if (this.#entries[0] === entry) this.#entries.shift()
    else this.#entries = this.#entries.filter((other) => other !== entry)
    this.#forget(entry)
    if (lane !== this.#own && lane.byN.size === 0) {
      this.#lanes.delete(lane.name)
      this.#removed.push(laneKey(lane.name))
    }
  }

  #forget({ key }: Entry): void {
    if (key !== undefined) this.#removed.push(key)
    this.#schedule()
  }

  /** Keeps a rejection with the next write, or with undefined drops it. */
  writeRejection(key: string, row: RejectionRow | undefined): void {
    this.#rejections.push({ key, row })
    this.#schedule()
  }

  /** Moves what is not settled in `lanes` into a new lane of its own: the server does not know the old ones as they were. */
  restart(lanes: readonly Lane[]): void {
    const isOwn = lanes.includes(this.#own)
    for (const lane of lanes) {
      this.#lanes.delete(lane.name)
      if (lane !== this.#own) this.#removed.push(laneKey(lane.name))
    }
    if (isOwn) {
      this.#parts.outbox.renew()
      this.#own = this.#begin()
    }
    for (const entry of this.#entries) {
      if (entry.lane === undefined ? isOwn : lanes.includes(entry.lane)) this.#reopen(entry)
    }
    this.#schedule()
  }

  #reopen(entry: Entry): void {
    this.#isMoving = true
    if (entry.key !== undefined) this.#removed.push(entry.key)
    if (entry.written !== 'no') entry.written = 'moving'
    entry.open()
    moveOut(entry)
  }

  /**
   * Another page has adopted this one's queue: what is in a row is the other's, and comes back, also what was given up
   * here too late. What was never written goes on in a new lane.
   */
  laneLost(): Entry[] {
    this.#shut()
    this.#removed = []
    const lost = this.#entries.filter(({ written }) => written !== 'no')
    this.#entries = this.#entries.filter(({ written }) => written === 'no')
    for (const entry of this.#entries) {
      entry.open()
      moveOut(entry)
    }
    this.#lanes.clear()
    this.#own = this.#begin()
    const replaced = this.#entries.flatMap((entry) => entry.replaced.splice(0))
    const givenUp = [...this.#givenUp.splice(0), ...replaced.filter(({ isGivenUp }) => isGivenUp)]
    return [...lost, ...givenUp]
  }

  /** Resolves when everything is written. */
  drain(): Promise<void> {
    if (this.isDrained) return Promise.resolve()
    return new Promise((resolve) => this.#drained.push(resolve))
  }

  /** Everything is written. */
  get isDrained(): boolean {
    const isIdle = !this.#isWriting && this.#removed.length === 0 && this.#rejections.length === 0
    return isIdle && this.#entries.every((entry) => isInItsLane(entry) && entry.cancel !== 'asked')
  }

  /** Leaves everything to whoever adopts it, and begins anew in the outbox's new lane. */
  leave(): readonly Entry[] {
    const left = this.#entries
    this.#shut()
    // Who has adopted their rows by then does not lose them any more.
    for (const entry of this.#givenUp.splice(0)) entry.abandon('taken-over')
    this.#entries = []
    this.#hasAdopted = false
    this.#lanes.clear()
    this.#own = this.#begin()
    return left
  }

  /** Nothing is written any more, for good. */
  close(): void {
    this.#isClosed = true
    this.#shut()
    this.#cancelTimer?.()
  }

  #shut(): void {
    this.#life++
    if (this.#isMoving) this.#removed = []
    this.#isMoving = false
    this.#isOpen = false
    this.#isWriting = false
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#parts.soon(() => {
      this.#isScheduled = false
      this.#write()
    })
  }

  #write(): void {
    if (!this.#isOpen || this.#isWriting) return
    // What only makes room goes first, when there is none for the rest.
    const hasToClear =
      this.#isFailing && !this.#isMoving && this.#removed.length + this.#rejections.length > 0
    const sealed = this.#isSealing && this.#hasAdopted && !hasToClear ? this.#sealable() : []
    for (const entry of sealed) this.#own.seal(entry)
    const due = hasToClear
      ? []
      : this.#entries.filter(
          (entry) =>
            !isInItsLane(entry) ||
            (entry.n !== undefined && entry.written === 'open') ||
            entry.cancel === 'asked',
        )
    const removed = this.#removed
    const rejections = this.#rejections
    const givenUp = this.#givenUp
    if (due.length === 0 && removed.length === 0 && rejections.length === 0) return this.#settleDrained()
    this.#isWriting = true
    this.#removed = []
    this.#rejections = []
    this.#givenUp = []
    const rows = new Map(due.map((entry) => [entry, { key: this.#keyOf(entry), row: rowOf(entry) }]))
    const settled = this.lanes.map((lane) => [lane, lane.settledUpTo] as const)
    const moves = this.#isMoving
    const writing = {
      rows,
      sealed,
      lane: this.#own,
      removed,
      rejections,
      givenUp,
      settled,
      moves,
      life: this.#life,
    }
    const put = [...rows.values()]
    const replaced = due.flatMap((entry) => entry.replaced.flatMap(({ key }) => key ?? []))
    // An outbox that throws at once has failed like one that rejects.
    this.#answered = new Promise<void>((resolve) =>
      resolve(this.#parts.outbox.write({ put, remove: [...removed, ...replaced], rejections })),
    ).then(
      () => this.#written(writing),
      (cause: unknown) => this.#failed(writing, cause),
    )
  }

  #keyOf(entry: Entry): string {
    entry.order ??= this.#nextOrder++
    return (entry.key ??= actionKey(this.#own.name, entry.order))
  }

  /** Open actions up to the last one that does not wait, unless they stand behind what is sealed in another lane. */
  #sealable(): Entry[] {
    const now = this.#parts.clock.now()
    const open: Entry[] = []
    let count = 0
    let waitsUntil = Infinity
    for (const entry of this.#entries) {
      if (entry.lane === this.#own) continue
      if (entry.lane !== undefined) break
      open.push(entry)
      if (entry.waitsUntil === undefined || entry.waitsUntil <= now) {
        count = open.length
        waitsUntil = Infinity
      } else waitsUntil = Math.min(waitsUntil, entry.waitsUntil)
    }
    this.#cancelTimer?.()
    this.#cancelTimer =
      waitsUntil === Infinity ? undefined : this.#parts.clock.after(waitsUntil - now, () => this.#write())
    return open.slice(0, count)
  }

  #written({ rows, settled, givenUp, moves, life }: Writing): void {
    const replaced = [...rows].flatMap(([entry, { key }]) =>
      entry.key === key ? entry.replaced.splice(0) : [],
    )
    for (const entry of [...givenUp, ...replaced]) if (entry.isGivenUp) entry.abandon('discarded')
    if (life !== this.#life) return
    this.#isWriting = false
    if (moves) this.#isMoving = false
    for (const [lane, n] of settled) lane.forgottenUpTo = n
    if (this.#isFailing && (rows.size > 0 || this.writtenCount === this.size)) {
      this.#isFailing = false
      this.#parts.onRecovered()
    }
    const cancelled: Entry[] = []
    for (const [entry, { key, row }] of rows) {
      // In another lane since: it is written again there.
      if (entry.key !== key) continue
      entry.written = row.n !== undefined ? 'sealed' : 'open'
      if (row.isCancelled) cancelled.push(entry)
    }
    for (const entry of cancelled) entry.cancel = 'written'
    if (rows.size > 0) this.#parts.onWritten(cancelled)
    this.#write()
  }

  #failed({ rows, sealed, lane, removed, rejections, givenUp, life }: Writing, cause: unknown): void {
    // Also for whom a user's actions were set aside meanwhile: they are in no row, only here.
    for (const [entry, { key }] of rows) {
      if (isInItsLane(entry) || entry.key !== key) continue
      moveOut(entry)
      // Its number was one of a lane that was left since.
      if (life !== this.#life) entry.open()
      if (entry.isGivenUp && entry.written === 'no') entry.abandon('discarded')
    }
    if (life !== this.#life) {
      // Their rows are left to whoever adopts them.
      for (const entry of givenUp) entry.abandon('taken-over')
      return
    }
    // Nothing of it was written and nothing has left, so the numbers are free again.
    if (lane === this.#own) lane.unseal(sealed.filter((entry) => entry.lane === lane))
    this.#removed = [...removed, ...this.#removed]
    this.#rejections = [...rejections, ...this.#rejections]
    this.#givenUp = [...givenUp, ...this.#givenUp]
    if (cause instanceof LaneLost) return this.#parts.onLaneLost()
    this.#isFailing = true
    this.#parts.onFailed(cause)
    this.#parts.clock.after(retryMs, () => {
      if (life !== this.#life) return
      this.#isWriting = false
      this.#write()
    })
  }

  #settleDrained(): void {
    if (!this.isDrained) return
    for (const resolve of this.#drained) resolve()
    this.#drained = []
  }
}

/** It was written where it stands now. */
function isInItsLane({ written }: Entry): boolean {
  return written === 'open' || written === 'sealed'
}

/** It gets its place in another lane with the next write. */
function moveOut(entry: Entry): void {
  entry.key = undefined
  entry.order = undefined
}

function rowOf({ kept, n, cancel }: Entry): ActionRow {
  return { action: kept, ...(n !== undefined && { n }), ...(cancel !== undefined && { isCancelled: true }) }
}
