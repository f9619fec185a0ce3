import { type Action, stampAction, type StampedAction, type Versions } from './action.ts'
import { messageOf, type Refusal, refusal } from './foldback-error.ts'
import { isPlainObject } from './json.ts'
import type { AnyModel } from './model.ts'

export type UpcastOutcome =
  /** The very action that was given, when there was nothing to do. */
  | { readonly ok: true; readonly action: StampedAction }
  /** `newer-version`, or `upcast-failed` with what was thrown. */
  | { readonly ok: false; readonly refusal: Refusal; readonly thrown?: unknown }

/**
 * Today's versions of the models that handle this type, as an action is stamped with them: 1 is left out, and
 * undefined means that there is nothing else.
 */
export function versionsOf(models: readonly AnyModel[], type: string): Versions | undefined {
  const newer = models.filter(({ types, version }) => version > 1 && types.has(type))
  return newer.length === 0
    ? undefined
    : Object.fromEntries(newer.map(({ name, version }) => [name, version]))
}

/**
 * Brings an action that was written under older versions of these models up to date, in the same way on every side.
 * Each model that handles its type is asked, in order; of a type that none handles any more, all are. Never throws.
 *
 * @param writtenUnder under which version of a model it was written; by default what its stamp says
 */
export function upcastAction(
  models: readonly AnyModel[],
  action: StampedAction,
  writtenUnder = (model: AnyModel): number => stampedVersion(action, model),
): UpcastOutcome {
  const newer = models.find((model) => writtenUnder(model) > model.version)
  if (newer !== undefined) return { ok: false, refusal: refusal('newer-version', newer.name) }
  const handling = models.filter(({ types }) => types.has(action.type))
  let current = action
  for (const model of handling.length > 0 ? handling : models) {
    const from = writtenUnder(model)
    if (model.upcast === undefined || from === model.version) continue
    try {
      current = upcastBy(model, current, from)
    } catch (thrown) {
      const detail = `${model.name}, from version ${from}: ${messageOf(thrown)}`
      return { ok: false, refusal: refusal('upcast-failed', detail), thrown }
    }
  }
  if (current === action) return { ok: true, action }
  const { versions: _, ...foldback } = action.meta.foldback
  const versions = versionsOf(models, current.type)
  return { ok: true, action: stampAction(current, { ...foldback, ...(versions && { versions }) }) }
}

/**
 * An event's action as its model knows it today. The log keeps it as it was written, so this is done each time it is
 * folded; what other models would make of it is no concern of this one's stream.
 * @throws what `upcast` throws
 */
export function upcastRecorded(model: AnyModel, action: StampedAction): StampedAction {
  if (model.upcast === undefined) return action
  const from = stampedVersion(action, model)
  return from < model.version ? upcastBy(model, action, from) : action
}

function stampedVersion({ meta }: StampedAction, { name }: AnyModel): number {
  const { versions } = meta.foldback
  return versions !== undefined && Object.hasOwn(versions, name) ? versions[name]! : 1
}

function upcastBy({ upcast }: AnyModel, action: StampedAction, from: number): StampedAction {
  const answer: unknown = upcast!(action, from)
  if (answer === action) return action
  if (!isPlainObject(answer) || typeof answer['type'] !== 'string' || answer['type'] === '') {
    throw new TypeError('it returned something that is no action')
  }
  // The form that travels. The model behind it sees the stamp too, even if this one has let it fall.
  return stampAction(JSON.parse(JSON.stringify(answer)) as Action, action.meta.foldback)
}
