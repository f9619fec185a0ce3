import { isVersion } from './action.ts'
import { FoldbackError } from './foldback-error.ts'
import type { ActionCreators, AnyModel } from './model.ts'

interface CheckedSlice {
  readonly name: string
  readonly reducer: unknown
  readonly actions: ActionCreators
  /** A slice of Redux Toolkit has it. */
  readonly getInitialState?: unknown
}

const optionNames = new Set(['version', 'upcast', 'schemas', 'coalesce', 'stream', 'streamId', 'creates'])

/**
 * For those without a type checker: a misspelled `streamId` would make everybody's records one record of all.
 *
 * @throws FoldbackError `misconfigured`
 */
export function checkModel(slice: unknown, options: unknown): void {
  checkSlice(slice)
  const { name } = slice
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw misconfigured(`the options of model ${name} must be an object, such as { streamId }`)
  const unknown = Object.keys(options).find((option) => !optionNames.has(option))
  if (unknown !== undefined)
    throw misconfigured(`defineModel(${name}) has no option ${unknown}; there are ${listOf(optionNames)}`)
  checkOptions(name, options)
  checkActions(slice, options)
  checkKind(slice, options)
}

function checkSlice(slice: unknown): asserts slice is CheckedSlice {
  const { name, actions, reducer } = (slice ?? {}) as Partial<CheckedSlice>
  if (typeof name !== 'string' || typeof reducer !== 'function' || !isObject(actions))
    throw misconfigured(
      `defineModel takes a slice: an object with name, reducer and actions${hintFor(slice)}`,
    )
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
    throw misconfigured(
      `the model name ${JSON.stringify(name)} must be 1 to 64 letters, digits, "_" or "-" and begin with a letter`,
    )
  const creators = Object.entries(actions)
  if (creators.length === 0)
    throw misconfigured(
      `the model ${name} has no actions; they are those of its slice, so give it reducers, or add action creators to it`,
    )
  for (const [action, creator] of creators) {
    if (typeof creator?.type !== 'string')
      throw misconfigured(
        `the action ${action} of ${name} has no type; make it with createSlice, createAction or createActionGroup`,
      )
  }
}

/** What somebody may have meant who gave this in the place of a slice. */
function hintFor(given: unknown): string {
  if (typeof given === 'function') return '; a reducer alone does not tell its actions'
  if (isObject(given) && Object.values(given).some((part) => typeof part === 'function' && 'type' in part))
    return '; of an action group it is made as defineModel({ name, reducer, actions: group })'
  return ''
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

interface CheckedOptions {
  readonly stream?: unknown
  readonly streamId?: unknown
  readonly creates?: unknown
  readonly version?: unknown
  readonly upcast?: unknown
}

function checkOptions(
  name: string,
  { stream, streamId, creates, version = 1, upcast }: CheckedOptions,
): void {
  if (streamId !== undefined && typeof streamId !== 'function')
    throw misconfigured(`the streamId of model ${name} must be a function of the action`)
  if (upcast !== undefined && typeof upcast !== 'function')
    throw misconfigured(`the upcast of model ${name} must be a function of the action`)
  if (stream !== undefined && stream !== 'shared' && stream !== 'user')
    throw misconfigured(`the stream of model ${name} is 'shared' or 'user', not ${JSON.stringify(stream)}`)
  if (stream !== undefined && streamId !== undefined)
    throw misconfigured(`the model ${name} has a stream and a streamId; take one of them away`)
  if (creates !== undefined && streamId === undefined)
    throw misconfigured(
      `the model ${name} has creates without a streamId; it is for models with one record for each id`,
    )
  if (creates !== undefined && !Array.isArray(creates))
    throw misconfigured(`creates of model ${name} must be a list of action names, such as ['created']`)
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
      throw misconfigured(
        `the schema of ${slice.name}/${name} is no Standard Schema; Zod, Valibot and ArkType make them`,
      )
    checkNamed(slice, 'schemas', name)
  }
  for (const name of creates) checkNamed(slice, 'creates', name)
  for (const [name, key] of Object.entries(coalesce)) {
    if (typeof key !== 'function')
      throw misconfigured(`coalesce of ${slice.name}/${name} must be a function of the action`)
    checkNamed(slice, 'coalesce', name)
  }
}

function checkNamed({ name, actions }: CheckedSlice, option: string, action: string): void {
  if (Object.hasOwn(actions, action) && actions[action] !== undefined) return
  const there = listOf(Object.keys(actions))
  throw misconfigured(`${option} names ${action}, but the slice ${name} has no such action; it has ${there}`)
}

/** A slice that begins as `null` has records that come and go: they would all be one. */
function checkKind({ name, getInitialState }: CheckedSlice, { stream, streamId }: CheckedOptions): void {
  if (stream !== undefined || streamId !== undefined) return
  if (typeof getInitialState !== 'function' || getInitialState() !== null) return
  throw misconfigured(
    `the state of ${name} begins as null; give streamId, for one record for each id, or else stream: 'shared'`,
  )
}

/** @throws FoldbackError `misconfigured` */
export function checkModels(models: unknown): void {
  if (!Array.isArray(models))
    throw misconfigured('models must be a list of what defineModel returned, such as [salesOrders, board]')
  const names = new Set<string>()
  for (const model of models as readonly AnyModel[]) {
    if (!(model?.types instanceof Set))
      throw misconfigured(
        'models must be a list of what defineModel returned; a slice is not a model yet: defineModel(slice)',
      )
    if (names.has(model.name))
      throw misconfigured(
        `two models are named ${model.name}; list a model once, and give each slice a name of its own`,
      )
    names.add(model.name)
  }
}

function listOf(names: Iterable<string>): string {
  return [...names].join(', ')
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}
