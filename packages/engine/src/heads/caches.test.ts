import { FoldbackError } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { LaneMark, LaneMarks } from './lane-marks.ts'
import { ann, bob, created, Gate, lineAdded, Rig, settle } from '../test-parts/rig.ts'

const laneOf = (name: string): string => name.repeat(20)
const codesOf = (settlements: readonly object[]): unknown[] =>
  settlements.map((settlement) =>
    'refusal' in settlement ? (settlement.refusal as { code: string }).code : 'accepted',
  )
const stamped = (action: object, id: string): object => ({
  ...action,
  meta: { foldback: { id, at: 0, actor: 'ann' } },
})

describe('a cache of one', () => {
  it('record keeps one that was created in a turn which waits for another', async () => {
    const gate = new Gate()
    const rig: Rig = await Rig.start({
      limits: { cachedRecordBytesMax: 1 },
      store: {
        append: async (batch) => {
          await gate.pass()
          return rig.store.append(batch)
        },
      },
    })
    gate.close()
    const first = rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await settle()
    const second = rig.engine.submit([created({ id: '2', owner: 'ann' })], ann)
    await settle()
    const third = rig.engine.submit([lineAdded({ id: '2', line: 'a' })], ann)
    await settle()
    await gate.open()
    expect(codesOf([...(await first), ...(await second), ...(await third)])).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ])
  })

  it('is counted in bytes, as records grow', async () => {
    const rig = await Rig.start({ limits: { cachedRecordBytesMax: 20_000 } })
    const ids = Array.from({ length: 10 }, (_, index) => String(index))
    for (const id of ids) await rig.engine.submit([created({ id, owner: 'ann' })], ann)
    expect(rig.engine.load.cachedRecords).toBe(10)
    const grown = ids.slice(0, 3).map((id) => lineAdded({ id, line: 'x'.repeat(9_000) }))
    await rig.engine.submit(grown, ann)
    await rig.engine.submit([lineAdded({ id: '2', line: 'a' })], ann)
    expect(rig.engine.load.cachedRecords).toBeLessThan(4)
    expect(rig.engine.load.cachedRecordBytes).toBeLessThan(20_000)
  })

  it('lane tells each of two sessions how far its own is', async () => {
    const rig = await Rig.start({ limits: { cachedLanesMax: 1 } })
    const [first, second] = [rig.connect(ann), rig.connect(bob)]
    await first.hello([{ lane: laneOf('a'), settled: 0 }])
    await second.hello([{ lane: laneOf('b'), settled: 0 }])
    const lane = laneOf('b')
    await second.say({
      type: 'push',
      lane,
      n: 1,
      actions: [stamped(created({ id: '1', owner: 'bob' }), 'b')],
    })
    expect(await second.say({ type: 'subscribe', model: 'order', id: '1' })).toMatchObject([
      { type: 'snapshot', version: 1, marks: { [lane]: 1 } },
    ])
  })

  it('lane does not keep those whose commits failed', () => {
    const marks = new LaneMarks(1)
    const failed = Array.from({ length: 100 }, (_, index) => {
      const mark = marks.install(`key:${index}`, undefined)
      return Object.assign(mark, { speculative: 1, isStale: true })
    })
    const fresh = new LaneMark('key:0', undefined)
    expect(marks.keep(fresh)).toBe(fresh)
    expect(fresh).not.toBe(failed[0])
  })
})

/* Other records push one out of memory and in again while it is being read for somebody: its marks are of now. */
describe('a record that changes while it is read', () => {
  const lane = laneOf('a')
  const push = { type: 'push', lane, n: 1, actions: [stamped(lineAdded({ id: '1', line: 'own' }), 'own')] }
  let gate: Gate

  beforeEach(() => {
    gate = new Gate()
  })

  it('is told as it is then, with the actions of which its marks say that they are in it', async () => {
    const rig: Rig = await Rig.start({
      limits: { cachedRecordBytesMax: 1 },
      store: {
        events: async (...args) => {
          await gate.pass()
          return rig.store.events(...args)
        },
      },
    })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    const peer = rig.connect(ann)
    await peer.hello([{ lane, settled: 0 }])
    gate.close()
    await peer.say({ type: 'subscribe', model: 'order', id: '1', since: { version: 1, id: 'another' } })
    await rig.engine.submit([created({ id: '2', owner: 'ann' })], ann)
    await peer.say(push)
    await rig.engine.submit([lineAdded({ id: '2', line: 'a' })], ann)
    peer.received.length = 0
    await gate.open()
    expect(peer.received).toMatchObject([
      { type: 'snapshot', version: 2, state: { lines: ['own'] }, marks: { [lane]: 1 } },
    ])
  })

  it('is told so in a listing too, where it waits for other records', async () => {
    const list = new Gate()
    const rig: Rig = await Rig.start({
      limits: { cachedRecordBytesMax: 1 },
      store: {
        list: async (request) => {
          await list.pass()
          return rig.store.list(request)
        },
        read: async (request) => {
          if (request.streams.some(({ id }) => id === '2')) await gate.pass()
          return rig.store.read(request)
        },
      },
    })
    const peer = rig.connect(ann)
    await peer.hello([{ lane, settled: 0 }])
    list.close()
    await peer.say({ type: 'subscribe', model: 'order' })
    // Both are left out of the list, to be told of at its end, when the second one has to be read.
    for (const id of ['2', '1']) await rig.engine.submit([created({ id, owner: 'ann' })], ann)
    gate.close()
    await list.open()
    await rig.engine.submit([created({ id: '3', owner: 'ann' })], ann)
    await peer.say(push)
    await rig.engine.submit([lineAdded({ id: '3', line: 'a' })], ann)
    peer.received.length = 0
    await gate.open()
    const told = peer.received.filter(({ type, id }) => type === 'snapshot' && id === '1')
    expect(told).toMatchObject([{ version: 2, state: { lines: ['own'] }, marks: { [lane]: 1 } }])
  })
})

describe('what was looked up while a commit was under way', () => {
  it('is looked up again when that commit fails', async () => {
    const [append, read] = [new Gate(), new Gate()]
    let fails = false
    const rig: Rig = await Rig.start({
      rules: {
        order: {
          guard: (record: unknown) =>
            (record as { lines: string[] } | null)?.lines.includes('last') ? 'The order is closed.' : true,
        },
      },
      store: {
        append: async (batch) => {
          await append.pass()
          if (!fails) return rig.store.append(batch)
          fails = false
          throw new FoldbackError('disk-full')
        },
        read: async (request) => {
          await read.pass()
          return rig.store.read(request)
        },
      },
    })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    fails = true
    append.close()
    const lost = rig.engine.submit([lineAdded({ id: '1', line: 'last' })], ann)
    await settle()
    // The second order has to be read, and the first is held as it is until then.
    read.close()
    const next = rig.engine.submit(
      [lineAdded({ id: '1', line: 'a' }), created({ id: '2', owner: 'ann' })],
      ann,
      'key',
    )
    await settle()
    await append.open()
    await read.open()
    expect(codesOf(await lost)).toEqual(['disk-full'])
    expect(codesOf(await next)).toEqual(['accepted', 'accepted'])
    expect((await rig.engine.queries.record(ann, { model: 'order', id: '1' })).state).toMatchObject({
      lines: ['a'],
    })
  })
})
