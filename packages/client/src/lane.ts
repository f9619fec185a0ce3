import type { Entry } from './entry.ts'

/** A lane as far as this page has to do with it: its own, or one that it has adopted. */
export class Lane {
  readonly name: string
  /** What is sealed, or being sealed, and not settled, by its number, in order. */
  readonly byN = new Map<number, Entry>()
  /** Another page has taken it over, and may have let the server forget outcomes that this one has not heard. */
  isLost = false
  /** Every n up to this one is settled, and its row is gone: nobody will ask for its outcome again. */
  forgottenUpTo: number
  #nextN: number

  /** @param first the first number that is not settled. */
  constructor(name: string, first = 1) {
    this.name = name
    this.forgottenUpTo = first - 1
    this.#nextN = first
  }

  /** True when an action has or had a number in this lane. */
  get hasBegun(): boolean {
    return this.#nextN > 1
  }

  /** Every n up to this one is settled. */
  get settledUpTo(): number {
    for (const n of this.byN.keys()) return n - 1
    return this.#nextN - 1
  }

  /** The last n that is known to be settled: it may have been told of before those in front of it. */
  get lastSettled(): number {
    let n = this.#nextN - 1
    while (this.byN.has(n)) n--
    return n
  }

  /** Gives out the next number. */
  seal(entry: Entry): void {
    this.place(entry, this.#nextN)
  }

  /** Takes in an action that has its number. */
  place(entry: Entry, n: number): void {
    entry.lane = this
    entry.n = n
    this.byN.set(n, entry)
    this.#nextN = n + 1
  }

  /** Takes back the numbers given out last, which nobody has seen. */
  unseal(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.byN.delete(entry.n!)
      this.#nextN = Math.min(this.#nextN, entry.n!)
      entry.open()
    }
  }
}
