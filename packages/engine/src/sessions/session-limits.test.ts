import { describe, expect, it } from 'vitest'
import { ann, bob, created, Gate, noted, type Peer, Rig, settle } from '../test-parts/rig.ts'

const laneOf = (number: number): { lane: string; settled: number } => ({
  lane: `lane-of-a-test-${String(number).padStart(4, '0')}`,
  settled: 0,
})
const subscribe = (id: number): object => ({ type: 'subscribe', model: 'order', id: `${id}` })
const codesOf = (peer: Peer): unknown[] =>
  peer.received.filter(({ type }) => type === 'problem').map(({ code }) => code as unknown)

describe('a connection without a hello', () => {
  const limits = { helloMsMax: 1_000 }

  it('is closed, however much else it says', async () => {
    const rig = await Rig.start({ limits })
    const peer = rig.connect()
    await rig.pass(999)
    await peer.say({ type: 'ping' })
    expect(peer.closedWith).toBeUndefined()
    await rig.pass(1)
    expect(codesOf(peer)).toContain('no-hello')
    expect(peer.closedWith).toBe(1013)
    expect(rig.limited).toEqual(['helloMsMax'])
  })

  it('is none when it has said it in time, even where the answer takes longer', async () => {
    const rig = await Rig.start({ limits })
    const gate = new Gate()
    gate.close()
    const peer = rig.connect(async () => (await gate.pass(), ann))
    await peer.hello()
    await rig.pass(5_000)
    expect(peer.closedWith).toBeUndefined()
    await gate.open()
    expect(peer.received).toMatchObject([{ type: 'welcome' }])
  })
})

describe('lanes of one user', () => {
  it('have a bound over all sessions, and are free again when a session ends', async () => {
    const rig = await Rig.start({ limits: { lanesPerUserMax: 3 } })
    const first = rig.connect()
    await first.hello([laneOf(1), laneOf(2)])
    const second = rig.connect()
    await second.hello([laneOf(3), laneOf(4)])
    expect(codesOf(second)).toEqual(['too-many-lanes'])
    expect(second.closedWith).toBe(1013)
    expect(rig.limited).toEqual(['lanesPerUserMax'])
    expect(rig.incidents).toEqual([])
    expect(await rig.connect(bob).hello([laneOf(5), laneOf(6)])).toMatchObject([{ type: 'welcome' }])
    first.hangUp()
    expect(await rig.connect().hello([laneOf(3), laneOf(4)])).toMatchObject([{ type: 'welcome' }])
  })

  it('are not counted twice for one who could not come in', async () => {
    const rig = await Rig.start({ limits: { lanesPerUserMax: 2 } })
    for (let times = 0; times < 3; times++) {
      const peer = rig.connect()
      await peer.hello([laneOf(1), laneOf(2)])
      peer.hangUp()
      peer.hangUp()
    }
    expect(await rig.connect().hello([laneOf(1), laneOf(2)])).toMatchObject([{ type: 'welcome' }])
  })
})

