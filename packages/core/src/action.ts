import type { ErrorCode } from './error.ts'
import { type Refusal, refusal } from './foldback-error.ts'
import { hasMoreValuesThan, isDeeperThan, isHarmless, isPlainObject, type Json } from './json.ts'

/** A plain Redux action: a JSON object with a string `type`; `payload` is optional. */
export interface Action<Type extends string = string> {
  readonly type: Type
}

/** What Foldback writes into `action.meta.foldback` when an action is dispatched. */
export interface ActionMeta {
  /** Names this dispatch among all dispatches everywhere. */
  readonly id: string
  /** When it was dispatched: milliseconds since 1970, by the server's clock as the client knew it. */
  readonly at: number
  /** Who dispatched it. The server's word, whatever the client wrote. */
  readonly actor: string
  /** How many dispatched actions it stands for, where it is the last of several; see `coalesce`. */
  readonly merged?: number
  /** Under which versions of the models that handle its type it was written. */
  readonly versions?: Versions
}

/** Versions by the names of models. A model that is left out has version 1. */
export type Versions = { readonly [model: string]: number }

/** An action as it is folded, sent and kept: JSON only, with its `meta.foldback`. */
export interface StampedAction<Type extends string = string> extends Action<Type> {
  readonly payload?: Json
  readonly meta: { readonly foldback: ActionMeta; readonly [key: string]: Json | ActionMeta }
}

/** Limits for one action from outside. */
export interface ActionLimits {
  /** Levels of objects and arrays inside each other. */
  readonly actionDepthMax: number
  /** Values of any kind in it. */
  readonly actionValuesMax: number
}

export const actionLimitsDefault: ActionLimits = { actionDepthMax: 64, actionValuesMax: 100_000 }

/** An action's `meta.foldback` as somebody outside wrote it: any part may be missing. */
export type ProposedMeta = Partial<ActionMeta>

export type ParsedAction =
  | { readonly ok: true; readonly action: Action; readonly proposed: ProposedMeta }
  | { readonly ok: false; readonly refusal: Refusal }

/** Checks a value that came from outside as far as an action can be checked without knowing any model. */
export function parseAction(value: unknown, limits: ActionLimits = actionLimitsDefault): ParsedAction {
  const code = firstFault(value, limits)
  if (code !== undefined) return { ok: false, refusal: refusal(code) }
  return { ok: true, action: value as Action, proposed: proposedMeta(value as { meta?: unknown }) }
}

function firstFault(value: unknown, limits: ActionLimits): ErrorCode | undefined {
  if (!isHarmless(value, limits.actionDepthMax, limits.actionValuesMax)) return harmIn(value, limits)
  if (!isPlainObject(value) || typeof value['type'] !== 'string' || value['type'] === '')
    return 'not-an-action'
  if (value['meta'] !== undefined && !isPlainObject(value['meta'])) return 'not-an-action'
  return undefined
}

/** In the order in which it is safe to look. */
function harmIn(value: unknown, limits: ActionLimits): ErrorCode {
  if (isDeeperThan(value, limits.actionDepthMax)) return 'too-deep'
  return hasMoreValuesThan(value, limits.actionValuesMax) ? 'too-large' : 'forbidden-key'
}

const idLengthMax = 200
/** Models that one action can name the versions of. */
const versionsMax = 100

function proposedMeta(action: { meta?: unknown }): ProposedMeta {
  const meta = isPlainObject(action.meta) ? action.meta['foldback'] : undefined
  if (!isPlainObject(meta)) return {}
  const { id, at, actor, merged, versions } = meta
  const proposed: { -readonly [Name in keyof ProposedMeta]: ProposedMeta[Name] } = {}
  if (isId(id)) proposed.id = id
  if (typeof at === 'number' && Number.isFinite(at)) proposed.at = at
  if (typeof actor === 'string') proposed.actor = actor
  if (Number.isSafeInteger(merged) && (merged as number) > 1) proposed.merged = merged as number
  if (isVersions(versions)) proposed.versions = versions
  return proposed
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= idLengthMax && id.isWellFormed()
}

function isVersions(value: unknown): value is Versions {
  if (!isPlainObject(value)) return false
  const versions = Object.values(value)
  return versions.length <= versionsMax && versions.every(isVersion)
}

/** Versions of models, as of streams, are whole numbers from 1. */
export function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

/** The action with this `meta.foldback`, other meta kept; the given object is not changed. */
export function stampAction(action: Action, foldback: ActionMeta): StampedAction {
  const meta = (action as { meta?: Record<string, Json> }).meta
  return { ...action, meta: { ...meta, foldback } }
}

/**
 * Sent in the place of an action that its user has given up: it is refused as `cancelled`, which uses up its number,
 * unless the action was settled before.
 */
export const cancellation = { type: 'foldback/cancelled' } as const satisfies Action
