import type { Clock, Outbox, OutboxRow } from '@foldback/core'
import type { Entry } from './entry.ts'

/*
 * The pending actions in the order in which they were dispatched, and their way through the outbox into the lane.
 *
 * Invariants:
 * - n is given out in order, 1, 2, 3 …, to actions in the order in which they were dispatched.
 * - An action leaves only after the outbox has written it as sealed; a sealed row never changes.
 * - The outbox is written by one call at a time, and each row by itself.
 */

const retryMs = 1_000

export interface SendQueueParts {
  readonly outbox: Outbox
  readonly clock: Clock
  /** Runs something after the work at hand, so that actions dispatched together are written together. */
  readonly soon: (run: () => void) => void
  /** Sealed actions are ready to leave. */
  readonly onSealed: () => void
  /** The outbox could not write; it will be tried again. */
  readonly onFailed: (cause: unknown) => void
  /** The outbox writes again. */
  readonly onRecovered: () => void
}

/** One write under way: what it seals into which lane, and the number to go back to when it fails. */
interface Writing {
  readonly lane: string
  readonly isSealing: boolean
  readonly nBefore: number
}

export class SendQueue {
  readonly #parts: SendQueueParts
  #entries: Entry[] = []
  #lane: string
  readonly #byN = new Map<number, Entry>()
  #removed: string[] = []
  #nextN = 1
  #isSealing = false
  #isScheduled = false
  #isWriting = false
  #isFailing = false

  constructor(parts: SendQueueParts, lane: string) {
    this.#parts = parts
    this.#lane = lane
  }

  get lane(): string {
    return this.#lane
  }

  /** True when an action has a number in this lane. */
  get hasBegun(): boolean {
    return this.#nextN > 1
  }

  /** Moves everything that is not settled into a new lane: the server does not know the old one as it was. */
  moveTo(lane: string): void {
    this.#lane = lane
    this.#nextN = 1
    this.#byN.clear()
    for (const entry of this.#entries) {
      entry.n = undefined
      if (entry.written === 'sealed') entry.written = 'open'
    }
    this.#schedule()
  }

  /** Actions that are not settled, oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries
  }

  get size(): number {
    return this.#entries.length
  }

  /** Every n up to this one is settled. */
  get settledUpTo(): number {
    const oldest = this.#entries[0]?.n
    return oldest === undefined ? this.#nextN - 1 : oldest - 1
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#schedule()
  }

  /** Takes back an action that was added just now, as if it had never been. */
  undo(entry: Entry): void {
    if (entry.n !== undefined) throw new Error('Invariant: a sealed action cannot be undone.')
    this.#entries = this.#entries.filter((other) => other !== entry)
  }

  /** From now on actions get their place in the lane and may leave; or, with false, stay open. */
  setSealing(isSealing: boolean): void {
    this.#isSealing = isSealing
    this.#schedule()
  }

  byN(n: number): Entry | undefined {
    return this.#byN.get(n)
  }

  /** Sealed actions from number `n` on, in order. */
  sealedFrom(n: number): Entry[] {
    return this.#entries.filter((entry) => entry.written === 'sealed' && entry.n! >= n)
  }

  /** The action has its outcome; its row goes. */
  settle(entry: Entry): void {
    if (entry.n === undefined || !this.#byN.delete(entry.n)) return
    if (this.#entries[0] === entry) this.#entries.shift()
    else this.#entries = this.#entries.filter((other) => other !== entry)
    this.#removed.push(entry.id)
    this.#schedule()
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
    if (this.#isWriting) return
    const due = this.#entries.filter(
      (entry) => entry.written !== 'sealed' && (this.#isSealing || entry.written === 'no'),
    )
    const remove = this.#removed
    if (due.length === 0 && remove.length === 0) return
    this.#isWriting = true
    this.#removed = []
    const writing = { lane: this.#lane, isSealing: this.#isSealing, nBefore: this.#nextN }
    if (writing.isSealing) for (const entry of due) entry.n = this.#nextN++
    const change = { put: due.map((entry) => this.#rowOf(entry)), remove }
    // An outbox that throws at once has failed like one that rejects.
    new Promise<void>((resolve) => resolve(this.#parts.outbox.write(change))).then(
      () => this.#written(due, writing),
      (cause: unknown) => this.#failed(due, remove, writing, cause),
    )
  }

  #written(entries: readonly Entry[], { lane, isSealing }: Writing): void {
    this.#isWriting = false
    if (this.#isFailing) this.#parts.onRecovered()
    this.#isFailing = false
    // Another lane since: these have not left, and are sealed again in the new one.
    const isSealed = isSealing && lane === this.#lane
    for (const entry of entries) {
      entry.written = isSealed ? 'sealed' : 'open'
      if (isSealed) this.#byN.set(entry.n!, entry)
    }
    if (isSealed && entries.length > 0) this.#parts.onSealed()
    this.#write()
  }

  #failed(
    entries: readonly Entry[],
    removed: readonly string[],
    { lane, nBefore }: Writing,
    cause: unknown,
  ): void {
    // Nothing of it was written and nothing has left, so the numbers are free again.
    if (lane === this.#lane) {
      for (const entry of entries) entry.n = undefined
      this.#nextN = nBefore
    }
    this.#removed = [...removed, ...this.#removed]
    this.#isFailing = true
    this.#parts.onFailed(cause)
    this.#parts.clock.after(retryMs, () => {
      this.#isWriting = false
      this.#write()
    })
  }

  #rowOf({ id, action, n }: Entry): OutboxRow {
    return n === undefined ? { id, action } : { id, action, lane: this.#lane, n }
  }
}
