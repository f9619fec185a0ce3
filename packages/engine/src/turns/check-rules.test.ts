import { describe, expect, it } from 'vitest'
import type { AnyRules } from '../rules.ts'
import { ann, noted, Rig } from '../test-parts/rig.ts'

describe('rules', () => {
  it.each([
    [{ boards: {} }, /no such model/],
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
    expect(await rig.engine.submit([noted('a')], ann)).toMatchObject([{ refusal: { code: 'refused' } }])
  })
})
