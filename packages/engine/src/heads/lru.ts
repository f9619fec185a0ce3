/**
 * A map that forgets what was used longest ago when it holds more than `sizeMax`, but never what `isPinned`.
 * A JavaScript Map keeps the order of insertion, so the oldest use comes first.
 */
export class Lru<Value> {
  readonly #entries = new Map<string, Value>()
  readonly #sizeMax: number
  readonly #isPinned: (value: Value) => boolean

  constructor(sizeMax: number, isPinned: (value: Value) => boolean) {
    this.#sizeMax = sizeMax
    this.#isPinned = isPinned
  }

  get size(): number {
    return this.#entries.size
  }

  /** Finds without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > this.#sizeMax) this.#shrink()
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  values(): IterableIterator<Value> {
    return this.#entries.values()
  }

  #shrink(): void {
    // Pinned entries are moved to the young end, so that a later call does not walk over them again.
    let looks = this.#entries.size - 1
    for (const [key, value] of this.#entries) {
      if (this.#entries.size <= this.#sizeMax || looks-- <= 0) return
      this.#entries.delete(key)
      if (this.#isPinned(value)) this.#entries.set(key, value)
    }
  }
}
