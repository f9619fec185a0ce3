import { type AnyModel, FoldbackError, isStreamId, type Refusal, type StampedAction } from '@foldback/core'
import type { Lane } from './lane.ts'

/** One stream on this client. Models with a single stream here use an empty id. */
export interface LocalRef {
  readonly model: AnyModel
  readonly id: string
}

/** False for an id that no record can have, such as an empty one from an address. */
export function isPossible({ model, id }: LocalRef): boolean {
  return model.kind !== 'entity' || isStreamId(id)
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

/** What `unwrap` throws for an action that was refused: the refusal's code, its sentence, and the action. */
export class RejectedError extends Error {
  readonly code: string
  readonly action: StampedAction

  constructor({ code, message, action }: { code: string; message: string; action: StampedAction }) {
    super(message)
    this.name = 'RejectedError'
    this.code = code
    this.action = action
  }
}

/** A dispatched action on its way to being settled. */
export class Entry {
  /** As it is folded, and as the application sees it. */
  readonly action: StampedAction
  readonly streams: readonly LocalRef[]
  /** As it is kept and sent: where an older build of the app has written it, as that did. */
  readonly kept: StampedAction
  /** The lane in which it has its number; undefined while it is open. */
  lane: Lane | undefined
  n: number | undefined
  /** Where it is in the outbox, or will be when the write under way has gone well; undefined: nowhere. */
  key: string | undefined
  order: number | undefined
  /** As it was written last: not at all, as an open row, sealed, or in a lane that is given up with the next write. */
  written: 'no' | 'open' | 'sealed' | 'moving' = 'no'
  /** Given up after it was sealed: that is to be written, or is, and then the server is asked to refuse it. */
  cancel: 'asked' | 'written' | undefined
  /** Until then it waits for others to merge with, in milliseconds since 1970; undefined: not at all. */
  waitsUntil: number | undefined
  /** Open actions whose place it takes: their rows go with the write that brings its own, and not before. */
  readonly replaced: Entry[] = []
  /** Its user has given it up before it was sent: so it is when its row is gone, and another page has not taken it. */
  isGivenUp = false
  outcome: Outcome | undefined
  /** The action that it was merged into, whose outcome is its own. */
  #heir: Entry | undefined
  #abandoned: FoldbackError | undefined
  #waiting: { resolve: (outcome: Outcome | Promise<Outcome>) => void; reject: (reason: unknown) => void }[] =
    []

  constructor(action: StampedAction, streams: readonly LocalRef[], kept = action) {
    this.action = action
    this.streams = streams
    this.kept = kept
  }

  get id(): string {
    return this.action.meta.foldback.id
  }

  /** @throws FoldbackError `discarded`, `taken-over` */
  get settled(): Promise<Outcome> {
    const { outcome } = this
    if (outcome !== undefined) return Promise.resolve(outcome)
    if (this.#heir !== undefined) return this.#heir.settled
    if (this.#abandoned !== undefined) return Promise.reject(this.#abandoned)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** It has its outcome, or this page will not hear it. */
  get isOver(): boolean {
    return this.outcome !== undefined || this.#abandoned !== undefined
  }

  /** It is in no row, and in none that is being written, so that no other page can have it. */
  get isOnlyHere(): boolean {
    return this.key === undefined && this.written === 'no'
  }

  /** It has no number any more, or not yet. */
  open(): void {
    this.lane = undefined
    this.n = undefined
  }

  accept(): void {
    this.#settle({ accepted: true, action: this.action })
  }

  reject({ code, message }: Pick<Refusal, 'code' | 'message'>): void {
    this.#settle({ accepted: false, code, message, action: this.action })
  }

  #settle(outcome: Outcome): void {
    if (this.isOver) return
    this.outcome = outcome
    for (const { resolve } of this.#waiting) resolve(outcome)
    this.#waiting = []
  }

  /** It was merged into another action. */
  mergeInto(heir: Entry): void {
    this.#heir = heir
    for (const { resolve } of this.#waiting) resolve(heir.settled)
    this.#waiting = []
  }

  /** This page will not hear what becomes of it. */
  abandon(code: 'discarded' | 'taken-over'): void {
    if (this.isOver) return
    this.#abandoned = new FoldbackError(code, undefined, { action: this.action })
    for (const { reject } of this.#waiting) reject(this.#abandoned)
    this.#waiting = []
  }

  /** The action that stands for this one: itself, or the one that it was merged into. */
  get standing(): Entry {
    return this.#heir === undefined ? this : this.#heir.standing
  }

  /** Why this page will not hear what becomes of it; undefined when it will. */
  get abandoned(): FoldbackError | undefined {
    return this.#abandoned
  }
}
