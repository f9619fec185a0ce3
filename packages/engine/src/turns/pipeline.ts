import {
  type AnyModel,
  FoldbackError,
  messageOf,
  type Refusal,
  refusal,
  type StreamRef,
} from '@foldback/core'
import { admit, type AdmitContext, type Decision, streamsConcerned } from './admit.ts'
import { BatchLoader } from './batch-loader.ts'
import { Entrance } from './entrance.ts'
import { FairQueue } from './fair-queue.ts'
import type { Forget, UnitOutcome } from '../event-store.ts'
import type { Head } from '../heads/head.ts'
import type { Heads } from '../heads/heads.ts'
import type { LaneMark, LaneMarks } from '../heads/lane-marks.ts'
import type { EngineLimits } from '../limits.ts'
import type { ActionOutcome, EnginePorts, Incident } from '../ports.ts'
import { Resting } from './resting.ts'
import type { AnyRules } from '../rules.ts'
import { type KeptOutcome, type Settlement, settlementOf, type Submission } from './submission.ts'
import { currentAction, upcastSubmission } from './upcast-submission.ts'
import { isRecorded, placesOf, Turn, type TurnUnit, type UnitResult } from './turn.ts'

/*
 * From the queue to the log, one turn at a time:
 *
 *   queue → load what is missing → fold into the open turn → commit → settle
 *
 * While one turn is being committed the next is open, and folds on top of what is being committed. Invariants:
 * - Actions of one user are folded in the order in which they were submitted, so a lane's and a connection's order is
 *   kept; users take turns.
 * - No answer leaves before everything it was computed from is committed: each is given when its turn settles, and
 *   turns settle in order.
 * - After a failed commit nothing that was folded on it is used: heads are dropped, marks are read again, and the
 *   actions are folded again or put off.
 */

/** Hears what has become durable, in order; tells the sessions. */
export interface UncertainStream {
  readonly ref: StreamRef
  readonly lane: string | undefined
}

export interface Settler {
  /** Everything in these units is committed, and the heads and marks say so. */
  settled(units: readonly SettledUnit[]): void
  /** An action of a lane was put off: nothing from n on has happened. */
  putOff(submission: Submission, reason: Refusal): void
  /** An action that was sent before; `settlement` is its first outcome. */
  repeated(submission: Submission, settlement: Settlement): void
  /** Actions may have been written to these streams, of these lanes, that nobody was told of. */
  uncertain(streams: readonly UncertainStream[]): void
  /** The lane belongs to another user. */
  laneTaken(submission: Submission): void
}

export interface SettledUnit extends TurnUnit {
  /** The place of each of its events in the log. */
  readonly seqs: readonly number[]
}

export interface PipelineParts {
  readonly models: readonly AnyModel[]
  readonly rules: AnyRules
  readonly limits: EngineLimits
  readonly ports: EnginePorts
  readonly heads: Heads
  readonly marks: LaneMarks
  readonly settler: Settler
}

