import { defineModel } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import { ann, created, lineAdded, noted, Rig } from '../test-parts/rig.ts'

const codesOf = (settlements: readonly object[]): unknown[] =>
  settlements.map((settlement) =>
    'refusal' in settlement ? (settlement.refusal as { code: string }).code : 'accepted',
  )

describe("an application's code", () => {
  it('that enriches with what JSON cannot write harms its own action alone', async () => {
    const rig = await Rig.start({
      rules: {
        board: { enrich: (action) => (action.payload === 'big' ? { ...action, payload: 10n } : undefined) },
      },
    })
    const outcomes = await rig.engine.submit([noted('big'), noted('small')], ann)
    expect(codesOf(outcomes)).toEqual(['rule-threw', 'accepted'])
    expect(rig.incidents).toMatchObject([{ code: 'rule-threw' }])
  })

  it.each([1, 2, 3])('that finds another stream after %i times harms its own action alone', async (times) => {
    let calls = 0
    const made = Object.assign((id: string) => ({ type: 'draft/made', payload: id }), { type: 'draft/made' })
    const drafts = defineModel(
      {
        name: 'draft',
        actions: { made },
        reducer: (state: string | null = null, _action) => state ?? 'made',
      },
      { streamId: ({ payload }) => (payload === 'odd' && ++calls > times ? 'another' : payload) },
    )
    const rig = await Rig.start({ models: [drafts] })
    const outcomes = await rig.engine.submit([made('odd'), made('even')], ann)
    expect(codesOf(outcomes)[1]).toBe('accepted')
    expect(codesOf(await rig.engine.submit([made('later')], ann))).toEqual(['accepted'])
  })
})

describe('a record that has become too large', () => {
  it('without anybody noticing is not the fault of an action elsewhere', async () => {
    const rig = await Rig.start({ limits: { recordBytesMax: 700, restMs: 1_000 } })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await rig.engine.submit([lineAdded({ id: '1', line: 'x'.repeat(450) })], ann)
    await rig.engine.submit([lineAdded({ id: '1', line: 'y'.repeat(220) })], ann)
    // The order is to be written because it rests, in the turn in which this arrives.
    rig.clock.moveTo(rig.clock.now() + 1_000)
    rig.clock.step()
    expect(codesOf(await rig.engine.submit([noted('innocent')], ann))).toEqual(['accepted'])
    expect(rig.incidents).toMatchObject([{ code: 'record-too-large', model: 'order', id: '1' }])
  })
})
