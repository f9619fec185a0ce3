import { isVersion } from './action.ts'
import { FoldbackError } from './foldback-error.ts'
import type { ActionCreators, AnyModel } from './model.ts'

interface CheckedSlice {
  readonly name: string
  readonly reducer: unknown
  readonly actions: ActionCreators
}

const optionNames = new Set(['version', 'upcast', 'schemas', 'coalesce', 'stream', 'streamId', 'creates'])

/**
 * For those without a type checker: a misspelled `streamId` would make everybody's records one record of all.
 *
 * @throws FoldbackError `misconfigured`
 */
export function checkModel(slice: CheckedSlice, options: object): void {
  const { name, actions, reducer } = (slice ?? {}) as Partial<CheckedSlice>
  if (typeof name !== 'string' || typeof reducer !== 'function' || typeof actions !== 'object')
    throw misconfigured('defineModel takes a slice: an object with name, reducer and actions')
  const unknown = Object.keys(options).find((option) => !optionNames.has(option))
  if (unknown !== undefined) throw misconfigured(`defineModel(${name}) has no option ${unknown}`)
  checkOptions(name, options)
  if (Object.keys(actions).length === 0) throw misconfigured(`the model ${name} has no actions`)
  checkActions(slice, options)
}

interface CheckedOptions {
  readonly stream?: unknown
  readonly streamId?: unknown
  readonly version?: unknown
  readonly upcast?: unknown
}

function checkOptions(name: string, { stream, streamId, version = 1, upcast }: CheckedOptions): void {
  if (streamId !== undefined && typeof streamId !== 'function')
    throw misconfigured(`the streamId of model ${name} must be a function of the action`)
  if (upcast !== undefined && typeof upcast !== 'function')
    throw misconfigured(`the upcast of model ${name} must be a function of the action`)
  if (stream !== undefined && stream !== 'shared' && stream !== 'user')
    throw misconfigured(`the stream of model ${name} is 'shared' or 'user', not ${JSON.stringify(stream)}`)
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
    throw misconfigured(
      `the model name ${JSON.stringify(name)} must be 1 to 64 letters, digits, "_" or "-" and begin with a letter`,
    )
  if (!isVersion(version)) throw misconfigured(`the version of model ${name} must be a whole number from 1`)
}

interface ActionOptions {
  readonly schemas?: { readonly [name: string]: { readonly '~standard'?: { readonly validate?: unknown } } }
  readonly coalesce?: { readonly [name: string]: unknown }
  readonly creates?: readonly string[]
}

function checkActions(
  slice: CheckedSlice,
  { schemas = {}, coalesce = {}, creates = [] }: ActionOptions,
): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema === undefined) continue
    if (typeof schema['~standard']?.validate !== 'function')
      throw misconfigured(`the schema of ${slice.name}/${name} is no Standard Schema`)
    checkNamed(slice, name)
  }
  for (const name of creates) checkNamed(slice, name)
  for (const [name, key] of Object.entries(coalesce)) {
    if (typeof key !== 'function')
      throw misconfigured(`coalesce of ${slice.name}/${name} must be a function of the action`)
    checkNamed(slice, name)
  }
}

function checkNamed({ name, actions }: CheckedSlice, action: string): void {
  if (!Object.hasOwn(actions, action) || actions[action] === undefined)
    throw misconfigured(`the slice ${name} has no action ${action}`)
}

/** @throws FoldbackError `misconfigured` */
export function checkModels(models: readonly AnyModel[]): void {
  const names = new Set<string>()
  for (const model of models) {
    if (!(model?.types instanceof Set))
      throw misconfigured('models must be a list of what defineModel returned; a slice is not a model yet')
    if (names.has(model.name)) throw misconfigured(`two models are named ${model.name}`)
    names.add(model.name)
  }
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}
