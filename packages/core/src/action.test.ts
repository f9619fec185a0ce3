import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ActionLimits, actionLimitsDefault, parseAction, stampAction } from './action.ts'

const codeOf = (value: unknown, limits?: ActionLimits): string | undefined => {
  const parsed = parseAction(value, limits)
  return parsed.ok ? undefined : parsed.refusal.code
}

describe('parseAction', () => {
  it('takes an action of any type, with a payload or without', () => {
    for (const payload of [undefined, null, 0, '', [1], { id: '1' }]) {
      expect(codeOf({ type: 'order/created', payload })).toBeUndefined()
    }
  })

  it('gives the very object that came, other keys included', () => {
    const action = { type: 'a', payload: 1, error: true, meta: { source: 'scanner' } }
    expect(parseAction(action)).toEqual({ ok: true, action, proposed: {} })
  })

  it.each([
    null,
    undefined,
    1,
    'a',
    true,
    [],
    [{ type: 'a' }],
    {},
    { type: '' },
    { type: 1 },
    { type: null },
  ])('refuses %j, which is no action', (value) => expect(codeOf(value)).toBe('not-an-action'))

  it.each([null, 1, 'a', []])('refuses %j as meta', (meta) => {
    expect(codeOf({ type: 'a', meta })).toBe('not-an-action')
  })

  it.each(['__proto__', 'constructor', 'prototype'])('refuses a key %s anywhere', (key) => {
    for (const text of [
      `{"type":"a","${key}":1}`,
      `{"type":"a","payload":[{"${key}":{}}]}`,
      `{"type":"a","meta":{"foldback":{"${key}":1}}}`,
    ]) {
      expect(codeOf(JSON.parse(text))).toBe('forbidden-key')
    }
    expect({}).not.toHaveProperty('polluted')
  })

  it('takes 64 levels of nesting and no more, unless told otherwise', () => {
    const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    expect(codeOf({ type: 'a', payload: deep(63) })).toBeUndefined()
    expect(codeOf({ type: 'a', payload: deep(64) })).toBe('too-deep')
    expect(codeOf({ type: 'a', payload: deep(100_000) })).toBe('too-deep')
    expect(codeOf({ type: 'a', payload: deep(1) }, { ...actionLimitsDefault, actionDepthMax: 1 })).toBe(
      'too-deep',
    )
  })

  it('takes 100,000 values and no more, unless told otherwise', () => {
    const wide = (count: number): unknown => ({
      type: 'a',
      payload: Array.from({ length: count - 2 }, () => 0),
    })
    expect(codeOf(wide(100_000))).toBeUndefined()
    expect(codeOf(wide(100_001))).toBe('too-large')
    expect(codeOf(wide(100_001), { ...actionLimitsDefault, actionValuesMax: 200_000 })).toBeUndefined()
    // Each level counts, and none is too deep to be counted.
    expect(codeOf({ type: 'a', payload: [[0], [0]] }, { ...actionLimitsDefault, actionValuesMax: 5 })).toBe(
      'too-large',
    )
  })

  it('takes what meta.foldback proposes, and leaves out what has a wrong form', () => {
    const proposed = (foldback: unknown): unknown => {
      const parsed = parseAction({ type: 'a', meta: { foldback } })
      return parsed.ok && parsed.proposed
    }
    expect(proposed({ id: 'x', at: 5, actor: 'ann', more: 1 })).toEqual({ id: 'x', at: 5, actor: 'ann' })
    expect(proposed({ id: 'x'.repeat(200) })).toEqual({ id: 'x'.repeat(200) })
    for (const id of ['', 7, null, 'x'.repeat(201), '\uDC00'])
      expect(proposed({ id, at: 5 })).toEqual({ at: 5 })
    for (const at of ['5', null, Number.NaN, Infinity]) expect(proposed({ at })).toEqual({})
    expect(proposed({ versions: { order: 2, note: 1 } })).toEqual({ versions: { order: 2, note: 1 } })
    const manyVersions = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, 2]))
    for (const versions of [null, [], 2, { order: 0 }, { order: 1.5 }, { order: '2' }, manyVersions])
      expect(proposed({ at: 5, versions })).toEqual({ at: 5 })
    for (const foldback of [null, 'x', [], undefined]) expect(proposed(foldback)).toEqual({})
  })

  it('never throws, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(['boolean']).toContain(typeof parseAction(JSON.parse(text)).ok)
      }),
    )
  })
})

describe('stampAction', () => {
  const foldback = { id: 'a1', at: 5, actor: 'ann' }

  it('adds who, when and which, and keeps the rest', () => {
    const action = { type: 'a', payload: 1, meta: { source: 'scanner' } }
    expect(stampAction(action, foldback)).toEqual({
      type: 'a',
      payload: 1,
      meta: { source: 'scanner', foldback },
    })
  })

  it('leaves the given object as it is', () => {
    const action = Object.freeze({ type: 'a', meta: Object.freeze({ foldback: { id: 'other' } }) })
    expect(stampAction(action, foldback).meta).toEqual({ foldback })
    expect(action.meta).toEqual({ foldback: { id: 'other' } })
  })
})
