import { FoldbackError, type LaneMark, type StampedAction } from '@foldback/core'
import type { Entry } from './entry.ts'
import type { SyncStatus } from './status.ts'

interface Accepted {
  readonly lane: string
  readonly n: number
  readonly action: StampedAction
}

/** The last actions of this page that were accepted: what is lost when the server turns out to have another history. */
export class AcceptedActions {
  readonly #max: number
  #last: Accepted[] = []
  #error: SyncStatus['error']

  constructor(max: number) {
    this.#max = max
  }

  add({ lane, n, action, outcome }: Entry): void {
    if (lane === undefined || n === undefined || outcome?.accepted !== true) return
    this.#last.push({ lane: lane.name, n, action })
    if (this.#last.length > this.#max) this.#last.shift()
  }

  /** The actions that a server whose lanes have come no further than these marks does not know, oldest first. */
  lostAbove(marks: readonly LaneMark[]): StampedAction[] {
    const isLost = ({ lane, n }: Accepted): boolean =>
      marks.some((mark) => mark.lane === lane && mark.mark < n)
    const lost = this.#last.filter(isLost)
    this.#last = this.#last.filter((accepted) => !isLost(accepted))
    // It may have forgotten as many more.
    const count = `${lost.length === this.#max ? 'at least ' : ''}${lost.length} of this page`
    const { code, message } = new FoldbackError('history-lost', count)
    this.#error = lost.length === 0 ? undefined : { code, message }
    return lost.map(({ action }) => action)
  }

  /** What the status says of a loss as soon as the server is there again; once. */
  takeError(): SyncStatus['error'] {
    const error = this.#error
    this.#error = undefined
    return error
  }
}
