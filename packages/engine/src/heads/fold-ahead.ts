import type { ListedHead } from '../event-store.ts'
import type { LoadedHead } from './head.ts'
import type { Heads } from './heads.ts'

/** So many that the store reads for one record while another is folded; not more, for whoever stops half way. */
const aheadCount = 4

/** What listed heads stand for, in their order: while one is looked at, the next ones are read and folded. */
export class FoldAhead {
  readonly #heads: Heads
  readonly #model: string
  readonly #listed: readonly ListedHead[]
  readonly #folding: Promise<LoadedHead>[] = []

  constructor(heads: Heads, model: string, listed: readonly ListedHead[]) {
    this.#heads = heads
    this.#model = model
    this.#listed = listed
  }

  /** Asked for by index, from 0, none left out. */
  at(index: number): Promise<LoadedHead> {
    while (this.#folding.length < Math.min(index + aheadCount, this.#listed.length)) this.#begin()
    return this.#folding[index]!
  }

  #begin(): void {
    const head = this.#listed[this.#folding.length]!
    const folding = this.#heads.fold({ model: this.#model, id: head.id }, head)
    // Whoever asks for it hears of it; perhaps nobody does.
    folding.catch(() => {})
    this.#folding.push(folding)
  }
}
