import {
  type Action,
  type AnyModel,
  cancellation,
  stampAction,
  type StampedAction,
  upcastAction,
  type Versions,
} from '@foldback/core'
import type { EnginePorts } from '../ports.ts'
import type { Submission } from './submission.ts'

/**
 * The submission, with its action brought up to date where it was written under another version of a model than this
 * server's. Such an action gets the server's stamp first, so that `upcast` can trust who and when.
 */
export function upcastSubmission(parts: UpcastParts, submission: Submission): Submission {
  const { models } = parts
  const writtenUnder = (model: AnyModel): number => versionUnder(model, submission)
  if (models.every((model) => writtenUnder(model) === model.version)) return submission
  const action = stamped(parts, submission)
  if (action === undefined) return submission
  const upcast = upcastAction(models, action, writtenUnder)
  return upcast.ok && upcast.action === action ? submission : { ...submission, upcast }
}

interface UpcastParts {
  readonly models: readonly AnyModel[]
  readonly ports: Pick<EnginePorts, 'clock' | 'random'>
}

/** Who does not stamp the versions at all writes under today's. */
function versionUnder({ name, version }: AnyModel, { parsed, senderModels }: Submission): number {
  const versions = parsed.ok ? parsed.proposed.versions : undefined
  if (versions !== undefined && Object.hasOwn(versions, name)) return versions[name]!
  const isStamped = senderModels === undefined ? versions !== undefined : Object.hasOwn(senderModels, name)
  return isStamped ? 1 : version
}

function stamped({ ports }: UpcastParts, { parsed, session }: Submission): StampedAction | undefined {
  // A cancellation is no model's, and the same in all versions.
  if (!parsed.ok || parsed.action.type === cancellation.type) return undefined
  const { id = ports.random.id(), at = Infinity } = parsed.proposed
  return stampAction(parsed.action, {
    ...parsed.proposed,
    id,
    at: Math.min(at, ports.clock.now()),
    actor: session.actor,
  })
}

/** The action as this server's models know it; undefined where there is none to decide about. */
export function currentAction({ parsed, upcast }: Submission): Action | undefined {
  if (!parsed.ok || upcast?.ok === false) return undefined
  return upcast?.action ?? parsed.action
}

const noVersions: Versions = {}

export function isSameVersions(one = noVersions, other = noVersions): boolean {
  if (one === other) return true
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  )
}