describe('subscriptions', () => {
  it('of all sessions together have a bound, and are free again when they end', async () => {
    const rig = await Rig.start({ limits: { subscriptionsMax: 3 } })
    const [first, second] = [rig.connect(ann), rig.connect(bob)]
    await first.hello()
    await second.hello()
    await first.say(subscribe(1), subscribe(2), { type: 'subscribe', model: 'order' })
    await second.say(subscribe(1))
    expect(codesOf(second)).toEqual(['too-many-subscriptions'])
    expect(rig.limited).toEqual(['subscriptionsMax'])
    await first.say({ type: 'unsubscribe', model: 'order', id: '2' })
    await first.say({ type: 'unsubscribe', model: 'order', id: '2' })
    expect(await second.say(subscribe(1))).toMatchObject([{ type: 'snapshot' }])
    expect(await second.say(subscribe(2))).toMatchObject([{ code: 'too-many-subscriptions' }])
    expect(rig.engine.load).toMatchObject({ recordSubscriptions: 2, modelSubscriptions: 1 })
    first.hangUp()
    second.hangUp()
    expect(rig.engine.load).toMatchObject({ recordSubscriptions: 0, modelSubscriptions: 0 })
  })

  it('to one model again and again are one listing at a time', async () => {
    const gate = new Gate()
    let reading = 0
    const rig: Rig = await Rig.start({
      limits: { openingSubscriptionsMax: 2 },
      store: {
        list: async (request) => {
          reading++
          await gate.pass()
          return rig.store.list(request)
        },
      },
    })
    const peer = rig.connect()
    await peer.hello()
    gate.close()
    await peer.say(...Array.from({ length: 100 }, () => ({ type: 'subscribe', model: 'order' })))
    expect(reading).toBeLessThanOrEqual(2)
    await gate.open()
    expect(peer.received.at(-1)).toMatchObject({ type: 'synced' })
  })

  it('are read a few at a time, and all of them are answered', async () => {
    const gate = new Gate()
    let reading = 0
    const rig: Rig = await Rig.start({
      limits: { openingSubscriptionsMax: 5 },
      store: {
        read: async (request) => {
          reading++
          await gate.pass()
          return rig.store.read(request)
        },
      },
    })
    const peer = rig.connect()
    await peer.hello()
    gate.close()
    reading = 0
    await peer.say(...Array.from({ length: 50 }, (_, id) => subscribe(id)))
    expect(reading).toBe(5)
    expect(rig.limited).toContain('openingSubscriptionsMax')
    await gate.open()
    expect(peer.received.map(({ id }) => Number(id))).toEqual(Array.from({ length: 50 }, (_, id) => id))
  })

  it('that end while they wait are not opened', async () => {
    const gate = new Gate()
    const rig: Rig = await Rig.start({
      limits: { openingSubscriptionsMax: 1 },
      store: { read: async (request) => (await gate.pass(), rig.store.read(request)) },
    })
    const peer = rig.connect()
    await peer.hello()
    gate.close()
    await peer.say(subscribe(1), subscribe(2), { type: 'unsubscribe', model: 'order', id: '2' })
    await gate.open()
    expect(peer.received.map(({ id }) => id as unknown)).toEqual(['1'])
    await rig.engine.submit([created({ id: '2', owner: 'ann' })], ann)
    expect(peer.received).toHaveLength(1)
  })

  it('of a reader without room wait until it has some', async () => {
    const rig = await Rig.start({ limits: { bufferedBytesMax: 1_000 } })
    const peer = rig.connect()
    await peer.hello()
    peer.bufferedBytes = 900
    expect(await peer.say(subscribe(1), subscribe(2))).toEqual([])
    expect((await peer.drain()).map(({ type }) => type)).toEqual(['snapshot', 'snapshot'])
  })

  it('tell what has changed while they waited', async () => {
    const rig = await Rig.start({ limits: { bufferedBytesMax: 1_000 } })
    const peer = rig.connect()
    await peer.hello()
    peer.bufferedBytes = 900
    await peer.say(subscribe(1))
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    expect(await peer.drain()).toMatchObject([{ type: 'snapshot', version: 1 }])
  })
})

describe('a listing', () => {
  const orders = Array.from({ length: 40 }, (_, id) => created({ id: `${id}`, owner: 'o'.repeat(500) }))

  it('of large records is read a few at a time', async () => {
    const limits: number[] = []
    const rig: Rig = await Rig.start({
      limits: { pageBytesMax: 2_000 },
      store: { list: (request) => (limits.push(request.limit), rig.store.list(request)) },
    })
    await rig.engine.submit(orders, ann)
    const peer = rig.connect()
    await peer.hello()
    const said = await peer.say({ type: 'subscribe', model: 'order' })
    expect(said.map(({ type }) => type)).toEqual([...orders.map(() => 'snapshot'), 'synced'])
    expect(Math.max(...limits)).toBeLessThanOrEqual(10)
    expect(limits.at(-1)).toBeLessThanOrEqual(4)
  })

  it('tells of what changes meanwhile a few at a time too, and of all of it', async () => {
    const gate = new Gate()
    const rig: Rig = await Rig.start({
      store: { list: async (request) => (await gate.pass(), rig.store.list(request)) },
    })
    const many = Array.from({ length: 120 }, (_, id) => created({ id: `${id}`, owner: 'ann' }))
    const peer = rig.connect()
    await peer.hello()
    gate.close()
    await peer.say({ type: 'subscribe', model: 'order' })
    await rig.engine.submit(many, ann)
    await gate.open()
    const told = peer.received.filter(({ type }) => type === 'snapshot').map(({ id }) => Number(id))
    expect(told.toSorted((one, other) => one - other)).toEqual(many.map((_, id) => id))
    expect(peer.received.at(-1)).toMatchObject({ type: 'synced' })
  })
})

describe('a frame of very many messages', () => {
  it('lets others have their turn before it is through, and is answered in order', async () => {
    const rig = await Rig.start()
    const [bomber, other] = [rig.connect(ann), rig.connect(bob)]
    await bomber.hello()
    await other.hello()
    const pings = Array.from({ length: 1_000 }, () => ({ type: 'ping' }))
    const bombing = bomber.say(...pings, { type: 'sing' })
    const answered = other.say({ type: 'ping' })
    expect(bomber.received.length).toBeLessThan(pings.length)
    expect(other.received).toEqual([{ type: 'pong' }])
    await answered
    const said = await bombing
    expect(said.map(({ type }) => type)).toEqual([...pings.map(() => 'pong'), 'problem'])
    expect(said.at(-1)!['message']).toContain('counted from 0: 1000')
  })

  it('ends the session when too much waits behind it', async () => {
    const rig = await Rig.start({ limits: { waitingFramesMax: 10 } })
    const peer = rig.connect()
    await peer.hello()
    const bomb = Array.from({ length: 1_000 }, () => ({ type: 'ping' }))
    await Promise.all([peer.say(...bomb), ...Array.from({ length: 11 }, () => peer.say({ type: 'ping' }))])
    expect(peer.closedWith).toBe(1013)
    expect(rig.limited).toEqual(['waitingFramesMax'])
  })
})

