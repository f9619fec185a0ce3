import { describe, expect, it } from 'vitest'
import type { AppendBatch } from '../event-store.ts'
import { ann, bob, created, Gate, given, lineAdded, noted, Rig, settle } from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const typesOf = (messages: readonly { type: string }[]): string[] => messages.map(({ type }) => type)
const stamped = (action: object, id: string, at = 0): object => ({
  ...action,
  meta: { foldback: { id, at, actor: 'ann' } },
})
const boardRule = {
  board: { canRead: (record: unknown) => !(record as { notes: string[] }).notes.includes('secret') },
}

describe('a session', () => {
  it('begins with one hello, and says what is out of turn without ending', async () => {
    const rig = await Rig.start()
    const peer = rig.connect()
    expect(await peer.say({ type: 'subscribe', model: 'board' })).toMatchObject([
      { type: 'problem', code: 'out-of-turn' },
    ])
    expect(await peer.hello()).toMatchObject([
      { type: 'welcome', actor: 'ann', models: { order: 1, board: 1 }, lanes: [] },
    ])
    expect(await peer.hello()).toMatchObject([{ type: 'problem', code: 'out-of-turn' }])
    expect(await peer.say({ type: 'subscribe', model: 'board' })).toMatchObject([
      { type: 'snapshot', version: 0 },
    ])
    expect(peer.closedWith).toBeUndefined()
  })

  it('takes what comes in the same frame as the hello', async () => {
    const rig = await Rig.start()
    const said = await rig
      .connect()
      .say(
        { type: 'hello', protocol: 1, models: { order: 1, board: 1 }, lanes: [{ lane, settled: 0 }] },
        { type: 'subscribe', model: 'board' },
        { type: 'push', lane, n: 1, actions: [stamped(noted('a'), 'a')] },
      )
    expect(typesOf(said)).toEqual(['welcome', 'snapshot', 'settled'])
  })

  it('keeps the good messages of a frame that has bad ones', async () => {
    const rig = await Rig.start()
    const peer = rig.connect()
    await peer.hello()
    const said = await peer.say(
      { type: 'nonsense' },
      { type: 'subscribe', model: 'no-model' },
      { type: 'subscribe', model: 'board' },
    )
    expect(said).toMatchObject([
      { type: 'problem', code: 'unknown-model', model: 'no-model' },
      { type: 'problem', code: 'not-a-message' },
      { type: 'snapshot', model: 'board' },
    ])
  })

  it("ends when the protocol is another, or the lane is another user's", async () => {
    const rig = await Rig.start()
    const old = rig.connect()
    expect(await old.say({ type: 'hello', protocol: 99, models: {}, lanes: [] })).toMatchObject([
      { code: 'protocol-version' },
    ])
    expect(old.closedWith).toBe(4400)
    const owner = rig.connect(ann)
    await owner.hello([{ lane, settled: 0 }])
    await owner.say({ type: 'push', lane, n: 1, actions: [stamped(noted('a'), 'a')] })
    const thief = rig.connect(bob)
    expect(await thief.hello([{ lane, settled: 0 }])).toMatchObject([{ code: 'lane-taken' }])
    expect(thief.closedWith).toBe(4403)
  })

  it('ends when two users claim one new lane, for the one who comes second', async () => {
    const rig = await Rig.start()
    const [first, second] = [rig.connect(ann), rig.connect(bob)]
    await first.hello([{ lane, settled: 0 }])
    await second.hello([{ lane, settled: 0 }])
    await first.say({ type: 'push', lane, n: 1, actions: [stamped(noted('a'), 'a')] })
    await second.say({ type: 'push', lane, n: 2, actions: [stamped(noted('b'), 'b')] })
    expect(second.closedWith).toBe(4403)
    expect(await rig.log('board', 'shared')).toHaveLength(1)
  })
})

