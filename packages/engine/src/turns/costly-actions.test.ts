import { defineModel } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import { ann, noted, Rig } from '../test-parts/rig.ts'

const typed = <Type extends string>(type: Type) =>
  Object.assign((payload: readonly string[]) => ({ type, payload }), { type })

/** Actions for many records at once; a turn of the hand costs `costMs`. */
function manyAtOnce(costMs: () => number, onFold: (ms: number) => void) {
  const moved = typed('box/moved')
  return defineModel(
    {
      name: 'box',
      actions: { moved },
      reducer: (count: number | null = 0, action: { type: string }) => {
        if (action.type === moved.type) onFold(costMs())
        return (count ?? 0) + 1
      },
    },
    { streamId: ({ payload }) => [...payload] },
  )
}

describe('an action for very many records', () => {
  it('is refused before any of them is read', async () => {
    const boxes = manyAtOnce(
      () => 0,
      () => {},
    )
    const read: number[] = []
    const rig: Rig = await Rig.start({
      models: [boxes],
      limits: { actionStreamsMax: 3 },
      store: { read: (request) => (read.push(request.streams.length), rig.store.read(request)) },
    })
    const [few, many] = await rig.engine.submit(
      [
        { type: 'box/moved', payload: ['a', 'b', 'c'] },
        { type: 'box/moved', payload: ['d', 'e', 'f', 'g'] },
      ],
      ann,
    )
    expect(few).toMatchObject({ status: 'accepted' })
    expect(many).toMatchObject({ refusal: { code: 'too-many-streams', finality: 'final' } })
    expect(read.reduce((sum, count) => sum + count, 0)).toBe(3)
  })
})

describe('an action that takes long to fold', () => {
  it('is accepted, and named as an incident with its model and record', async () => {
    let costMs = 20
    const boxes = manyAtOnce(
      () => costMs,
      (ms) => rig.clock.moveTo(rig.clock.now() + ms),
    )
    const rig: Rig = await Rig.start({ models: [boxes], limits: { foldMsMax: 20 } })
    const move = () => rig.engine.submit([{ type: 'box/moved', payload: ['a'] }], ann)
    await move()
    expect(rig.incidents).toEqual([])
    costMs = 21
    expect(await move()).toMatchObject([{ status: 'accepted' }])
    expect(rig.incidents).toMatchObject([
      { code: 'slow-fold', model: 'box', id: 'a', action: { type: 'box/moved' } },
    ])
    expect(rig.incidents[0]!.message).toContain('box/moved took 21 ms')
    expect(rig.limited).toContain('foldMsMax')
  })

  it('is not named when it is quick', async () => {
    const rig = await Rig.start()
    await rig.engine.submit([noted('quick')], ann)
    expect(rig.incidents).toEqual([])
  })
})
