export interface Timer {
  readonly at: number
  /** Timers of one moment run in the order in which they were set. */
  readonly order: number
  readonly run: () => void
  isCancelled: boolean
}

/** Timers, the next one first: a binary heap, in which cancelled ones wait to come up. */
export class TimerQueue {
  readonly #heap: Timer[] = []

  /** The next timer that is not cancelled. */
  get next(): Timer | undefined {
    while (this.#heap[0]?.isCancelled) this.#removeFirst()
    return this.#heap[0]
  }

  add(timer: Timer): void {
    let index = this.#heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(timer, this.#heap[parent]!)) break
      this.#heap[index] = this.#heap[parent]!
      index = parent
    }
    this.#heap[index] = timer
  }

  takeNext(): Timer | undefined {
    const { next } = this
    if (next !== undefined) this.#removeFirst()
    return next
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!
    if (this.#heap.length > 0) this.#sink(last)
  }

  /** Lets a timer down from the top to its place. */
  #sink(timer: Timer): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, timer)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = timer
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at
}
