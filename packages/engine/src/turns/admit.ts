import {
  type Action,
  type AnyModel,
  cancellation,
  type ErrorCode,
  foldAction,
  isPlainObject,
  lacksRecord,
  messageOf,
  parseAction,
  type ProposedMeta,
  type Refusal,
  refusal,
  schemaFault,
  type StampedAction,
  stampAction,
  streamKey,
  streamsOf,
  type UpcastOutcome,
  versionsOf,
} from '@foldback/core'
import { checkedVerdict } from './check-rules.ts'
import type { Head, HeadState } from '../heads/head.ts'
import type { LaneMark } from '../heads/lane-marks.ts'
import type { Hint, Incident } from '../ports.ts'
import type { AnyRules, ModelRules, Session, Verdict } from '../rules.ts'
import { canRead } from '../sessions/readability.ts'
import type { ConcernedStream, Submission } from './submission.ts'
import { currentAction, isSameVersions } from './upcast-submission.ts'

/*
 * Decides about one action, as `upcast` has brought it up to date: dedupe, authorize, guard, enrich, fold. Reads heads and marks, changes neither.
 * Deduplication comes first, so that an action that is sent again gets its first outcome even if rights or records
 * have changed since.
 */

/** What an action would do to one stream. */
export interface StreamStep {
  readonly head: Head
  readonly before: HeadState
  readonly next: HeadState
}

export type Decision =
  | {
      readonly kind: 'accept'
      readonly action: StampedAction
      readonly isReplaced: boolean
      readonly steps: readonly StreamStep[]
    }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** Settled before, or being settled now. */
  | { readonly kind: 'duplicate' }
  /** The lane is another user's. */
  | { readonly kind: 'lane-taken' }

export interface AdmitContext {
  readonly models: readonly AnyModel[]
  readonly rules: AnyRules
  readonly headOf: (stream: ConcernedStream) => Head
  readonly markOf: (lane: string) => LaneMark
  readonly streamsMax: number
  readonly now: number
  readonly newId: () => string
  readonly report: (incident: Incident) => void
  readonly hint: ((hint: Hint) => void) | undefined
}

/** The streams a submission concerns; empty when it is to be refused without looking at any. */
export function streamsConcerned(
  models: readonly AnyModel[],
  submission: Submission,
  streamsMax: number,
): ConcernedStream[] {
  const action = currentAction(submission)
  if (action === undefined) return []
  const streams: ConcernedStream[] = []
  for (const model of models) {
    const found = streamsOf(model, action, submission.session.actor)
    if (!found.ok) return []
    for (const id of found.ids) streams.push({ model: model.name, id, key: streamKey(model.name, id) })
  }
  return streams.length > streamsMax ? [] : streams
}

export function admit(context: AdmitContext, submission: Submission): Decision {
  const seen = dedupe(context, submission)
  if (seen !== undefined) return seen
  if (submission.impossible !== undefined) return refuse(refusal(submission.impossible))
  if (!submission.parsed.ok) return refuse(submission.parsed.refusal)
  const { action } = submission.parsed
  if (action.type === cancellation.type) return refuse(refusal('cancelled'))
  if (submission.upcast?.ok === false) return notUpcast(context, action, submission.upcast)
  const targets = targetsOf(context, submission)
  if ('kind' in targets) return targets

  const { stamped, isRestamped } = stamp(context, submission)
  const forbidden = judge(context, targets, stamped, submission.session)
  if (forbidden !== undefined) return refuse(forbidden)
  const enriched = enrich(context, targets, stamped, submission.session)
  if ('finality' in enriched) return refuse(enriched)
  const isReplaced = isRestamped || enriched !== stamped
  return foldAll(context, targets, { action: enriched, isReplaced, session: submission.session })
}

function notUpcast(
  context: AdmitContext,
  action: Action,
  { refusal: reason, thrown }: UpcastOutcome & { ok: false },
): Decision {
  if (reason.code === 'upcast-failed')
    context.report({ code: 'upcast-failed', message: reason.message, cause: thrown, action })
  return refuse(reason)
}