describe('actions of a lane', () => {
  it('are settled in ranges, and refused one by one', async () => {
    const rig = await Rig.start({
      rules: { board: { guard: (_record, action) => action.payload !== 'no' || 'No.' } },
    })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    const notes = ['a', 'b', 'no', 'c', 'd']
    const said = await peer.say({
      type: 'push',
      lane,
      n: 1,
      actions: notes.map((note) => stamped(noted(note), note)),
    })
    expect(said).toMatchObject([
      { type: 'settled', from: 1, to: 2, places: [{ model: 'board', id: 'shared', version: 1 }] },
      { type: 'rejected', n: 3, final: true, code: 'refused' },
      { type: 'settled', from: 4, to: 5, places: [{ version: 3 }] },
    ])
  })

  it('that come twice get their first outcome, also on another connection', async () => {
    const rig = await Rig.start({
      rules: { board: { guard: (_record, action) => action.payload !== 'no' || 'No.' } },
    })
    const push = { type: 'push', lane, n: 1, actions: [stamped(noted('a'), 'a'), stamped(noted('no'), 'b')] }
    const first = rig.connect()
    await first.hello([{ lane, settled: 0 }])
    await first.say(push)
    first.hangUp()
    const second = rig.connect()
    expect(await second.hello([{ lane, settled: 0 }])).toMatchObject([
      { lanes: [{ lane, mark: 2, refusals: [{ n: 2, code: 'refused' }] }] },
    ])
    expect(await second.say(push)).toMatchObject([
      { type: 'settled', from: 1, to: 1, places: [] },
      { type: 'rejected', n: 2, final: true, code: 'refused' },
    ])
    expect(await rig.log('board', 'shared')).toHaveLength(1)
  })

  it('behind one that waits wait too, with one word for all', async () => {
    const rig = await Rig.start()
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    const said = await peer.say({
      type: 'push',
      lane,
      n: 1,
      actions: [
        stamped(noted('a'), 'a'),
        stamped({ type: 'of/a/newer/version' }, 'b'),
        stamped(noted('c'), 'c'),
      ],
    })
    expect(said).toMatchObject([
      { type: 'settled', from: 1, to: 1 },
      { type: 'rejected', n: 2, final: false, code: 'unknown-type' },
    ])
    expect(said).toHaveLength(2)
    expect(await peer.say({ type: 'push', lane, n: 5, actions: [stamped(noted('e'), 'e')] })).toMatchObject([
      { type: 'rejected', n: 5, final: false, code: 'lane-gap' },
    ])
  })

  it('that are bad use up their number, so that the lane goes on', async () => {
    const rig = await Rig.start()
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    expect(
      await peer.say({ type: 'push', lane, n: 1, actions: [null, stamped(noted('a'), 'a')] }),
    ).toMatchObject([
      { type: 'rejected', n: 1, final: true, code: 'not-an-action' },
      { type: 'settled', from: 2, to: 2 },
    ])
  })

  it('whose outcome the client knows are forgotten', async () => {
    const rig = await Rig.start()
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    await peer.say({ type: 'push', lane, n: 1, actions: [null, null] })
    expect(rig.memory.lanes.get(lane)!.outcomes.size).toBe(2)
    peer.hangUp()
    await rig.connect().hello([{ lane, settled: 2 }])
    await settle()
    expect(rig.memory.lanes.get(lane)!.outcomes.size).toBe(0)
  })

  it('are told whole to their sender when the server has replaced them', async () => {
    const rig = await Rig.start({
      rules: { board: { enrich: (action) => ({ ...action, payload: `${action.payload}!` }) } },
    })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    await peer.say({ type: 'subscribe', model: 'board' })
    expect(await peer.say({ type: 'push', lane, n: 1, actions: [stamped(noted('a'), 'a')] })).toMatchObject([
      { type: 'settled', places: [] },
      { type: 'events', events: [{ lane, n: 1, version: 1, action: { payload: 'a!' } }] },
    ])
  })
})

