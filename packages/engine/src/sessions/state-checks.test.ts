import { type AnyModel, defineModel, stateHash } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  created,
  deleted,
  given,
  lineAdded,
  noted,
  ownersOnly,
  type Peer,
  Rig,
  settle,
} from '../test-parts/rig.ts'

const lane = 'lane-of-a-test-0001'
const order = { model: 'order', id: '1' }
const subscribe = { type: 'subscribe', ...order }
const wrongHash = stateHash('something else')

/** What a client says that has this of a record; the id of the event is the snapshot's. */
function checkOf(snapshot: { readonly [field: string]: any }, state: unknown = snapshot['state']): object {
  const { model, id, version, eventId } = snapshot
  return { type: 'check', model, id, version, eventId, hash: stateHash(state) }
}

/** A session that has been told of the order. */
async function subscribed(
  rig: Rig,
  session = ann,
): Promise<{ peer: Peer; snapshot: { [field: string]: any } }> {
  const peer = rig.connect(session)
  await peer.hello(session === ann ? [{ lane, settled: 0 }] : [])
  const [snapshot] = await peer.say(subscribe)
  return { peer, snapshot: snapshot! }
}

async function rigWithOrder(
  options: ConstructorParameters<typeof Rig>[0] = {},
): Promise<{ rig: Rig; counted: string[] }> {
  const rig = await Rig.start(options)
  await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
  return { rig, counted: rig.divergences }
}

describe('a check', () => {
  it('that says what the server has is answered by silence', async () => {
    const { rig, counted } = await rigWithOrder()
    const { peer, snapshot } = await subscribed(rig)
    expect(await peer.say(checkOf(snapshot))).toEqual([])
    expect([...rig.incidents, ...counted]).toEqual([])
  })

  it('that says something else is answered by the record, reported and counted', async () => {
    const { rig, counted } = await rigWithOrder()
    const { peer, snapshot } = await subscribed(rig)
    const state = { id: '1', owner: 'ann', lines: [] }
    expect(await peer.say(checkOf(snapshot, 'something else'))).toEqual([
      { type: 'diverged', ...order, version: 1, hash: stateHash(state), modelVersion: 1 },
      { ...snapshot, state },
    ])
    expect(counted).toEqual(['order'])
    const [incident] = rig.incidents
    expect(incident).toMatchObject({ code: 'diverged', ...order, version: 1 })
    expect(incident!.message).toContain(
      `order/1 at version 1: the client has ${wrongHash} and the server ${stateHash(state)}, both with version 1 of the model`,
    )
  })

  it('gets a snapshot with the marks of its own lane, so that what is pending stays', async () => {
    const { rig } = await rigWithOrder()
    const { peer } = await subscribed(rig)
    const action = {
      ...lineAdded({ id: '1', line: 'a' }),
      meta: { foldback: { id: 'own', at: 0, actor: 'ann' } },
    }
    await peer.say({ type: 'push', lane, n: 1, actions: [action] })
    const check = { ...order, type: 'check', version: 2, eventId: 'own', hash: wrongHash }
    expect((await peer.say(check))[1]).toMatchObject({ type: 'snapshot', version: 2, marks: { [lane]: 1 } })
  })

  it('finds the one record of a shared model without an id, and a record that was deleted', async () => {
    const { rig } = await rigWithOrder()
    await rig.engine.submit([noted('a'), deleted({ id: '1' })], ann)
    const { peer, snapshot } = await subscribed(rig)
    expect(await peer.say(checkOf(snapshot, null))).toEqual([])
    expect(await peer.say(checkOf(snapshot, {}))).toMatchObject([{ type: 'diverged' }, { state: null }])
    const [board] = await peer.say({ type: 'subscribe', model: 'board' })
    const check = { ...checkOf(board!, 'something else'), id: undefined }
    expect(await peer.say(check)).toMatchObject([
      { type: 'diverged', model: 'board', id: 'shared', version: 1 },
      { type: 'snapshot', model: 'board', id: 'shared', state: { notes: ['a'] } },
    ])
  })

  it('heals a record that is told of with its whole model', async () => {
    const { rig } = await rigWithOrder()
    const peer = rig.connect()
    await peer.hello()
    const [snapshot] = await peer.say({ type: 'subscribe', model: 'order' })
    expect(await peer.say(checkOf(snapshot!, 'something else'))).toMatchObject([
      { type: 'diverged', ...order },
      { type: 'snapshot', ...order, version: 1 },
    ])
  })

  it('of another version, another history or other code says nothing', async () => {
    const { rig, counted } = await rigWithOrder()
    const { peer, snapshot } = await subscribed(rig)
    const wrong = checkOf(snapshot, 'something else')
    expect(await peer.say({ ...wrong, version: 2 }, { ...wrong, eventId: 'of-another-history' })).toEqual([])
    const older = rig.connect()
    await older.hello([], { order: 2, board: 1 })
    await older.say(subscribe)
    expect(await older.say(wrong)).toEqual([])
    expect([...rig.incidents, ...counted]).toEqual([])
  })

  it('of an unknown model, or of a record that is not named, says nothing', async () => {
    const { rig } = await rigWithOrder()
    const { peer, snapshot } = await subscribed(rig)
    const wrong = checkOf(snapshot, 'something else')
    expect(await peer.say({ ...wrong, model: 'song' }, { ...wrong, id: undefined })).toEqual([])
  })
})