/** The action with the server's own `meta.foldback`, and whether that says anything else than the sender's did. */
function stamp(
  context: AdmitContext,
  { parsed, upcast, session }: Submission,
): { readonly stamped: StampedAction; readonly isRestamped: boolean } {
  if (!parsed.ok) throw new Error('Invariant: what is no action is not stamped.')
  if (upcast?.ok) return { stamped: upcast.action, isRestamped: true }
  const { action, proposed } = parsed
  const { actor } = session
  const at = proposed.at !== undefined && proposed.at <= context.now ? proposed.at : context.now
  const versions = versionsOf(context.models, action.type)
  const isRestamped =
    proposed.id === undefined ||
    proposed.at !== at ||
    proposed.actor !== actor ||
    !isSameVersions(proposed.versions, versions)
  // Nothing of it needs to be said otherwise, so it is taken as it is.
  if (!isRestamped && isStampedAs(action, proposed)) return { stamped: action, isRestamped }
  const { id = context.newId(), merged } = proposed
  const foldback = {
    id,
    at,
    actor,
    ...(merged !== undefined && { merged }),
    ...(versions && { versions }),
  }
  return { stamped: stampAction(action, foldback), isRestamped }
}

/** True when its `meta.foldback` says what is proposed, and nothing else. */
function isStampedAs(action: Action, proposed: ProposedMeta): action is StampedAction {
  return Object.keys((action as StampedAction).meta.foldback).length === Object.keys(proposed).length
}

interface Target {
  readonly model: AnyModel
  readonly rules: ModelRules<unknown>
  readonly head: Head
}

const noRules: ModelRules<unknown> = {}

const refuse = (reason: Refusal): Decision => ({ kind: 'refuse', refusal: reason })

function dedupe(context: AdmitContext, { place, session }: Submission): Decision | undefined {
  if (place === undefined) return undefined
  const mark = context.markOf(place.lane)
  if (mark.actor !== undefined && mark.actor !== session.actor) return { kind: 'lane-taken' }
  if (place.n <= mark.speculative) return { kind: 'duplicate' }
  if (place.n > mark.speculative + 1) return refuse(refusal('lane-gap'))
  return undefined
}

function targetsOf(context: AdmitContext, submission: Submission): Target[] | Decision {
  const action = currentAction(submission)!
  // First: the schema says more clearly than streamId what is wrong with a payload.
  for (const model of context.models) {
    const fault = model.types.has(action.type) ? payloadFault(model, action) : undefined
    if (fault !== undefined) return refuse(refusal('invalid-payload', fault))
  }
  const { concerns = [], session } = submission
  if (concerns.length === 0) return refuse(reasonForNone(context, action, session))
  return concerns.map((stream) => {
    const head = context.headOf(stream)
    return { model: head.model, head, rules: context.rules[stream.model] ?? noRules }
  })
}

/** Why an action concerns no streams that it could happen to. */
function reasonForNone({ models }: AdmitContext, action: Action, { actor }: Session): Refusal {
  const handling = models.filter(({ types }) => types.has(action.type))
  if (handling.length === 0) return refusal('unknown-type', action.type)
  const found = handling.map((model) => streamsOf(model, action, actor))
  const fault = found.find((outcome) => !outcome.ok)
  if (fault !== undefined) return fault.refusal
  const isTooMany = found.some((outcome) => outcome.ok && outcome.ids.length > 0)
  return refusal(isTooMany ? 'too-many-streams' : 'no-stream-id')
}

function payloadFault(model: AnyModel, action: Action): string | undefined {
  const schema = model.schemas.get(action.type)
  if (schema === undefined) return undefined
  try {
    const { payload } = action as { payload?: unknown }
    const fault = schemaFault(schema, payload)
    return fault === undefined || payload !== undefined ? fault : `the payload is missing: ${fault}`
  } catch (thrown) {
    return messageOf(thrown)
  }
}

/** The first no among `canDispatch` and `guard` of all targets. */
function judge(
  context: AdmitContext,
  targets: readonly Target[],
  action: StampedAction,
  session: Session,
): Refusal | undefined {
  try {
    for (const { rules, model } of targets) {
      const verdict = checkedVerdict(rules.canDispatch?.(action, session))
      const no = refusalOf(context, verdict, { rule: 'canDispatch', code: 'forbidden', model, action })
      if (no !== undefined) return no
    }
    for (const { rules, head, model } of targets) {
      if (lacksRecord(model, head.speculative.state, action)) return refusal('no-such-record')
      const verdict = checkedVerdict(rules.guard?.(head.speculative.state, action, session))
      const no = refusalOf(context, verdict, { rule: 'guard', code: 'refused', model, action })
      if (no !== undefined) return no
    }
    return undefined
  } catch (thrown) {
    return ruleThrew(context, thrown, action)
  }
}

