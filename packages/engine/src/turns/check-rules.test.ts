import { refusal } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import type { AnyRules } from '../rules.ts'
import { ann, noted, Rig } from '../test-parts/rig.ts'

describe('rules', () => {
  it.each([
    [{ boards: {} }, /no such model; there are order, board/],
    [{ board: () => true }, /rules\.board must be an object of rules: canDispatch,/],
    [[{ guard: () => true }], /rules must be an object of rules by model/],
    [{ board: { canread: () => false } }, /rules\.board has a rule named canread/],
    [{ board: { guard: 'no' } }, /rules\.board\.guard must be a function/],
  ])('that are misspelled are refused, because they would leave a door open: %j', (rules, message) => {
    expect(() => new Rig({ rules: rules as unknown as AnyRules })).toThrow(message)
  })

  it.each([
    ['a promise', async () => 'no'],
    ['a code without a sentence', () => ({ code: 'closed' })],
    ['a number', () => 1],
  ])('that answer with %s refuse the action, and the operator hears of it', async (_name, guard) => {
    const rig = await Rig.start({ rules: { board: { guard: guard as unknown as () => string } } })
    const [settlement] = await rig.engine.submit([noted('a')], ann)
    expect(settlement).toMatchObject({ status: 'refused', refusal: { code: 'rule-threw' } })
    expect(rig.incidents).toMatchObject([{ code: 'rule-threw' }])
  })

  it('that answer false, as JavaScript may, refuse', async () => {
    const rig = await Rig.start({ rules: { board: { guard: (() => false) as unknown as () => string } } })
    expect(await rig.engine.submit([noted('a')], ann)).toMatchObject([
      { refusal: { code: 'refused', message: refusal('refused').message } },
    ])
    expect(rig.incidents).toEqual([])
  })

  it.each([
    ['guard', 'refused'],
    ['canDispatch', 'forbidden'],
  ] as const)('in which %s answers false are named in development', async (rule, code) => {
    const rules = { board: { [rule]: () => false } } as AnyRules
    const rig = await Rig.start({ rules, isDevelopment: true })
    const what = `${rule} of board returned false`
    expect(await rig.engine.submit([noted('a')], ann)).toMatchObject([
      { refusal: { code, message: expect.stringContaining(what) } },
    ])
    expect(rig.hints).toMatchObject([
      { model: 'board', action: { type: 'board/noted' }, sentence: expect.stringContaining(what) },
    ])
  })

  it.each([
    ['a promise', async () => true, /returned a promise, which is a no/],
    ['nothing', () => {}, /returned nothing, which is a no/],
    ['the record', () => ({}), /returned neither of them, which is a no/],
  ])(
    'in which canRead answers with %s hide the record, and are named in development',
    async (_name, rule, said) => {
      const rules = { board: { canRead: rule as unknown as () => boolean } }
      const rig = await Rig.start({ rules, isDevelopment: true })
      await rig.engine.submit([noted('a')], ann)
      await expect(rig.engine.queries.record(ann, { model: 'board', id: 'shared' })).rejects.toMatchObject({
        code: expect.stringMatching(/^(not-readable|no-such-record)$/),
      })
      expect(rig.hints.map(({ sentence }) => sentence)).toContainEqual(expect.stringMatching(said))
    },
  )
})
