import type { StoredMark } from '../event-store.ts'
import { Lru } from './lru.ts'

/** How far a lane is settled, as the engine knows it. */
export class LaneMark {
  readonly lane: string
  /** The user the lane is bound to; undefined until its first action is committed or under way. */
  actor: string | undefined
  /** Every n up to this one is settled and durable. */
  committed: number
  /** Every n up to this one is settled or being committed. */
  speculative: number
  #holders = 0
  #heldBy: string | undefined
  /** True after a failed commit, until the store has said how far the lane really is. */
  isStale = false

  constructor(lane: string, stored: StoredMark | undefined) {
    this.lane = lane
    this.actor = stored?.actor
    this.committed = stored?.n ?? 0
    this.speculative = this.committed
  }

  get isPinned(): boolean {
    return this.#holders > 0 || (!this.isStale && this.speculative > this.committed)
  }

  /** A session of this user takes hold of the lane; false when it is another's, or another's session holds it. */
  hold(actor: string): boolean {
    const owner = this.actor ?? this.#heldBy ?? actor
    if (owner !== actor) return false
    this.#holders++
    this.#heldBy = actor
    return true
  }

  release(): void {
    this.#holders--
    if (this.#holders === 0) this.#heldBy = undefined
  }

  /** What the store says now, after a commit that failed or cannot be told. */
  reload(stored: StoredMark | undefined): void {
    this.actor = stored?.actor
    this.committed = stored?.n ?? 0
    this.speculative = this.committed
    this.isStale = false
  }
}

/** The lanes in memory. */
export class LaneMarks {
  readonly #marks: Lru<LaneMark>
  #failures = 0

  constructor(sizeMax: number) {
    this.#marks = new Lru(sizeMax, (mark) => mark.isPinned)
  }

  get size(): number {
    return this.#marks.size
  }

  /** How many commits have failed: what was read from the store while this changed may be of before. */
  get failures(): number {
    return this.#failures
  }

  /** A commit has failed, or cannot be told: these marks are to be read again. */
  commitFailed(marks: Iterable<LaneMark>): void {
    this.#failures++
    for (const mark of marks) mark.isStale = true
  }

  /** The lane has expired in the store. */
  forget(mark: LaneMark): void {
    if (!mark.isPinned) this.#marks.delete(mark.lane)
  }

  /** The lane's mark, when it is in memory and true. */
  get(lane: string): LaneMark | undefined {
    const mark = this.#marks.get(lane)
    return mark?.isStale ? undefined : mark
  }

  /** Puts a mark that somebody held back into memory, unless it is there. Returns the one that counts. */
  keep(mark: LaneMark): LaneMark {
    const cached = this.#marks.peek(mark.lane)
    if (cached !== undefined) return cached
    this.#marks.set(mark.lane, mark)
    return mark
  }

  /** Puts what the store said of a lane into memory. A mark that is there and true is truer. */
  install(lane: string, stored: StoredMark | undefined): LaneMark {
    const old = this.#marks.get(lane)
    if (old !== undefined) {
      // Sessions hold this very object.
      if (old.isStale) old.reload(stored)
      return old
    }
    const mark = new LaneMark(lane, stored)
    this.#marks.set(lane, mark)
    return mark
  }
}