describe('a plain reader that lags', () => {
  function slowReader(rig: Rig) {
    const reader = { sent: [] as string[], bufferedBytes: 0, closedWith: undefined as string | undefined }
    const session = rig.engine.connectPlain(
      {
        send: (text) => {
          reader.sent.push(text)
          reader.bufferedBytes += text.length
        },
        close: (_code, reason) => (reader.closedWith = reason),
        bufferedBytes: () => reader.bufferedBytes,
      },
      bob,
      {},
    )
    const drain = async (): Promise<void> => {
      reader.bufferedBytes = 0
      session.drained()
      await settle()
    }
    return { reader, drain }
  }
  const orders = (count: number): object[] =>
    Array.from({ length: count }, (_, id) => created({ id: `${id}`, owner: 'a'.repeat(400) }))

  it('gets what it missed as fast as it takes it, and not all at once', async () => {
    const rig = await Rig.start({ limits: { bufferedBytesMax: 1_000 } })
    const { reader, drain } = slowReader(rig)
    await rig.engine.submit(orders(20), ann)
    expect(rig.limited).toContain('bufferedBytesMax')
    let most = 0
    const seen = new Set(reader.sent)
    for (let rounds = 0; rounds < 20 && reader.bufferedBytes > 0; rounds++) {
      reader.sent.length = 0
      await drain()
      most = Math.max(most, reader.sent.length)
      for (const text of reader.sent) seen.add(text)
    }
    expect(seen.size).toBe(20)
    expect(most).toBeLessThan(5)
  })

  it('is closed when it has missed too many records', async () => {
    const rig = await Rig.start({ limits: { bufferedBytesMax: 1_000, laggingRecordsMax: 10 } })
    const { reader } = slowReader(rig)
    await rig.engine.submit(orders(20), ann)
    expect(reader.closedWith).toBe('too-slow')
    expect(rig.limited).toContain('laggingRecordsMax')
    const count = reader.sent.length
    await rig.engine.submit([noted('later')], ann)
    expect(reader.sent).toHaveLength(count)
  })
})

describe('a page of an answer', () => {
  const orders = Array.from({ length: 10 }, (_, id) => created({ id: `${id}`, owner: 'o'.repeat(100) }))

  it('of records ends when it has enough bytes, and goes on where it ended', async () => {
    const rig = await Rig.start({ limits: { pageBytesMax: 500 } })
    await rig.engine.submit(orders, ann)
    const ids: string[] = []
    let pages = 0
    for (let after: string | undefined = ''; after !== undefined; pages++) {
      const { records, next } = await rig.engine.queries.records(ann, 'order', after, 100)
      expect(records.length).toBeGreaterThan(0)
      ids.push(...records.map(({ id }) => id))
      after = next
    }
    expect(ids).toEqual(orders.map((_, id) => `${id}`))
    expect(pages).toBeGreaterThan(2)
    expect(rig.limited).toContain('pageBytesMax')
  })

  it('of events too, and a single one is never too large', async () => {
    const rig = await Rig.start({ limits: { pageBytesMax: 1 } })
    await rig.engine.submit([noted('a'), noted('b')], ann)
    const board = { model: 'board', id: 'shared' }
    const first = await rig.engine.queries.events(ann, board, 1, 100)
    expect(first).toMatchObject({ events: [{ version: 1 }], next: 1 })
    const second = await rig.engine.queries.events(ann, board, 2, 100)
    expect(second).toMatchObject({ events: [{ version: 2 }], next: undefined })
  })

  it('ends when very many were looked at that may not be read', async () => {
    const rig = await Rig.start({
      limits: { scannedRecordsMax: 4 },
      rules: { order: { canRead: (_record, _session, id) => id === '9' } },
    })
    await rig.engine.submit(orders, ann)
    const { records, next } = await rig.engine.queries.records(bob, 'order', '', 100)
    expect({ records, next }).toEqual({ records: [], next: '3' })
    expect(rig.limited).toEqual(['scannedRecordsMax'])
    expect(await rig.engine.queries.records(bob, 'order', '7', 100)).toMatchObject({ records: [{ id: '9' }] })
  })
})
