import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findForbiddenKey, findNotJson, isDeeperThan, isLongerThan, isPlainObject } from './json.ts'

class Money {
  readonly cents = 1
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? { value } : [value]
  return value
}

describe('isPlainObject', () => {
  it('tells objects as JSON has them from everything else', () => {
    expect([{}, Object.create(null), JSON.parse('{"a":1}')].every(isPlainObject)).toBe(true)
    const others = [null, undefined, 1, 'a', [], new Date(), new Money(), Object.create({}), () => {}]
    expect(others.some(isPlainObject)).toBe(false)
  })
})

describe('findForbiddenKey', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('finds %s at any depth, in lists too', (key) => {
    for (const text of [`{"${key}":1}`, `{"a":{"${key}":{}}}`, `[1,[{"b":[{"${key}":null}]}]]`]) {
      expect(findForbiddenKey(JSON.parse(text))).toBe(key)
    }
  })

  it('lets the same words pass as values, and longer keys', () => {
    expect(findForbiddenKey({ a: '__proto__', constructors: ['prototype'] })).toBeUndefined()
    expect(['__proto__', null, 1].every((value) => findForbiddenKey(value) === undefined)).toBe(true)
  })

  it('looks through nesting deeper than the stack', () => {
    expect(findForbiddenKey(nested(200_000))).toBeUndefined()
  })
})

describe('isDeeperThan', () => {
  it('counts the levels of objects and lists', () => {
    for (const depth of [0, 1, 2, 64]) {
      expect(isDeeperThan(nested(depth), depth)).toBe(false)
      expect(depth > 0 && isDeeperThan(nested(depth), depth - 1)).toBe(depth > 0)
    }
  })

  it('looks no deeper than it is told to', () => {
    expect(isDeeperThan(nested(200_000), 64)).toBe(true)
  })
})

describe('findNotJson', () => {
  it('finds nothing in what JSON carries unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(findNotJson(value)).toBeUndefined()
      }),
    )
  })

  it.each<[string, unknown, string, string]>([
    ['a Date', { lines: [{ at: new Date(0) }] }, 'lines[0].at', 'Date'],
    ['a Map', new Map(), '', 'Map'],
    ['NaN', { a: Number.NaN }, 'a', 'NaN'],
    ['Infinity', [0, -Infinity], '[1]', '-Infinity'],
    ['undefined in a list', [1, undefined], '[1]', 'undefined'],
    ['a BigInt', { a: { b: 1n } }, 'a.b', 'bigint'],
    ['a function', { a: () => 1 }, 'a', 'function'],
    ['a symbol', [Symbol('s')], '[0]', 'symbol'],
    ['a promise', { a: Promise.resolve() }, 'a', 'a promise'],
    ['an instance of a class', { a: new Money() }, 'a', 'Money'],
  ])('names the place of %s', (_name, value, path, found) => {
    expect(findNotJson(value)).toEqual({ path, found })
  })

  it('finds a cycle, but lets one object stand in two places', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = [cycle]
    expect(findNotJson(cycle)).toEqual({ path: 'self[0]', found: 'a cycle' })
    const twice = { a: 1 }
    expect(findNotJson({ one: twice, two: [twice] })).toBeUndefined()
  })

  it('lets a property be undefined, which travels like an absent one', () => {
    expect(findNotJson({ a: undefined })).toBeUndefined()
  })

  it('finds nesting too deep to be written, instead of failing at it', () => {
    expect(findNotJson(nested(200_000))).toMatchObject({ found: expect.stringContaining('deep') })
  })

  it('looks at unchanged parts of a state only once', () => {
    let looks = 0
    const part = Object.defineProperty({}, 'a', { enumerable: true, get: () => ++looks })
    const unchanged = { part }
    const known = new WeakSet<object>()
    expect(findNotJson({ unchanged, count: 1 }, known)).toBeUndefined()
    expect(findNotJson({ unchanged, count: 2 }, known)).toBeUndefined()
    expect(looks).toBe(1)
  })

  it('remembers nothing in which it found a fault', () => {
    const state = { at: new Date(0) }
    const known = new WeakSet<object>()
    expect(findNotJson(state, known)).toBeDefined()
    expect(findNotJson(state, known)).toBeDefined()
  })
})

describe('isLongerThan', () => {
  it.each(['', 'plain', 'Größe', '日本語', '🧾🧾', 'a🧾é日'])('counts %j as UTF-8 does', (text) => {
    const bytes = Buffer.byteLength(text)
    expect([isLongerThan(text, bytes), isLongerThan(text, bytes - 1)]).toEqual([false, true])
  })
})