describe('a subscription', () => {
  it("gets other people's events, and not the lane they came by", async () => {
    const rig = await Rig.start()
    const [reader, writer] = [rig.connect(bob), rig.connect(ann)]
    await reader.hello()
    await reader.say({ type: 'subscribe', model: 'board' })
    await writer.hello([{ lane, settled: 0 }])
    reader.received.length = 0
    await writer.say({
      type: 'push',
      lane,
      n: 1,
      actions: [stamped(noted('a'), 'a'), stamped(noted('b'), 'b')],
    })
    expect(reader.received).toMatchObject([
      { type: 'events', events: [{ version: 1, actor: 'ann' }, { version: 2 }] },
    ])
    expect(JSON.stringify(reader.received)).not.toContain(lane)
  })

  it('resumed gets the events it lacks, or the record when it is too far behind or of another history', async () => {
    const rig = await Rig.start({ limits: { resumeEventsMax: 3 } })
    await rig.engine.submit(
      ['a', 'b', 'c', 'd', 'e'].map((note) => ({ ...noted(note), meta: { foldback: { id: `id-${note}` } } })),
      ann,
    )
    const peer = rig.connect()
    await peer.hello()
    const resume = (since: object) => peer.say({ type: 'subscribe', model: 'board', since })
    expect(await resume({ version: 3, id: 'id-c' })).toMatchObject([
      { type: 'events', events: [{ version: 4 }, { version: 5 }] },
    ])
    expect(await resume({ version: 5, id: 'id-e' })).toMatchObject([{ type: 'events', events: [] }])
    expect(await resume({ version: 1, id: 'id-a' })).toMatchObject([
      { type: 'snapshot', version: 5, eventId: 'id-e' },
    ])
    expect(await resume({ version: 4, id: 'another' })).toMatchObject([{ type: 'snapshot', version: 5 }])
    expect(await resume({ version: 9, id: 'id-i' })).toMatchObject([{ type: 'snapshot', version: 5 }])
  })

  it('that opens while something commits misses nothing', async () => {
    // The read that opens the subscription is held back until a commit has been told of.
    const held: (() => void)[] = []
    const rig: Rig = await Rig.start({
      store: {
        events: async (stream, from, limit) => {
          const events = await rig.store.events(stream, from, limit)
          await new Promise<void>((go) => held.push(go))
          return events
        },
      },
    })
    await rig.engine.submit([stamped(noted('a'), 'id-a'), stamped(noted('b'), 'id-b')], ann)
    const peer = rig.connect(bob)
    await peer.hello()
    await peer.say({ type: 'subscribe', model: 'board', since: { version: 1, id: 'id-a' } })
    await rig.engine.submit([noted('c'), noted('d')], ann)
    held[0]!()
    await settle()
    const versions = peer.received.flatMap(({ events }) =>
      (events as { version: number }[]).map(({ version }) => version),
    )
    expect(versions).toEqual([2, 3, 4])
  })

  it('to a whole model lists what there is, then what is new, and resumes by position', async () => {
    const rig = await Rig.start()
    await rig.engine.submit(
      ['1', '2', '3'].map((id) => created({ id, owner: 'ann' })),
      ann,
    )
    const peer = rig.connect()
    await peer.hello()
    const said = await peer.say({ type: 'subscribe', model: 'order' })
    expect(typesOf(said)).toEqual(['snapshot', 'snapshot', 'snapshot', 'synced'])
    const synced = said.at(-1)!
    expect(synced).toMatchObject({ complete: true, position: { seq: 3 } })
    peer.received.length = 0
    await rig.engine.submit([lineAdded({ id: '2', line: 'a' })], ann)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'events', id: '2', events: [{ version: 2 }] }])
    const again = rig.connect()
    await again.hello()
    expect(
      await again.say({ type: 'subscribe', model: 'order', sinceLog: synced['position'] }),
    ).toMatchObject([
      { type: 'snapshot', id: '2', version: 2 },
      { type: 'synced', complete: false },
    ])
    expect(
      await again.say({ type: 'subscribe', model: 'order', sinceLog: { seq: 3, id: 'of another history' } }),
    ).toMatchObject([
      { type: 'snapshot' },
      { type: 'snapshot' },
      { type: 'snapshot' },
      { type: 'synced', complete: true },
    ])
  })

  it('of a client with other model code gets records instead of events', async () => {
    const rig = await Rig.start()
    const peer = rig.connect()
    await peer.hello([], { order: 1, board: 7 })
    await peer.say({ type: 'subscribe', model: 'board' })
    peer.received.length = 0
    await rig.engine.submit([noted('a')], ann)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'snapshot', version: 1, state: { notes: ['a'] } }])
  })

  it('that ends before it has told anything leaves nothing out for who has subscribed to the whole model', async () => {
    const events = new Gate()
    const rig: Rig = await Rig.start({
      store: {
        events: async (...args) => {
          await events.pass()
          return rig.store.events(...args)
        },
      },
    })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    const peer = rig.connect()
    await peer.hello()
    const [told] = await peer.say({ type: 'subscribe', model: 'order' })
    const since = { version: told!['version'], id: told!['eventId'] }
    events.close()
    await peer.say({ type: 'subscribe', model: 'order', id: '1', since })
    await rig.engine.submit([lineAdded({ id: '1', line: 'a' })], ann)
    await peer.say({ type: 'unsubscribe', model: 'order', id: '1' })
    await events.open()
    expect(peer.received).toMatchObject([{ type: 'snapshot', id: '1', version: 2 }])
  })

  it('is bounded in number, and ends with unsubscribe', async () => {
    const rig = await Rig.start({ limits: { subscriptionsPerSessionMax: 2 } })
    const peer = rig.connect()
    await peer.hello()
    await peer.say(
      { type: 'subscribe', model: 'order', id: '1' },
      { type: 'subscribe', model: 'order', id: '2' },
    )
    expect(await peer.say({ type: 'subscribe', model: 'board' })).toMatchObject([
      { code: 'too-many-subscriptions', model: 'board' },
    ])
    await peer.say({ type: 'unsubscribe', model: 'order', id: '1' })
    expect(await peer.say({ type: 'subscribe', model: 'board' })).toMatchObject([{ type: 'snapshot' }])
    peer.received.length = 0
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await settle()
    expect(peer.received).toEqual([])
  })
})

