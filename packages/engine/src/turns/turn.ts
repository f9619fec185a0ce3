import { isLongerThan, type Place, type Refusal, type StampedAction } from '@foldback/core'
import type { AppendBatch, AppendUnit, Forget, NewRecord } from '../event-store.ts'
import type { Decision, StreamStep } from './admit.ts'
import type { Head, HeadState } from '../heads/head.ts'
import type { LaneMark } from '../heads/lane-marks.ts'
import { Tally } from '../bounds/tally.ts'
import { countedAs } from '../rules.ts'
import type { KeptOutcome, Submission } from './submission.ts'

/** One action of a turn, folded; it becomes true when the turn is committed. */
export interface TurnUnit {
  readonly submission: Submission
  readonly mark: LaneMark | undefined
  readonly result: UnitResult
}

export type UnitResult =
  | {
      readonly kind: 'accepted'
      readonly action: StampedAction
      readonly actionText: string
      readonly isReplaced: boolean
      readonly steps: readonly StreamStep[]
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * What is committed together: the actions folded since the turn before, and answers that depend on them. While one
 * turn is being committed, the next is open and folds on top.
 */
export class Turn {
  readonly units: TurnUnit[] = []
  /** Said after this turn is committed, because they were computed from what it commits. */
  readonly answers: (() => void)[] = []
  readonly #heads = new Set<Head>()
  readonly #users = new Tally()
  readonly #lanesWaiting = new Set<string>()
  readonly #rested: Head[] = []
  readonly #forget: Forget[] = []

  get isEmpty(): boolean {
    return (
      this.units.length === 0 &&
      this.answers.length === 0 &&
      this.#rested.length === 0 &&
      this.#forget.length === 0
    )
  }

  /** Every head it has changed or would write. */
  get heads(): readonly Head[] {
    return [...this.#heads, ...this.#rested]
  }

  /** How many actions of this user are in it. */
  countOf(user: string): number {
    return this.#users.of(user)
  }

  /** True when an action of this lane was put off in this turn: those behind it are too, without a word for each. */
  isWaiting(lane: string): boolean {
    return this.#lanesWaiting.has(lane)
  }

  setWaiting(lane: string): void {
    this.#lanesWaiting.add(lane)
  }

  accept(submission: Submission, mark: LaneMark | undefined, decision: Decision & { kind: 'accept' }): void {
    const { action, isReplaced, steps } = decision
    const actionText = JSON.stringify(action)
    for (const { head, next } of steps) {
      head.advance(next, actionText.length)
      this.#heads.add(head)
    }
    this.#add(submission, mark, { kind: 'accepted', action, actionText, isReplaced, steps })
  }

  refuse(submission: Submission, mark: LaneMark | undefined, refusal: Refusal): void {
    this.#add(submission, mark, { kind: 'refused', refusal })
  }

  #add(submission: Submission, mark: LaneMark | undefined, result: UnitResult): void {
    if (mark !== undefined && submission.place !== undefined) {
      mark.actor = submission.session.actor
      mark.speculative = submission.place.n
    }
    this.units.push({ submission, mark, result })
    this.#users.add(countedAs(submission.session))
  }

  /** Write this head's record although it has no new event. */
  rest(head: Head): void {
    this.#rested.push(head)
  }

  forget(forget: Forget): void {
    this.#forget.push(forget)
  }

  /** What to append. Nothing may be folded into the turn after. */
  close(now: number, recordBytesMax: number): ClosedTurn {
    const due = [...this.#heads].filter((head) => head.isRecordDue)
    const rested = this.#rested.filter((head) => !head.isUnderWay)
    const records: NewRecord[] = []
    const oversized: Head[] = []
    const oversizedAtRest: Head[] = []
    for (const head of [...due, ...rested]) {
      const text = JSON.stringify(head.speculative.state)
      if (isLongerThan(text, recordBytesMax)) (this.#heads.has(head) ? oversized : oversizedAtRest).push(head)
      else records.push(toRecord(head, text))
    }
    return {
      batch: { units: this.units.filter(isRecorded).map(toAppendUnit), records, forget: this.#forget, now },
      oversized,
      oversizedAtRest,
    }
  }
}

export interface ClosedTurn {
  readonly batch: AppendBatch
  /** Heads that this turn's actions made too large. */
  readonly oversized: readonly Head[]
  /** Heads that rest and are too large: no action of this turn is at fault. */
  readonly oversizedAtRest: readonly Head[]
}

/** A refusal that came without a lane leaves no trace. */
export function isRecorded(unit: TurnUnit): boolean {
  return unit.result.kind === 'accepted' || unit.mark !== undefined
}

export function placesOf(steps: readonly StreamStep[]): Place[] {
  return steps.map(({ head, next }) => ({ model: head.ref.model, id: head.ref.id, version: next.version }))
}

function toAppendUnit({ submission, result }: TurnUnit): AppendUnit {
  const { place, session } = submission
  const lane = place && { lane: place.lane, n: place.n, actor: session.actor }
  if (result.kind === 'refused') {
    const { code, message } = result.refusal
    return { lane, events: [], outcome: JSON.stringify({ refused: { code, message } } satisfies KeptOutcome) }
  }
  const accepted: KeptOutcome | undefined = place?.keepsOutcome
    ? { accepted: placesOf(result.steps) }
    : undefined
  return {
    lane,
    events: result.steps.map((step) => toEvent(result, step)),
    outcome: accepted && JSON.stringify(accepted),
  }
}

function toEvent(result: UnitResult & { kind: 'accepted' }, { head, next }: StreamStep) {
  const { id, actor } = result.action.meta.foldback
  return {
    id,
    model: head.ref.model,
    stream: head.ref.id,
    expectedVersion: next.version - 1,
    action: result.actionText,
    actor,
    receivedAt: next.receivedAt,
  }
}

function toRecord(head: Head, text: string): NewRecord {
  const { version, eventId, receivedAt }: HeadState = head.speculative
  head.kept(version, text.length)
  return {
    model: head.ref.model,
    stream: head.ref.id,
    version,
    eventId,
    receivedAt,
    state: text,
    modelVersion: head.model.version,
  }
}
