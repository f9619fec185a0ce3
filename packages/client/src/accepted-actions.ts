import { FoldbackError, type StampedAction } from '@foldback/core'
import type { Entry } from './entry.ts'
import type { SyncStatus } from './status.ts'

interface Accepted {
  readonly n: number
  readonly action: StampedAction
}

/** The last actions of the lane that were accepted: what is lost when the server turns out to have another history. */
export class AcceptedActions {
  readonly #max: number
  #last: Accepted[] = []
  #error: SyncStatus['error']

  constructor(max: number) {
    this.#max = max
  }

  add({ n, action, outcome }: Entry): void {
    if (n === undefined || outcome?.accepted !== true) return
    this.#last.push({ n, action })
    if (this.#last.length > this.#max) this.#last.shift()
  }

  /** The actions that a server whose lane has come no further than `mark` does not know, oldest first. */
  lostAbove(mark: number): StampedAction[] {
    const lost = this.#last.filter(({ n }) => n > mark).map(({ action }) => action)
    // It may have forgotten as many more.
    const count = `${lost.length === this.#max ? 'at least ' : ''}${lost.length} of this page`
    const { code, message } = new FoldbackError('history-lost', count)
    this.#error = lost.length === 0 ? undefined : { code, message }
    return lost
  }

  /** The lane has ended. */
  clear(): void {
    this.#last = []
  }

  /** What the status says of a loss as soon as the server is there again; once. */
  takeError(): SyncStatus['error'] {
    const error = this.#error
    this.#error = undefined
    return error
  }
}
