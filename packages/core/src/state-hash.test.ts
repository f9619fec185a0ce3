import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from './json.ts'
import { stateHash } from './state-hash.ts'

/** The same value with the keys of each object the other way round. */
function turned(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(turned)
  const entries = Object.entries(value).map(([key, child]): [string, Json] => [key, turned(child)])
  return Object.fromEntries(entries.toReversed())
}

/** Every value that differs from this one in one place: another leaf, one child less, or a key of another name. */
function* changed(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) {
    yield* [null, true, false, 0, 1, '', '0', 'null', [], {}].filter((other) => !Object.is(other, value))
    return
  }
  for (const [key, child] of Object.entries(value)) {
    const others = Object.entries(value).filter(([name]) => name !== key)
    const rebuilt = (entries: [string, Json][]): Json =>
      Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
    yield rebuilt(others)
    for (const other of changed(child))
      yield rebuilt(Object.entries(value).map(([name, item]) => [name, name === key ? other : item]))
    if (!Array.isArray(value)) yield rebuilt([...others, [`${key} `, child]])
  }
}

/** The one of docs/protocol.md. */
const order = { id: '1', customer: 'Ada Lovelace', status: 'draft', lines: [], total: 0 }

/** -0 is 0 here: nobody sees a difference. */
const jsonValue = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)

describe('the hash of a state', () => {
  /** Both sides must have these for good: a client of yesterday speaks to a server of tomorrow. */
  it.each<[Json, string]>([
    [null, '1omwfhr5hyy'],
    [0, 'uvqa3at41j'],
    [{}, '24xpth6jso7'],
    [[], '1mjsfpb3rfi'],
    [{ a: [1, { b: 'é"' }], c: {} }, '1s2leccan4w'],
    ['x', '1nqvvummxqw'],
    [{ 10: true, 9: -5e-8, z: '😀' }, '283dp5c8q3x'],
    [order, '1zjqiq7tfmh'],
  ])('of %j is %s', (state, hash) => expect(stateHash(state)).toBe(hash))

  it('does not depend on the order of keys', () => {
    fc.assert(fc.property(jsonValue, (value) => stateHash(turned(value)) === stateHash(value)))
    // Engines list such keys as numbers, and the order that counts is that of text.
    expect(stateHash({ 10: 1, 9: 2 })).toBe(stateHash(JSON.parse('{"9":2,"10":1}')))
  })

  it('differs after any single change', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect([...changed(value)].map(stateHash)).not.toContain(stateHash(value))
      }),
    )
  })

  it('is that of the state as JSON carries it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (text, number) => {
          const state = { [text]: number, text, none: undefined, list: [text, -0, number] }
          expect(stateHash(state)).toBe(stateHash(JSON.parse(JSON.stringify(state))))
        },
      ),
    )
    expect(stateHash('\ud800')).toBe(stateHash(JSON.parse(JSON.stringify('\ud800'))))
  })

  it('can be had of a state as deep as there may be', () => {
    const deep = (leaf: number): Json => {
      let state: Json = leaf
      for (let level = 0; level < 500; level++) state = { child: [state] }
      return state
    }
    expect(stateHash(deep(1))).not.toBe(stateHash(deep(2)))
  })
})