describe('rights', () => {
  it('show a record when it comes into sight and take it away when it goes, never events of the time between', async () => {
    const rig = await Rig.start({ rules: boardRule })
    const peer = rig.connect()
    await peer.hello()
    await peer.say({ type: 'subscribe', model: 'board' })
    const after = async (note: string) => {
      peer.received.length = 0
      await rig.engine.submit([noted(note)], ann)
      await settle()
      return peer.received
    }
    expect(await after('a')).toMatchObject([{ type: 'events' }])
    expect(await after('secret')).toMatchObject([{ type: 'gone', model: 'board', id: 'shared' }])
    expect(await after('b')).toEqual([])
  })

  it('hide what was secret in between even within one commit', async () => {
    const rules = {
      order: { canRead: (record: unknown) => (record as { owner: string }).owner !== 'secret' },
    }
    const rig = await Rig.start({ rules })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    const peer = rig.connect()
    await peer.hello()
    await peer.say({ type: 'subscribe', model: 'order', id: '1' })
    peer.received.length = 0
    await rig.engine.submit([given({ id: '1', owner: 'secret' }), given({ id: '1', owner: 'bob' })], ann)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'snapshot', version: 3, state: { owner: 'bob' } }])
    expect(JSON.stringify(peer.received)).not.toContain('secret')
  })

  it('leave hidden records out of a listing, and out of every answer', async () => {
    const rules = {
      order: {
        canRead: (record: unknown, session: { actor: string }) =>
          (record as { owner: string }).owner === session.actor,
      },
    }
    const rig = await Rig.start({ rules })
    await rig.engine.submit([created({ id: '1', owner: 'ann' }), created({ id: '2', owner: 'bob' })], ann)
    const peer = rig.connect(bob)
    await peer.hello()
    expect(await peer.say({ type: 'subscribe', model: 'order' })).toMatchObject([
      { type: 'snapshot', id: '2' },
      { type: 'synced' },
    ])
    expect(await peer.say({ type: 'subscribe', model: 'order', id: '1' })).toMatchObject([
      { type: 'gone', id: '1' },
    ])
    await expect(rig.engine.queries.record(bob, { model: 'order', id: '1' })).rejects.toMatchObject({
      code: 'no-such-record',
    })
    await expect(rig.engine.queries.events(bob, { model: 'order', id: '1' }, 1, 9)).rejects.toMatchObject({
      code: 'no-such-record',
    })
    expect((await rig.engine.queries.records(bob, 'order', '', 10)).records.map(({ id }) => id)).toEqual([
      '2',
    ])
    peer.received.length = 0
    await rig.engine.submit([lineAdded({ id: '1', line: 'x' }), given({ id: '1', owner: 'bob' })], ann)
    await settle()
    expect(peer.received).toMatchObject([{ type: 'snapshot', id: '1', version: 3 }])
  })
})

describe('a slow reader', () => {
  it('gets nothing while it lags, and everything afresh when it has caught up', async () => {
    const batches: AppendBatch[] = []
    const rig: Rig = await Rig.start({
      store: { append: (batch) => (batches.push(batch), rig.store.append(batch)) },
    })
    const peer = rig.connect()
    await peer.hello([{ lane, settled: 0 }])
    await peer.say({ type: 'subscribe', model: 'board' }, { type: 'subscribe', model: 'order' })
    peer.bufferedBytes = 100 * 1024 * 1024
    expect(await peer.say({ type: 'push', lane, n: 1, actions: [null, stamped(noted('a'), 'a')] })).toEqual(
      [],
    )
    await rig.engine.submit([created({ id: '1', owner: 'bob' }), noted('b')], bob)
    await settle()
    expect(peer.received).toEqual([])
    const said = await peer.drain()
    expect(said.find(({ type }) => type === 'welcome')).toMatchObject({
      lanes: [{ mark: 2, refusals: [{ n: 1 }] }],
    })
    expect(said.find(({ model, type }) => type === 'snapshot' && model === 'board')).toMatchObject({
      version: 2,
      marks: { [lane]: 2 },
    })
    expect(said.find(({ model, type }) => type === 'snapshot' && model === 'order')).toMatchObject({
      id: '1',
      version: 1,
    })
    expect(await peer.say({ type: 'push', lane, n: 3, actions: [stamped(noted('c'), 'c')] })).toMatchObject([
      { type: 'settled', from: 3 },
    ])
  })
})
