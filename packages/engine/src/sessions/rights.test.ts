import { describe, expect, it } from 'vitest'
import type { EventStore } from '../event-store.ts'
import {
  ann,
  bob,
  created,
  deleted,
  Gate,
  given,
  lineAdded,
  ownersOnly,
  Rig,
  settle,
} from '../test-parts/rig.ts'

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
    await expect(queries.events(bob, order, 1, 100)).rejects.toMatchObject({ code: 'no-such-record' })
    await expect(queries.record(bob, order, { version: 2 })).rejects.toMatchObject({ code: 'no-such-record' })
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

/** A record that is hidden from bob, one that was and is no more, and one that never was. */
async function rigWithSecrets(): Promise<Rig> {
  const rig = await Rig.start({ rules: ownersOnly })
  const ofAnn = ['hidden', 'dead'].map((id) => created({ id, owner: 'ann' }))
  await rig.engine.submit([...ofAnn, lineAdded({ id: 'dead', line: 'a' }), deleted({ id: 'dead' })], ann)
  return rig
}
const unseen = ['hidden', 'dead', 'none']

describe('whether there is a record that was never shown', () => {
  it('is not told by a subscription to it', async () => {
    const rig = await rigWithSecrets()
    const peer = rig.connect(bob)
    await peer.hello()
    for (const id of unseen) {
      expect(await peer.say({ type: 'subscribe', model: 'order', id })).toEqual([
        { type: 'snapshot', model: 'order', id, version: 0, eventId: '', state: null, marks: {} },
      ])
    }
    peer.received.length = 0
    await rig.engine.submit([deleted({ id: 'hidden' }), created({ id: 'none', owner: 'ann' })], ann)
    await settle()
    expect(peer.received).toEqual([])
  })

  it('is not told by a listing, also when it is deleted while all are listed', async () => {
    const gate = new Gate()
    const list: EventStore['list'] = async (request) => {
      await gate.pass()
      return rig.store.list(request)
    }
    const rig: Rig = await Rig.start({ rules: ownersOnly, store: { list } })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    const peer = rig.connect(bob)
    await peer.hello()
    gate.close()
    await peer.say({ type: 'subscribe', model: 'order' })
    await rig.engine.submit([deleted({ id: '1' })], ann)
    await gate.open()
    expect(peer.received).toMatchObject([{ type: 'synced', complete: true }])
  })

  it('is not told by a question, whose answer costs the store the same', async () => {
    let reads: string[] = []
    const { memory } = await rigWithSecrets()
    // Another engine, which has none of them in its memory.
    const counted = <Name extends 'read' | 'events'>(name: Name) =>
      ((...query: never[]) => {
        reads.push(name)
        return (asked.store[name] as (...query: never[]) => unknown)(...query)
      }) as EventStore[Name]
    const store = { read: counted('read'), events: counted('events') }
    const asked: Rig = await Rig.start({ memory, rules: ownersOnly, store })
    const answers = new Set<string>()
    for (const id of unseen) {
      reads = []
      const answer = await asked.engine.queries.record(bob, { model: 'order', id }).catch(String)
      const history = await asked.engine.queries.events(bob, { model: 'order', id }, 1, 9).catch(String)
      answers.add(JSON.stringify([answer, history, reads]))
    }
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toContain('"read"')
    expect([...answers][0]).toContain('There is no such record')
  })

  it('is told to whom it was shown before: that it is gone, or no more', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    await rig.engine.submit(
      ['1', '2'].map((id) => created({ id, owner: 'bob' })),
      ann,
    )
    const peer = rig.connect(bob)
    await peer.hello()
    await peer.say({ type: 'subscribe', model: 'order', id: '1' }, { type: 'subscribe', model: 'order' })
    peer.received.length = 0
    await rig.engine.submit([given({ id: '1', owner: 'ann' }), deleted({ id: '2' })], ann)
    await settle()
    expect(peer.received).toMatchObject([
      { type: 'gone', id: '1' },
      { type: 'events', id: '2', events: [{ version: 2 }] },
    ])
  })
})

describe('a refusal', () => {
  it('has what a reducer says of a record only for those who may read it', async () => {
    const rig = await Rig.start({ rules: ownersOnly })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    const refused = async (session: typeof ann) => {
      const [settlement] = await rig.engine.submit([lineAdded({ id: '1', line: 'throw' })], session)
      return settlement
    }
    expect(await refused(ann)).toMatchObject({
      refusal: { message: expect.stringContaining('No such line.') },
    })
    const his = await refused(bob)
    expect(his).toMatchObject({ refusal: { code: 'reducer-threw', finality: 'final' } })
    expect(JSON.stringify(his)).not.toContain('No such line.')
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
