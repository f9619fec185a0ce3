/** What makes a reducer give another state on another device or at another time. */
export type ImpureKind = 'clock' | 'chance' | 'network' | 'storage' | 'locale' | 'zone' | 'timer'

/** One way to do that, by its name in JavaScript. */
export interface ImpureUse {
  readonly kind: ImpureKind
  readonly name: string
}

/** What a call says of itself; undefined when there is nothing wrong with it. */
export type ImpurityOf = (args: readonly unknown[], isNew: boolean) => ImpureUse | undefined

/** Properties of one object that are impure to use. */
export interface ImpureGroup {
  /** Where the object is, seen from the globals: `Date.prototype`; empty for the globals themselves. */
  readonly path: readonly string[]
  readonly names: readonly string[]
  readonly impurityOf: (name: string) => ImpurityOf
}

const localDateParts = ['Date', 'Day', 'FullYear', 'Hours', 'Minutes', 'Month', 'Seconds']
const zoneDateMethods = [
  ...localDateParts.map((part) => `get${part}`),
  ...localDateParts.filter((part) => part !== 'Day').map((part) => `set${part}`),
  'getTimezoneOffset',
  'toDateString',
  'toString',
  'toTimeString',
]

/** Everything that is known to be impure, as far as these globals have it. */
export function impureGroups(globals: object): readonly ImpureGroup[] {
  return [
    ...staticGroups,
    group('clock', 'Temporal.Now', namesOf(globals, ['Temporal', 'Now'])),
    ...intlGroups(globals),
  ]
}

const staticGroups: readonly ImpureGroup[] = [
  { path: [], names: ['Date'], impurityOf: () => impurityOfDate },
  // Else a date's constructor would not be the Date that the reducer sees.
  { path: ['Date', 'prototype'], names: ['constructor'], impurityOf: () => impurityOfDate },
  {
    path: ['Date'],
    names: ['parse'],
    impurityOf:
      () =>
      ([text]) =>
        impurityOfText(text, 'Date.parse of local time'),
  },
  group('clock', 'Date', ['now']),
  group('clock', 'performance', ['now']),
  group('chance', 'Math', ['random']),
  group('chance', 'crypto', ['getRandomValues', 'randomUUID']),
  group('network', '', ['EventSource', 'WebSocket', 'XMLHttpRequest', 'fetch']),
  group('network', 'navigator', ['sendBeacon']),
  group('storage', 'Storage.prototype', ['getItem', 'removeItem', 'setItem']),
  group('locale', 'String.prototype', ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']),
  group('locale', 'Number.prototype', ['toLocaleString']),
  group('locale', 'Date.prototype', ['toLocaleDateString', 'toLocaleString', 'toLocaleTimeString']),
  group('zone', 'Date.prototype', zoneDateMethods),
  group('timer', '', ['queueMicrotask', 'requestAnimationFrame', 'requestIdleCallback']),
  group('timer', '', ['setImmediate', 'setInterval', 'setTimeout']),
]

function group(kind: ImpureKind, path: string, names: readonly string[]): ImpureGroup {
  return {
    path: path === '' ? [] : path.split('.'),
    names,
    impurityOf(name) {
      const use = { kind, name: path === '' ? name : `${path}.${name}` }
      return () => use
    },
  }
}

/** The constructors of Intl, and what objects made before do, such as a collator that a module keeps. */
function intlGroups(globals: object): ImpureGroup[] {
  // A Locale is made of a name alone, and the functions of Intl itself tell what there is.
  const names = namesOf(globals, ['Intl']).filter((name) => /^[A-Z]/.test(name) && name !== 'Locale')
  return [
    group('locale', 'Intl', names),
    ...names.map((name) => {
      const methods = namesOf(globals, ['Intl', name, 'prototype'])
      return group(
        'locale',
        `Intl.${name}.prototype`,
        methods.filter((method) => method !== 'constructor'),
      )
    }),
  ]
}

function namesOf(globals: object, path: readonly string[]): readonly string[] {
  const owner = objectAt(globals, path)
  return owner === undefined ? [] : Object.getOwnPropertyNames(owner)
}

/** The object at the end of the path; undefined when there is none. */
export function objectAt(globals: object, path: readonly string[]): object | undefined {
  let found: unknown = globals
  for (const name of path) found = (found as { readonly [name: string]: unknown } | undefined)?.[name]
  const isObject = (typeof found === 'object' && found !== null) || typeof found === 'function'
  return isObject ? (found as object) : undefined
}

function impurityOfDate(args: readonly unknown[], isNew: boolean): ImpureUse | undefined {
  if (!isNew) return { kind: 'clock', name: 'Date()' }
  if (args.length === 0) return { kind: 'clock', name: 'new Date()' }
  if (args.length > 1) return { kind: 'zone', name: 'new Date(year, month, …)' }
  return impurityOfText(args[0], 'new Date of local time')
}

/** A day alone is UTC by the language's rules; everything else without a zone is local time. */
const isUtcDay = /^[+-]?\d{4,6}(-\d\d){0,2}$/
const hasZone = /(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i

function impurityOfText(text: unknown, name: string): ImpureUse | undefined {
  if (typeof text !== 'string' || isUtcDay.test(text) || hasZone.test(text)) return undefined
  return { kind: 'zone', name }
}
