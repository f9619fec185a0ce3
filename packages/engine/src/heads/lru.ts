/**
 * A map that forgets what was used longest ago when what it holds weighs more than `weightMax`, but never what
 * `isPinned`, nor what came last. Each entry weighs 1, unless `weightOf` says otherwise.
 * Its entries form a line from the oldest use to the newest: moving one to the end is cheaper than a deletion and an
 * insertion in a Map, and happens several times for each action.
 */
export class Lru<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #weightMax: number
  readonly #isPinned: (value: Value) => boolean
  readonly #weightOf: (value: Value) => number
  #weight = 0
  #oldest: Entry<Value> | undefined
  #newest: Entry<Value> | undefined

  constructor(
    weightMax: number,
    isPinned: (value: Value) => boolean,
    weightOf: (value: Value) => number = () => 1,
  ) {
    this.#weightMax = weightMax
    this.#isPinned = isPinned
    this.#weightOf = weightOf
  }

  get size(): number {
    return this.#entries.size
  }

  /** Of all entries, each as it was when it was put here or kept last. */
  get weight(): number {
    return this.#weight
  }

  /** Finds without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#moveToEnd(entry)
    return entry.value
  }

  set(key: string, value: Value): void {
    this.delete(key)
    const weight = this.#weightOf(value)
    const entry: Entry<Value> = { key, value, weight, older: undefined, newer: undefined }
    this.#entries.set(key, entry)
    this.#append(entry)
    this.#weigh(weight)
  }

  /** Puts a value here unless there is one. Returns the one that is here then, which is weighed again. */
  keep(key: string, value: Value): Value {
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      this.set(key, value)
      return value
    }
    const weight = this.#weightOf(entry.value)
    const more = weight - entry.weight
    entry.weight = weight
    if (more !== 0) this.#weigh(more)
    return entry.value
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#unlink(entry)
    this.#weight -= entry.weight
  }

  #weigh(more: number): void {
    this.#weight += more
    if (more > 0 && this.#weight > this.#weightMax) this.#shrink()
  }

  #shrink(): void {
    // Pinned entries are moved to the young end, so that a later call does not walk over them again.
    for (let looks = this.#entries.size - 1; looks > 0; looks--) {
      if (this.#weight <= this.#weightMax) return
      const oldest = this.#oldest!
      if (this.#isPinned(oldest.value)) this.#moveToEnd(oldest)
      else this.delete(oldest.key)
    }
  }

  #moveToEnd(entry: Entry<Value>): void {
    if (entry === this.#newest) return
    this.#unlink(entry)
    this.#append(entry)
  }

  #append(entry: Entry<Value>): void {
    entry.older = this.#newest
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  #unlink(entry: Entry<Value>): void {
    const { older, newer } = entry
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    entry.older = undefined
    entry.newer = undefined
  }
}

interface Entry<Value> {
  readonly key: string
  readonly value: Value
  weight: number
  older: Entry<Value> | undefined
  newer: Entry<Value> | undefined
}
