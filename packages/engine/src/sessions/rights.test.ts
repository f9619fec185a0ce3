import { describe, expect, it } from 'vitest'
import { ann, bob, created, deleted, given, lineAdded, ownersOnly, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const order = { model: 'order', id: '1' }
const notReadable = { code: 'not-readable' }
const stamped = (action: object, id: string): object => ({
  ...action,
  meta: { foldback: { id, at: 0, actor: 'ann' } },
})

describe('the history of a record', () => {
  it('that may not be read is not readable after its deletion either', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    await rig.engine.submit(
      [created({ id: '1', owner: 'ann' }), lineAdded({ id: '1', line: 'secret' }), deleted({ id: '1' })],
      ann,
    )
    const { queries } = rig.engine
    await expect(queries.events(bob, order, 1, 100)).rejects.toMatchObject(notReadable)
    await expect(queries.record(bob, order, { version: 2 })).rejects.toMatchObject(notReadable)
  })

  it('is shown only where the record could be read then', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    await rig.engine.submit([created({ id: '1', owner: 'ann' }), given({ id: '1', owner: 'bob' })], ann)
    const { queries } = rig.engine
    await expect(queries.record(bob, order, { version: 1 })).rejects.toMatchObject(notReadable)
    expect(await queries.record(bob, order)).toMatchObject({ version: 2, state: { owner: 'bob' } })
  })
})

describe('an action on a record that its sender may not read', () => {
  it('tells the sender so, and nothing of the record', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    await peer.say({ type: 'subscribe', model: 'order' })
    const said = await peer.say({
      type: 'push',
      lane,
      n: 1,
      actions: [stamped(created({ id: '1', owner: 'bob' }), 'own')],
    })
    expect(said.map(({ type }) => type)).toEqual(['settled', 'gone'])
    expect(said[1]).toMatchObject(order)
  })
})

describe('a plain connection', () => {
  it('does not hear of the deletion of a record that it may not read', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    const [hers, his] = [rig.listen(ann), rig.listen(bob)]
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await rig.engine.submit([deleted({ id: '1' })], ann)
    await settle()
    expect(hers.map((text) => JSON.parse(text).payload.version)).toEqual([1, 2])
    expect(his).toEqual([])
  })

  it('does not hear of one that was made and deleted at once either', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    const his = rig.listen(bob)
    await rig.engine.submit([created({ id: '1', owner: 'ann' }), deleted({ id: '1' })], ann)
    await settle()
    expect(his).toEqual([])
  })
})