export class Pipeline {
  readonly #parts: PipelineParts
  readonly #loader: BatchLoader
  readonly #resting: Resting
  readonly #queue = new FairQueue()
  readonly #entrance: Entrance
  #open = new Turn()
  #committing: Turn | undefined
  #isScheduled = false
  #isLoading = false
  /** Halved when something in a turn makes it fail, until that stands alone. */
  #turnActionsMax: number
  #waiters: (() => void)[] = []
  #idleWaiters: (() => void)[] = []

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#entrance = new Entrance(parts.limits, parts.ports, this.#queue)
    this.#loader = new BatchLoader(parts)
    this.#turnActionsMax = parts.limits.turnActionsMax
    this.#resting = new Resting(parts.ports.clock, parts.limits.restMs, (heads) => this.#rest(heads))
  }

  /** Actions that are waiting, folded or being committed, and those whose answers wait for the commit. */
  get underWayCount(): number {
    const { units, answers } = this.#open
    return this.#queue.length + units.length + answers.length + (this.#committing?.units.length ?? 0)
  }

  /** Actions that are waiting to be folded. */
  get queuedCount(): number {
    return this.#queue.length
  }

  /** Bytes of the actions that are waiting. */
  get queuedBytes(): number {
    return this.#queue.bytes
  }

  /** How many users' rates are remembered. */
  get ratedUsersCount(): number {
    return this.#entrance.ratedUsersCount
  }

  /** False when it is put off at once: then those behind it in its lane need not be handed in. */
  submit(submission: Submission): boolean {
    submission.arrivedAt ??= this.#parts.ports.clock.now()
    const reason = this.#entrance.reasonAgainst(submission)
    if (reason !== undefined) {
      this.#putOff(submission, reason)
      return false
    }
    this.#queue.push(upcastSubmission(this.#parts, submission))
    this.#schedule()
    return true
  }

  /** The sender knows these outcomes; they go with the next commit. */
  forget(forget: Forget): void {
    this.#open.forget(forget)
    this.#schedule()
  }

  /** Runs `then` when what is being committed now has settled; at once when nothing is. */
  afterCommit(then: () => void): void {
    if (this.#committing === undefined) then()
    else this.#waiters.push(then)
  }

  /** Puts off what comes from now on; resolves when what came before is settled and every record is written. */
  async close(): Promise<void> {
    this.#entrance.close()
    this.#resting.stop()
    await this.#idle()
    this.#rest(this.#resting.takeAll())
    await this.#idle()
  }

  /** Resolves when nothing waits, is folded or is being committed. */
  #idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    return new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  get #isIdle(): boolean {
    return this.#committing === undefined && this.#queue.length === 0 && this.#open.isEmpty
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#parts.ports.defer(() => {
      this.#isScheduled = false
      this.#run()
    })
  }

  #run(): void {
    this.#advance()
    if (!this.#isIdle) return
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  #advance(): void {
    if (this.#isLoading) return
    // Answers wait for the commit too, and what they are to says no more than that.
    const room = this.#turnActionsMax - this.#open.units.length - this.#open.answers.length
    if (room > 0 && this.#queue.length > 0) {
      const batch = this.#takeBatch(room)
      const loading = this.#loader.hold(batch)
      if (loading !== undefined) return this.#runWhen(loading, batch)
      this.#fold(batch)
    }
    if (this.#committing !== undefined || this.#open.isEmpty) return
    this.#commit()
    if (this.#queue.length > 0) this.#schedule()
  }

  #takeBatch(actionsMax: number): Submission[] {
    const { limits, ports } = this.#parts
    const turn = this.#open
    const roomOf = (user: string): number => limits.turnActionsPerUserMax - turn.countOf(user)
    const batch = this.#queue.take({ actionsMax, roomOf })
    if (this.#queue.length > 0)
      ports.limited?.(batch.length === actionsMax ? 'turnActionsMax' : 'turnActionsPerUserMax')
    return batch
  }

  /** Meanwhile the batch is at the front of the queue, but for what a commit that fails puts before it. */
  #runWhen(loading: Promise<void>, batch: readonly Submission[]): void {
    this.#queue.pushAgain(batch)
    this.#isLoading = true
    loading.then(
      () => {
        this.#isLoading = false
        this.#run()
      },
      (cause: unknown) => {
        this.#isLoading = false
        this.#loader.release()
        this.#report(cause)
        const failed = this.#queue.takeAgain(batch.length)
        for (const submission of failed) this.#putOff(submission, putOffReason(cause))
        this.#run()
      },
    )
  }

  #fold(batch: readonly Submission[]): void {
    const { models, rules, limits, ports } = this.#parts
    const context: AdmitContext = {
      models,
      rules,
      streamsMax: limits.actionStreamsMax,
      headOf: (stream) => this.#loader.headOf(stream),
      markOf: (lane) => this.#loader.markOf(lane),
      now: ports.clock.now(),
      newId: () => ports.random.id(),
      report: (incident) => this.#reportAbout(folding, incident),
      hint: ports.hint,
    }
    let folding: Submission | undefined
    let began = context.now
    for (const submission of batch) {
      this.#foldOne(context, (folding = submission))
      const ended = ports.clock.now()
      if (ended - began > limits.foldMsMax) this.#wasSlow(submission, ended - began)
      began = ended
    }
    this.#loader.release()
  }

  #foldOne(context: AdmitContext, submission: Submission): void {
    const turn = this.#open
    const { place } = submission
    if (place !== undefined && turn.isWaiting(place.lane)) {
      // Those who hold the lane hear of the first one put off, and send again from there.
      turn.answers.push(() => this.#replyPutOff(submission, refusal('lane-gap')))
      return
    }
    const mark = place && context.markOf(place.lane)
    const decision = this.#admit(context, submission)
    if (decision.kind === 'accept') {
      turn.accept(submission, mark, decision)
      // Small caches may have let go of them since they were looked up; from now on they are pinned.
      for (const { head } of decision.steps) this.#parts.heads.keep(head)
    } else if (decision.kind === 'duplicate') turn.answers.push(() => this.#repeat(submission, mark!))
    else if (decision.kind === 'lane-taken') {
      turn.answers.push(() => this.#parts.settler.laneTaken(submission))
    } else if (decision.refusal.finality === 'final') turn.refuse(submission, mark, decision.refusal)
    else {
      if (place !== undefined) turn.setWaiting(place.lane)
      turn.answers.push(() => this.#putOff(submission, decision.refusal))
    }
  }

  /** Nobody can interrupt code that runs; but an operator can be told which it was. */
  #wasSlow(submission: Submission, tookMs: number): void {
    const { models, limits, ports } = this.#parts
    const { limited, report } = ports
    const action = currentAction(submission)
    if (action === undefined) return
    limited?.('foldMsMax')
    const [concerned] = streamsConcerned(models, submission, limits.actionStreamsMax)
    const about = concerned && { model: concerned.model, id: concerned.id }
    const { message } = refusal('slow-fold', `${action.type} took ${tookMs} ms`)
    report({ code: 'slow-fold', message, action, ...about })
  }

  /** A model's or a rule's code that throws where nobody expects it harms its own action alone. */
  #admit(context: AdmitContext, submission: Submission): Decision {
    try {
      return admit(context, submission)
    } catch (cause) {
      context.report({ code: 'internal', message: messageOf(cause), cause })
      return { kind: 'refuse', refusal: refusal('internal') }
    }
  }

  #replyPutOff(submission: Submission, reason: Refusal): void {
    this.#count(submission, 'put-off', reason.code)
    submission.reply?.({ status: 'refused', refusal: reason, isDuplicate: false })
  }

  #putOff(submission: Submission, reason: Refusal): void {
    this.#replyPutOff(submission, reason)
    if (submission.place !== undefined) this.#parts.settler.putOff(submission, reason)
  }

  /** Answers an action that was sent again with its first outcome. */
  #repeat(submission: Submission, mark: LaneMark): void {
    const { lane, n } = submission.place!
    // It was folded in a commit that has failed since: nothing is settled, so it is asked for again.
    if (mark.isStale || mark.committed < n) return this.#putOff(submission, refusal('busy'))
    this.#parts.ports.store.outcomes(lane, n, n).then(
      ([kept]) => {
        if (kept === undefined && submission.place!.keepsOutcome) return this.#foldExpired(submission, mark)
        const settlement = settlementOf(kept && (JSON.parse(kept.outcome) as KeptOutcome))
        this.#count(submission, 'repeated')
        submission.reply?.(settlement)
        this.#parts.settler.repeated(submission, settlement)
      },
      (cause: unknown) => {
        this.#report(cause)
        this.#putOff(submission, putOffReason(cause))
      },
    )
  }

  /** Its lane was forgotten by the store, and its mark only by us not yet: it is as if it came for the first time. */
  #foldExpired(submission: Submission, mark: LaneMark): void {
    this.#parts.marks.forget(mark)
    this.submit(submission)
  }

  #commit(): void {
    const { ports, limits } = this.#parts
    const turn = this.#takeOpen()
    const closedAt = ports.clock.now()
    const { batch, oversized, oversizedAtRest } = turn.close(closedAt, limits.recordBytesMax)
    if (oversized.length > 0) {
      ports.limited?.('recordBytesMax')
      return this.#foldAgain([turn], 'record-too-large')
    }
    for (const { ref } of oversizedAtRest) {
      ports.report({
        code: 'record-too-large',
        message: `The record ${ref.model}/${ref.id} is not written beside its events.`,
        ...ref,
      })
    }
    this.#committing = turn
    if (batch.units.length + batch.records.length + batch.forget.length === 0)
      return this.#committed(turn, [])
    ports.store.append(batch).then(
      (outcomes) => {
        if (turn.units.length > 0)
          ports.turned?.(turn.units.length, Math.max(0, ports.clock.now() - closedAt))
        this.#committed(turn, outcomes)
      },
      (cause: unknown) => this.#commitFailed(turn, cause),
    )
  }

  #committed(turn: Turn, outcomes: readonly UnitOutcome[]): void {
    this.#committing = undefined
    if (outcomes.every((outcome) => outcome.status === 'ok')) {
      this.#settle(settledUnits(turn, outcomes))
      for (const answer of turn.answers) answer()
      this.#turnActionsMax = Math.min(this.#turnActionsMax * 2, this.#parts.limits.turnActionsMax)
    } else {
      this.#overtaken(turn, outcomes)
    }
    this.#next()
  }

  #settle(units: readonly SettledUnit[]): void {
    const now = this.#parts.ports.clock.now()
    for (const { submission, mark, result } of units) {
      if (mark !== undefined) mark.committed = submission.place!.n
      if (result.kind === 'refused') continue
      for (const { head, next } of result.steps) {
        head.commit(next)
        this.#resting.touched(head, now)
      }
    }
    this.#parts.settler.settled(units)
    for (const { submission, result } of units) {
      if (result.kind === 'refused') this.#count(submission, 'rejected', result.refusal.code)
      else this.#count(submission, 'accepted')
      submission.reply?.(toSettlement(result))
    }
  }

  #count({ arrivedAt }: Submission, outcome: ActionOutcome, code?: string): void {
    const { clock, counted } = this.#parts.ports
    if (counted === undefined) return
    const now = clock.now()
    // The clock may have been put back.
    counted(outcome, code, Math.max(0, now - (arrivedAt ?? now)))
  }

  /** Another writer was first, or the store cannot tell: what was written settles, the rest is folded again. */
  #overtaken(turn: Turn, outcomes: readonly UnitOutcome[]): void {
    const written: SettledUnit[] = []
    const again: TurnUnit[] = []
    for (const [unit, outcome] of withOutcomes(turn, outcomes)) {
      if (outcome?.status === 'ok') written.push({ ...unit, seqs: outcome.seqs })
      else if (outcome?.status === 'unknown' && unit.mark === undefined) {
        this.#putOff(unit.submission, refusal('unknown-outcome'))
      } else again.push(unit)
    }
    this.#settle(written)
    const open = this.#takeOpen()
    this.#foldLater([turn, open], [...again, ...open.units])
    const uncertain = withOutcomes(turn, outcomes).filter(([, outcome]) => outcome?.status === 'unknown')
    this.#parts.settler.uncertain(
      uncertain.flatMap(([{ submission, result }]) =>
        refsOf(result).map((ref) => ({ ref, lane: submission.place?.lane })),
      ),
    )
  }

  #commitFailed(turn: Turn, cause: unknown): void {
    this.#committing = undefined
    this.#report(cause)
    const turns = [turn, this.#takeOpen()]
    if (cause instanceof FoldbackError && cause.code === 'unstorable')
      return this.#foldAgain(turns, 'unstorable')
    this.#discard(turns)
    const told = new Set<string>()
    for (const { submission } of turns.flatMap(({ units }) => units)) {
      const lane = submission.place?.lane
      if (lane !== undefined && told.has(lane)) this.#replyPutOff(submission, putOffReason(cause))
      else this.#putOff(submission, putOffReason(cause))
      if (lane !== undefined) told.add(lane)
    }
    for (const { answers } of turns) for (const answer of answers) answer()
    this.#next()
  }

  /** Something in the first turn cannot be kept: smaller turns until it stands alone, and then it is refused. */
  #foldAgain(turns: readonly Turn[], code: 'unstorable' | 'record-too-large'): void {
    const units = turns.flatMap((turn) => turn.units)
    const suspects = turns[0]!.units
    if (suspects.length === 1)
      units[0] = { ...suspects[0]!, submission: { ...suspects[0]!.submission, impossible: code } }
    this.#turnActionsMax = Math.max(1, Math.ceil(suspects.length / 2))
    this.#foldLater(turns, units)
    this.#next()
  }

  /** Drops what was folded in these turns; the units `again` go back into the queue. */
  #foldLater(turns: readonly Turn[], again: readonly TurnUnit[]): void {
    this.#discard(turns)
    this.#queue.pushAgain(again.map((unit) => unit.submission))
    for (const { answers } of turns) for (const answer of answers) this.#open.answers.push(answer)
  }

  #discard(turns: readonly Turn[]): void {
    this.#loader.release()
    for (const head of turns.flatMap((turn) => turn.heads)) this.#parts.heads.drop(head)
    const marks = turns.flatMap(({ units }) => units.map(({ mark }) => mark))
    this.#parts.marks.commitFailed(marks.filter((mark) => mark !== undefined))
  }

  #takeOpen(): Turn {
    const turn = this.#open
    this.#open = new Turn()
    return turn
  }

  #next(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const then of waiters) then()
    this.#run()
  }

  #rest(heads: readonly Head[]): void {
    for (const head of heads) this.#open.rest(head)
    if (heads.length > 0) this.#schedule()
  }

  /** What a report is about beyond what its reporter knew: by what the action came, and what it names itself. */
  #reportAbout(submission: Submission | undefined, incident: Incident): void {
    const { parsed, origin } = submission ?? {}
    const action = parsed?.ok ? { action: parsed.action } : {}
    const actionId = parsed?.ok ? parsed.proposed.id : undefined
    this.#parts.ports.report({
      ...action,
      ...(actionId !== undefined && { actionId }),
      ...(origin !== undefined && { origin }),
      ...incident,
    })
  }

  #report(cause: unknown): void {
    const code = cause instanceof FoldbackError ? cause.code : 'store-failed'
    this.#parts.ports.report({ code, message: messageOf(cause), cause })
  }
}