/** What was asked when a verdict was given. */
interface Question {
  readonly rule: 'canDispatch' | 'guard'
  /** A no without a reason. */
  readonly code: 'forbidden' | 'refused'
  readonly model: AnyModel
  readonly action: StampedAction
}

function refusalOf(context: AdmitContext, verdict: Verdict | false, question: Question): Refusal | undefined {
  if (verdict === undefined || verdict === true) return undefined
  if (verdict === false) return noReason(context, question)
  if (typeof verdict === 'string') return { code: question.code, message: verdict, finality: 'final' }
  return { code: verdict.code, message: verdict.message, finality: 'final' }
}

/** In production a user reads the sentence, who knows of no rules. */
function noReason({ hint }: AdmitContext, { rule, code, model, action }: Question): Refusal {
  if (hint === undefined) return refusal(code)
  const what = `${rule} of ${model.name} returned false`
  const sentence =
    `${what} on ${action.type}, so the user reads a general sentence. Return one that says why and what to do next, ` +
    "such as order.isOpen || 'The order is closed. Open it first.'."
  hint({ sentence, model: model.name, action })
  return refusal(code, what)
}

function ruleThrew(context: AdmitContext, cause: unknown, action: StampedAction): Refusal {
  context.report({
    code: 'rule-threw',
    message: `A rule threw on ${action.type}: ${messageOf(cause)}`,
    cause,
    action,
  })
  return refusal('rule-threw')
}

/** The action as the models' `enrich` rules want it: still an action for the same streams. */
function enrich(
  context: AdmitContext,
  targets: readonly Target[],
  action: StampedAction,
  session: Session,
): StampedAction | Refusal {
  if (targets.every(({ rules }) => rules.enrich === undefined)) return action
  let enriched = action
  try {
    for (const rules of new Set(targets.map((target) => target.rules))) {
      const answer = rules.enrich?.(enriched, session)
      if (answer === undefined || answer === enriched) continue
      const fault = enrichFault(context.models, targets, answer, session)
      if (fault !== undefined) throw new TypeError(`enrich returned ${fault}`)
      enriched = stampAction(JSON.parse(JSON.stringify(answer)) as Action, action.meta.foldback)
    }
    return enriched
  } catch (thrown) {
    return ruleThrew(context, thrown, action)
  }
}

function enrichFault(
  models: readonly AnyModel[],
  targets: readonly Target[],
  answer: unknown,
  session: Session,
): string | undefined {
  if (!isPlainObject(answer) || !parseAction(answer).ok) return 'something that is no action'
  const before = new Set(targets.map((target) => target.head.key))
  let count = 0
  for (const model of models) {
    const found = streamsOf(model, answer as unknown as Action, session.actor)
    if (!found.ok || !found.ids.every((id) => before.has(`${model.name}/${id}`)))
      return 'an action for other records'
    count += found.ids.length
  }
  return count === before.size ? undefined : 'an action for other records'
}

interface JudgedAction {
  readonly action: StampedAction
  readonly isReplaced: boolean
  readonly session: Session
}

function foldAll(
  context: AdmitContext,
  targets: readonly Target[],
  { action, isReplaced, session }: JudgedAction,
): Decision {
  let receivedAt = context.now
  for (const { head } of targets) receivedAt = Math.max(receivedAt, head.speculative.receivedAt)
  const steps: StreamStep[] = []
  for (const { model, head } of targets) {
    const before = head.speculative
    const outcome = foldAction(model, before.state, action, head.checked)
    if (!outcome.ok) {
      // What a reducer says of a record is for those who may read it.
      const mayHear = canRead({ rules: context.rules, ports: context }, session, head.ref, before.state)
      return refuse(mayHear ? outcome.refusal : refusal(outcome.refusal.code as ErrorCode))
    }
    const next = {
      state: outcome.state,
      version: before.version + 1,
      eventId: action.meta.foldback.id,
      receivedAt,
    }
    steps.push({ head, before, next })
  }
  return { kind: 'accept', action, isReplaced, steps }
}
