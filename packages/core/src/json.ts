/** What JSON can carry. Actions and records consist of nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

/** Where and why a value is not JSON, as a path like `lines[2].price`. */
export interface NotJson {
  readonly path: string
  readonly found: string
}

/**
 * Keys that change what an object is when a careless program copies them. They are refused from outside,
 * at any depth, rather than dropped: dropping would change what the sender meant.
 */
function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype'
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The first key that is forbidden anywhere in `value`, else undefined. Never throws, whatever the depth. */
export function findForbiddenKey(value: unknown): string | undefined {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (!isObject(next)) continue
    if (Array.isArray(next)) {
      for (const child of next) if (isObject(child)) open.push(child)
      continue
    }
    for (const key of Object.keys(next)) {
      if (isForbiddenKey(key)) return key
      const child = (next as Record<string, unknown>)[key]
      if (isObject(child)) open.push(child)
    }
  }
  return undefined
}

/** True when there are more values than that inside `value`. Looks at no more than that, whatever the depth. */
export function hasMoreValuesThan(value: unknown, countMax: number): boolean {
  const open: unknown[] = [value]
  let count = 0
  while (open.length > 0) {
    const next = open.pop()
    if (!isObject(next)) continue
    const children = childrenOf(next)
    count += children.length
    if (count > countMax) return true
    for (const child of children) if (isObject(child)) open.push(child)
  }
  return false
}

/** True when `value` nests objects and arrays deeper than `depthMax`. Looks no deeper than that. */
export function isDeeperThan(value: unknown, depthMax: number): boolean {
  if (!isObject(value)) return false
  if (depthMax === 0) return true
  for (const child of childrenOf(value)) if (isObject(child) && isDeeperThan(child, depthMax - 1)) return true
  return false
}

/**
 * True when `value` is not deeper, has no more values and no forbidden key: all that the three above find, in one look.
 */
export function isHarmless(value: unknown, depthMax: number, countMax: number): boolean {
  return !isObject(value) || roomLeft(value, depthMax, countMax) >= 0
}

/** How many more values there may be beside those inside `value`; below 0 when there is anything wrong with it. */
function roomLeft(value: object, depthMax: number, countMax: number): number {
  if (depthMax === 0) return -1
  const isList = Array.isArray(value)
  const keys = isList ? undefined : Object.keys(value)
  const children: readonly unknown[] = isList ? value : Object.values(value)
  if (keys?.some(isForbiddenKey)) return -1
  let room = countMax - children.length
  for (const child of children) {
    if (room < 0) return -1
    if (isObject(child)) room = roomLeft(child, depthMax - 1, room)
  }
  return room
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function childrenOf(value: object): readonly unknown[] {
  return Array.isArray(value) ? value : Object.values(value)
}

/** JSON.stringify, which writes states, runs out of stack not far above this. */
const depthMax = 1_000

/**
 * Finds the first part of `value` that JSON cannot carry unchanged (a Date, a Map, NaN, undefined in a list,
 * a function, a cycle, nesting without end …).
 *
 * @param checked an earlier state in which nothing was found. What both have in the same place is not looked at again:
 *   with states that share their unchanged parts, as Immer's do, a check costs what changed and not what there is.
 */
export function findNotJson(value: unknown, checked?: unknown): NotJson | undefined {
  // Nearly always it is, and finding out where and why not costs many times as much.
  return isJson(value, checked, 0) ? undefined : search(value, '', new Set(), new Set())
}

const noList: readonly unknown[] = []
const noObject: Record<string, unknown> = {}

function isJson(value: unknown, checked: unknown, depth: number): boolean {
  if (!isObject(value)) return isJsonScalar(value)
  if (value === checked) return true
  if (depth >= depthMax) return false
  if (Array.isArray(value)) return isJsonList(value, Array.isArray(checked) ? checked : noList, depth)
  return isPlainObject(value) && isJsonObject(value, isPlainObject(checked) ? checked : noObject, depth)
}

function isJsonList(list: readonly unknown[], checked: readonly unknown[], depth: number): boolean {
  for (let index = 0; index < list.length; index++) {
    const child = list[index]
    // Most of a long list is as it was.
    const isChecked = child !== undefined && child === checked[index]
    if (!isChecked && !isJson(child, checked[index], depth + 1)) return false
  }
  return true
}

function isJsonObject(
  object: Record<string, unknown>,
  checked: Record<string, unknown>,
  depth: number,
): boolean {
  for (const key of Object.keys(object)) {
    const child = object[key]
    if (child !== undefined && !isJson(child, checked[key], depth + 1)) return false
  }
  return true
}

function isJsonScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function search(value: unknown, path: string, known: Set<object>, above: Set<object>): NotJson | undefined {
  if (isJsonScalar(value)) return undefined
  if (typeof value === 'number') return { path, found: String(value) }
  if (!isObject(value)) return { path, found: typeof value }
  if (known.has(value)) return undefined
  if (above.has(value)) return { path, found: 'a cycle' }
  if (above.size >= depthMax) return { path: '', found: `nested more than ${depthMax} levels deep` }
  if (!Array.isArray(value) && !isPlainObject(value)) return { path, found: nameOf(value) }
  above.add(value)
  const found = Array.isArray(value)
    ? searchList(value, path, known, above)
    : searchObject(value, path, known, above)
  above.delete(value)
  if (found === undefined) known.add(value)
  return found
}

function searchList(
  list: unknown[],
  path: string,
  known: Set<object>,
  above: Set<object>,
): NotJson | undefined {
  for (let index = 0; index < list.length; index++) {
    const found = search(list[index], `${path}[${index}]`, known, above)
    if (found !== undefined) return found
  }
  return undefined
}

function searchObject(
  object: object,
  path: string,
  known: Set<object>,
  above: Set<object>,
): NotJson | undefined {
  for (const [key, child] of Object.entries(object)) {
    // An absent property and one that is undefined travel alike.
    if (child === undefined) continue
    const found = search(child, path === '' ? key : `${path}.${key}`, known, above)
    if (found !== undefined) return found
  }
  return undefined
}

function nameOf(value: object): string {
  if ('then' in value && typeof value.then === 'function') return 'a promise'
  return value.constructor?.name ?? 'an object'
}

/** True when `text` takes more than `bytesMax` bytes of UTF-8. Looks at its characters only where that decides. */
export function isLongerThan(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true
  // No character takes more than three bytes for each of its UTF-16 units.
  return text.length * 3 > bytesMax && utf8Length(text) > bytesMax
}

function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) bytes++
    // Of a pair of surrogates, four bytes together, each counts two.
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) bytes++
  }
  return bytes
}
