/**
 * A map that forgets what was used longest ago when it holds more than `sizeMax`, but never what `isPinned`.
 * Its entries form a line from the oldest use to the newest: moving one to the end is cheaper than a deletion and an
 * insertion in a Map, and happens several times for each action.
 */
export class Lru<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #sizeMax: number
  readonly #isPinned: (value: Value) => boolean
  #oldest: Entry<Value> | undefined
  #newest: Entry<Value> | undefined

  constructor(sizeMax: number, isPinned: (value: Value) => boolean) {
    this.#sizeMax = sizeMax
    this.#isPinned = isPinned
  }

  get size(): number {
    return this.#entries.size
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
    const entry: Entry<Value> = { key, value, older: undefined, newer: undefined }
    this.#entries.set(key, entry)
    this.#append(entry)
    if (this.#entries.size > this.#sizeMax) this.#shrink()
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#unlink(entry)
  }

  #shrink(): void {
    // Pinned entries are moved to the young end, so that a later call does not walk over them again.
    for (let looks = this.#entries.size - 1; looks > 0; looks--) {
      if (this.#entries.size <= this.#sizeMax) return
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
  older: Entry<Value> | undefined
  newer: Entry<Value> | undefined
}
