import { countedAs } from '../rules.ts'
import type { Submission } from './submission.ts'

/** What a batch may hold. */
export interface BatchBounds {
  readonly actionsMax: number
  /** How many of this user it may hold. */
  readonly roomOf: (user: string) => number
}

/**
 * Actions that wait to be folded. Each user has a line of their own, and users take turns, so that nobody waits
 * behind everything that somebody else has sent. What one user sends stays in its order, and with it each lane's and
 * each connection's. What is folded again, because a commit has failed, comes before all of that.
 */
export class FairQueue {
  #again: Submission[] = []
  /** By user, those first whose turn is next. A line is never empty. */
  readonly #lines = new Map<string, Line>()
  #length = 0
  #bytes = 0

  get length(): number {
    return this.#length
  }

  /** Bytes in which the waiting actions came. */
  get bytes(): number {
    return this.#bytes
  }

  push(submission: Submission): void {
    const user = countedAs(submission.session)
    const line = this.#lines.get(user)
    if (line === undefined) this.#lines.set(user, new Line(submission))
    else line.push(submission)
    this.#count(submission, 1)
  }

  /** Puts actions that were taken back to the front, in their order. */
  pushAgain(submissions: readonly Submission[]): void {
    this.#again = [...submissions, ...this.#again]
    for (const submission of submissions) this.#count(submission, 1)
  }

  /** Takes the next batch: what is folded again, as long as there is any. */
  take({ actionsMax, roomOf }: BatchBounds): Submission[] {
    if (this.#again.length > 0) return this.takeAgain(actionsMax)
    const batch: Submission[] = []
    const waiting: [string, Line][] = []
    for (const [user, line] of this.#lines) {
      if (batch.length === actionsMax) break
      const room = Math.min(roomOf(user), actionsMax - batch.length)
      if (room <= 0) continue
      line.moveTo(batch, room)
      this.#lines.delete(user)
      if (line.length > 0) waiting.push([user, line])
    }
    // Who has had a turn comes after those who have not.
    for (const [user, line] of waiting) this.#lines.set(user, line)
    for (const submission of batch) this.#count(submission, -1)
    return batch
  }

  /** Takes only what is folded again. */
  takeAgain(countMax: number): Submission[] {
    const batch = this.#again.splice(0, countMax)
    for (const submission of batch) this.#count(submission, -1)
    return batch
  }

  #count({ bytes }: Submission, sign: 1 | -1): void {
    this.#length += sign
    this.#bytes += sign * bytes
  }
}

/** A list that is cheap to take from at its beginning. */
class Line {
  #items: Submission[]
  #taken = 0

  constructor(first: Submission) {
    this.#items = [first]
  }

  get length(): number {
    return this.#items.length - this.#taken
  }

  push(submission: Submission): void {
    this.#items.push(submission)
  }

  moveTo(batch: Submission[], countMax: number): void {
    const end = Math.min(this.#items.length, this.#taken + countMax)
    for (; this.#taken < end; this.#taken++) batch.push(this.#items[this.#taken]!)
    if (this.#taken * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#taken)
    this.#taken = 0
  }
}