/** Each unit with what the store said of it; refusals without a lane were not appended. */
function withOutcomes(turn: Turn, outcomes: readonly UnitOutcome[]): [TurnUnit, UnitOutcome | undefined][] {
  let index = 0
  return turn.units.map((unit) => [unit, isRecorded(unit) ? outcomes[index++] : undefined])
}

/** All units, when all that was appended was written. */
function settledUnits(turn: Turn, outcomes: readonly UnitOutcome[]): SettledUnit[] {
  let index = 0
  return turn.units.map((unit) => {
    const { submission, mark, result } = unit
    return { submission, mark, result, seqs: seqsOf(isRecorded(unit) ? outcomes[index++] : undefined) }
  })
}

function refsOf(result: UnitResult): StreamRef[] {
  return result.kind === 'accepted' ? result.steps.map(({ head }) => head.ref) : []
}

function seqsOf(outcome: UnitOutcome | undefined): readonly number[] {
  return outcome?.status === 'ok' ? outcome.seqs : []
}

/** What the sender hears when the store as a whole could not. */
function putOffReason(cause: unknown): Refusal {
  const code =
    cause instanceof FoldbackError && (cause.code === 'disk-full' || cause.code === 'busy')
      ? cause.code
      : 'store-failed'
  return refusal(code)
}

function toSettlement(result: UnitResult): Settlement {
  if (result.kind === 'refused') return { status: 'refused', refusal: result.refusal, isDuplicate: false }
  return { status: 'accepted', places: placesOf(result.steps), isDuplicate: false }
}
