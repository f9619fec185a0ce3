import type { StoredHead } from '../event-store.ts'

const countFirst = 10

/** How many records to read in one go, so that they have about as many bytes as are wanted: it learns from the last. */
export class PageSize {
  readonly #bytesWanted: number
  readonly #countMax: number
  #count: number

  constructor(bytesWanted: number, countMax: number) {
    this.#bytesWanted = bytesWanted
    this.#countMax = countMax
    this.#count = Math.min(countFirst, countMax)
  }

  get count(): number {
    return this.#count
  }

  /** These have been read. */
  learn(heads: readonly StoredHead[]): void {
    const bytes = heads.reduce((sum, head) => sum + storedBytes(head), 0)
    const bytesEach = Math.max(1, bytes / Math.max(1, heads.length))
    this.#count = Math.max(1, Math.min(this.#countMax, Math.floor(this.#bytesWanted / bytesEach)))
  }
}

/** Bytes of a record and the events after it, as they are stored. */
export function storedBytes({ record, tail }: StoredHead): number {
  return tail.reduce((bytes, { action }) => bytes + action.length, record?.state.length ?? 0)
}
