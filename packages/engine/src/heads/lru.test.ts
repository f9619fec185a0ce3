import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lru } from './lru.ts'

describe('a cache', () => {
  it('forgets what was used longest ago', () => {
    const cache = new Lru<number>(2, () => false)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    cache.set('c', 3)
    expect([cache.peek('a'), cache.peek('b'), cache.peek('c')]).toEqual([1, undefined, 3])
  })

  it('never forgets what is pinned, however little room there is', () => {
    const cache = new Lru<number>(1, (value) => value < 10)
    for (const value of [1, 2, 3, 10, 11]) cache.set(String(value), value)
    expect([1, 2, 3, 10, 11].filter((value) => cache.peek(String(value)) !== undefined)).toEqual([
      1, 2, 3, 11,
    ])
  })

  it('holds so much as it may weigh, and weighs again what is kept', () => {
    const cache = new Lru<{ weight: number }>(
      10,
      () => false,
      ({ weight }) => weight,
    )
    const a = { weight: 3 }
    const b = { weight: 4 }
    expect([cache.keep('a', a), cache.keep('b', b), cache.keep('b', { weight: 9 })]).toEqual([a, b, b])
    expect(cache.weight).toBe(7)
    b.weight = 8
    cache.keep('b', b)
    expect([cache.peek('a'), cache.peek('b'), cache.weight]).toEqual([undefined, b, 8])
    cache.set('c', { weight: 100 })
    expect([cache.size, cache.weight]).toEqual([1, 100])
    cache.delete('c')
    expect(cache.weight).toBe(0)
  })

  it('does what a list in the order of use does, whatever is done', () => {
    const key = fc.integer({ min: 0, max: 7 }).map(String)
    const step = fc.tuple(fc.constantFrom('get', 'set', 'delete'), key)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (sizeMax, steps) => {
        const cache = new Lru<string>(sizeMax, () => false)
        let expected: string[] = []
        for (const [what, name] of steps) {
          const isThere = expected.includes(name)
          const others = expected.filter((each) => each !== name)
          const found = what === 'get' ? cache.get(name) : undefined
          expect(found).toBe(what === 'get' && isThere ? name : undefined)
          if (what === 'set') cache.set(name, name)
          if (what === 'delete') cache.delete(name)
          const isKept = what === 'set' || (what === 'get' && isThere)
          expected = (isKept ? [...others, name] : others).slice(-sizeMax)
          expect(cache.size).toBe(expected.length)
          for (const each of expected) expect(cache.peek(each)).toBe(each)
        }
      }),
    )
  })
})
