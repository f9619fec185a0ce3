/** How many of something each key has. Keys that have none are not remembered. */
export class Tally {
  readonly #counts = new Map<string, number>()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: string, count = 1): void {
    if (count > 0) this.#counts.set(key, this.of(key) + count)
  }

  remove(key: string, count = 1): void {
    const left = this.of(key) - count
    if (left > 0) this.#counts.set(key, left)
    else this.#counts.delete(key)
  }

  get size(): number {
    return this.#counts.size
  }
}
