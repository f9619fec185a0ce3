import { type AnyModel, FoldbackError, type OutboxStorage } from '@foldback/core'
import type { SyncOptions } from './create-sync.ts'

/*
 * For those without a type checker, and for those who have told it to be quiet: what `createSync` and a sync's
 * functions are given. A web page in production does not load this.
 */

type Options = { readonly [Name in keyof Required<SyncOptions<readonly AnyModel[]>>]: unknown }

const optionNames: { readonly [Name in keyof Options]: true } = {
  url: true,
  models: true,
  outbox: true,
  local: true,
  token: true,
  user: true,
  limits: true,
  onDiverged: true,
  ports: true,
  development: true,
}

const outboxParts: readonly (keyof OutboxStorage)[] = ['open', 'transact', 'lock', 'persist']

/** @throws FoldbackError `misconfigured` */
export function checkOptions(given: unknown, limitsDefault: object): void {
  if (!isObject(given)) throw misconfigured('createSync takes an object, such as { url, models }')
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(optionNames, name))
  if (unknown !== undefined)
    throw misconfigured(
      `createSync has no option ${unknown}; there are ${Object.keys(optionNames).join(', ')}`,
    )
  const { url, models, outbox, limits, ...rest } = given as Options
  checkUrl(url)
  if (!Array.isArray(models))
    throw misconfigured('models must be a list of what defineModel returned, the same as in the server')
  if (outbox !== undefined) checkOutbox(outbox)
  checkFunctions(rest)
  if (limits !== undefined) checkLimits(limits, limitsDefault)
}

function checkUrl(url: unknown): void {
  if (typeof url !== 'string') throw misconfigured('url is missing; it is as ws://localhost:4000')
  if (/^https?:/.test(url))
    throw misconfigured(
      `url must begin with ws:// or wss://; the server of ${url} is at ${url.replace('http', 'ws')}`,
    )
  if (/^wss?:/.test(url) && !URL.canParse(url))
    throw misconfigured(`url is no address: ${JSON.stringify(url)}`)
}

function checkOutbox(outbox: unknown): void {
  if (typeof outbox === 'function')
    throw misconfigured('outbox is a function; call it, as in outbox: indexedDb()')
  if (!isObject(outbox) || outboxParts.some((part) => typeof outbox[part] !== 'function'))
    throw misconfigured('outbox must be what indexedDb(), memoryOutbox() or fileOutbox(path) makes')
}

function checkFunctions({ token, user, local, onDiverged }: Partial<Options>): void {
  if (token !== undefined && typeof token !== 'function')
    throw misconfigured(
      'token must be a function, because it is asked for again when a login expires: token: () => …',
    )
  if (user !== undefined && typeof user !== 'function')
    throw misconfigured('user must be a function that returns the name of the user, or undefined')
  if (local !== undefined && typeof local !== 'function')
    throw misconfigured('local must be a function that says whether an action is to stay on this device')
  if (onDiverged !== undefined && typeof onDiverged !== 'function')
    throw misconfigured('onDiverged must be a function')
}

function checkLimits(limits: unknown, limitsDefault: object): void {
  if (!isObject(limits)) throw misconfigured('limits must be an object, such as { retryMsMax: 60_000 }')
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(limitsDefault, name))
      throw misconfigured(`no limit is named ${name}; there are ${Object.keys(limitsDefault).join(', ')}`)
    if (!Number.isSafeInteger(value) || (value as number) < 0)
      throw misconfigured(`the limit ${name} must be a whole number from 0`)
  }
}

/**
 * Looks at what a function of a sync is asked about. `all`: without an id, an entity model as a whole.
 * @throws FoldbackError `misconfigured`
 */
export function checkAsked(models: readonly AnyModel[], model: unknown, id: unknown, all?: 'all'): void {
  const { name, kind } = knownModel(models, model)
  if (kind !== 'entity' || (all !== undefined && id === undefined)) return
  if (id === undefined) throw misconfigured(`the id is missing: the model ${name} has one record for each id`)
  if (typeof id !== 'string')
    throw misconfigured(`the id of a record of ${name} is a string, not ${typeof id}`)
}

function knownModel(models: readonly AnyModel[], model: unknown): AnyModel {
  const { name, types } = (model ?? {}) as Partial<AnyModel>
  if (!(types instanceof Set))
    throw misconfigured('this is no model; give what defineModel returned, not its slice or its name')
  const known = models.find((one) => one.name === name)
  if (known === undefined)
    throw misconfigured(`createSync was given no model ${name}; add it to models, in the server too`)
  return known
}

/** @throws FoldbackError `misconfigured` */
export function checkRejection(rejection: unknown): void {
  if (isObject(rejection) && isObject(rejection['action'])) return
  throw misconfigured('only what was refused can be tried again: give retry one of sync.rejected')
}

/** @throws FoldbackError `misconfigured` */
export function checkStoreApi(api: unknown): void {
  if (isObject(api) && typeof api['getState'] === 'function' && typeof api['dispatch'] === 'function') return
  throw misconfigured(
    'this is no store: hand over sync.middleware without calling it, as in getDefault().concat(sync.middleware)',
  )
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}

function misconfigured(detail: string): FoldbackError {
  return new FoldbackError('misconfigured', detail)
}