describe('nobody finds out by checks', () => {
  it('what they are not subscribed to', async () => {
    const { rig, counted } = await rigWithOrder()
    const { peer, snapshot } = await subscribed(rig)
    const wrong = checkOf(snapshot, 'something else')
    // In one frame: the check is under way when the subscription ends.
    expect(await peer.say(wrong, { type: 'unsubscribe', ...order })).toEqual([])
    expect(await peer.say(wrong)).toEqual([])
    expect(counted).toEqual([])
  })

  it('what they may not read', async () => {
    const { rig, counted } = await rigWithOrder({ rules: ownersOnly })
    const { snapshot } = await subscribed(rig)
    const peer = rig.connect(bob)
    await peer.hello()
    await peer.say(subscribe, { type: 'subscribe', model: 'order' })
    expect(await peer.say(checkOf(snapshot), checkOf(snapshot, 'something else'))).toEqual([])
    expect([...rig.incidents, ...counted]).toEqual([])
  })

  it('what they may not read any more', async () => {
    const { rig } = await rigWithOrder({ rules: ownersOnly })
    const { peer } = await subscribed(rig)
    await rig.engine.submit([given({ id: '1', owner: 'bob' })], bob)
    await settle()
    const { snapshot } = await subscribed(rig, bob)
    expect(await peer.say(checkOf(snapshot, 'something else'))).toEqual([])
  })

  it('whether a record that they were never shown is still there', async () => {
    const { rig } = await rigWithOrder({ rules: ownersOnly })
    const peer = rig.connect(bob)
    await peer.hello()
    await peer.say({ type: 'subscribe', model: 'order' })
    const { peer: owner } = await subscribed(rig)
    owner.received.length = 0
    await rig.engine.submit([deleted({ id: '1' })], ann)
    await settle()
    const { version, id: eventId } = owner.received[0]!['events'][0]
    expect(await peer.say(checkOf({ ...order, version, eventId }, 'something else'))).toEqual([])
  })

  it('what a rule hides since it was shown, without an event', async () => {
    let isOpen = true
    const { rig } = await rigWithOrder({ rules: { order: { canRead: () => isOpen } } })
    const { peer, snapshot } = await subscribed(rig)
    isOpen = false
    expect(await peer.say(checkOf(snapshot, 'something else'))).toEqual([])
  })
})

describe('the cost of checks', () => {
  /** A model whose state counts how often it is read. */
  function countedModel(): { model: AnyModel; reads: () => number } {
    let reads = 0
    const touched = Object.assign(() => ({ type: 'thing/touched', payload: { id: '1' } }), {
      type: 'thing/touched',
    })
    const reducer = (): object => ({
      get value() {
        reads++
        return 1
      },
    })
    const model = defineModel({ name: 'thing', reducer, actions: { touched } }, { streamId: () => '1' })
    return { model, reads: () => reads }
  }

  it('is one hash for all who check a record, and one line of the log', async () => {
    const { model, reads } = countedModel()
    const rig = await Rig.start({ models: [model] })
    await rig.engine.submit([{ type: 'thing/touched', payload: { id: '1' } }], ann)
    const peers = Array.from({ length: 20 }, () => rig.connect())
    let snapshot: { [field: string]: any } = {}
    for (const peer of peers) {
      await peer.say({ type: 'hello', protocol: 1, models: { thing: 1 }, lanes: [] })
      ;[snapshot = {}] = await peer.say({ type: 'subscribe', model: 'thing', id: '1' })
    }
    const before = reads()
    for (const peer of peers) await peer.say(checkOf(snapshot))
    expect(reads()).toBe(before + 1)
    for (const peer of peers) await peer.say(checkOf(snapshot, 'something else'))
    expect(rig.divergences).toHaveLength(20)
    expect(rig.incidents).toHaveLength(1)
  })

  it('is no read of a record that the session is not told of', async () => {
    const { rig } = await rigWithOrder()
    const before = rig.engine.load.cachedRecords
    const peer = rig.connect()
    await peer.hello()
    const check = { type: 'check', version: 1, eventId: 'any', hash: wrongHash }
    await peer.say({ ...check, ...order, id: '2' }, { ...check, ...order, id: '3' })
    expect(rig.engine.load.cachedRecords).toBe(before)
  })

  it('is bounded for each session, by the minute', async () => {
    const { rig, counted } = await rigWithOrder({ limits: { checksPerMinuteMax: 3, silentMsMax: 120_000 } })
    const { peer, snapshot } = await subscribed(rig)
    const wrong = checkOf(snapshot, 'something else')
    for (let count = 0; count < 5; count++) await peer.say(wrong)
    expect(counted).toHaveLength(3)
    await rig.pass(60_000)
    await peer.say(wrong)
    expect(counted).toHaveLength(4)
  })

  it('says so when the store cannot be read', async () => {
    let isFailing = false
    const rig: Rig = await Rig.start({
      limits: { cachedRecordBytesMax: 1 },
      store: {
        read: (request) => (isFailing ? Promise.reject(new Error('no disk')) : rig.store.read(request)),
      },
    })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await rig.pass(10_000)
    const { peer, snapshot } = await subscribed(rig)
    await rig.engine.submit([created({ id: '2', owner: 'ann' })], ann)
    await rig.pass(10_000)
    isFailing = true
    expect(await peer.say(checkOf(snapshot))).toEqual([])
    expect(rig.incidents).toMatchObject([{ code: 'internal', ...order }])
  })
})
