import type { AnyModel, Refusal, StampedAction } from '@foldback/core'

/** One stream on this client. Models with a single stream here use an empty id. */
export interface LocalRef {
  readonly model: AnyModel
  readonly id: string
}

/** What became of an action. */
export type Outcome =
  | { readonly accepted: true; readonly action: StampedAction }
  | {
      readonly accepted: false
      readonly code: string
      readonly message: string
      readonly action: StampedAction
    }

/** A dispatched action on its way to being settled. */
export class Entry {
  readonly action: StampedAction
  readonly streams: readonly LocalRef[]
  /** Its number in the lane; undefined while it is open. */
  n: number | undefined
  /** As it was written last: not at all, as an open row, or sealed. */
  written: 'no' | 'open' | 'sealed' = 'no'
  outcome: Outcome | undefined
  #waiting: ((outcome: Outcome) => void)[] = []

  constructor(action: StampedAction, streams: readonly LocalRef[]) {
    this.action = action
    this.streams = streams
  }

  get id(): string {
    return this.action.meta.foldback.id
  }

  get settled(): Promise<Outcome> {
    const { outcome } = this
    return outcome !== undefined
      ? Promise.resolve(outcome)
      : new Promise((resolve) => this.#waiting.push(resolve))
  }

  accept(): void {
    this.#settle({ accepted: true, action: this.action })
  }

  reject({ code, message }: Pick<Refusal, 'code' | 'message'>): void {
    this.#settle({ accepted: false, code, message, action: this.action })
  }

  #settle(outcome: Outcome): void {
    if (this.outcome !== undefined) return
    this.outcome = outcome
    for (const resolve of this.#waiting) resolve(outcome)
    this.#waiting = []
  }
}
