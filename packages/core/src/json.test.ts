import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findForbiddenKey,
  findNotJson,
  hasMoreValuesThan,
  isDeeperThan,
  isHarmless,
  isLongerThan,
  isPlainObject,
} from './json.ts'

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

describe('isHarmless', () => {
  const key = fc.constantFrom('a', 'b', 'constructor', 'prototype')
  const { value: anything } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 6 }, fc.integer(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  }))

  it('is what the single looks say together', () => {
    const bound = fc.integer({ min: 0, max: 12 })
    fc.assert(
      fc.property(anything, bound, bound, (value, depthMax, countMax) => {
        const isHarmful =
          isDeeperThan(value, depthMax) ||
          hasMoreValuesThan(value, countMax) ||
          findForbiddenKey(value) !== undefined
        expect(isHarmless(value, depthMax, countMax)).toBe(!isHarmful)
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds the key that changes what an object is, as JSON.parse gives it', () => {
    expect(isHarmless(JSON.parse('{"a":[{"__proto__":1}]}'), 9, 9)).toBe(false)
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

  describe('beside an earlier state in which it found nothing', () => {
    it('does not look again at what is the same', () => {
      let looks = 0
      const part = Object.defineProperty({}, 'a', { enumerable: true, get: () => ++looks })
      const earlier = { parts: [part], byId: { part }, count: 1 }
      expect(findNotJson(earlier)).toBeUndefined()
      const looksBefore = looks
      expect(findNotJson({ ...earlier, byId: { part, other: {} }, count: 2 }, earlier)).toBeUndefined()
      expect(looks).toBe(looksBefore)
    })

    it.each<[string, unknown, unknown]>([
      ['in the place of something', { at: 1 }, { at: new Date(0) }],
      ['beside what was there', { lines: [{ a: 1 }] }, { lines: [{ a: 1 }, new Date(0)] }],
      ['where there was nothing', null, { at: new Date(0) }],
      ['where a list was an object', { lines: {} }, { lines: [new Date(0)] }],
      ['where an object was a list', { lines: [1] }, { lines: { 0: new Date(0) } }],
    ])('finds what is new and no JSON: %s', (_, earlier, value) => {
      expect(findNotJson(value, earlier)).toMatchObject({ found: 'Date' })
    })

    it('finds nothing in what JSON carries, whatever there was', () => {
      fc.assert(
        fc.property(fc.jsonValue(), fc.jsonValue(), (value, earlier) => {
          expect(findNotJson(value, earlier)).toBeUndefined()
        }),
      )
    })
  })
})

describe('isLongerThan', () => {
  it.each(['', 'plain', 'Größe', '日本語', '🧾🧾', 'a🧾é日'])('counts %j as UTF-8 does', (text) => {
    const bytes = Buffer.byteLength(text)
    expect([isLongerThan(text, bytes), isLongerThan(text, bytes - 1)]).toEqual([false, true])
  })
})
