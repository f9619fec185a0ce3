import { deepEqual, equal, ok } from 'node:assert/strict'
import { nth } from '../nth.ts'
import {
  appendUnits,
  batchOf,
  laneUnit,
  looseUnit,
  place,
  sampleEvent,
  sampleRecord,
} from '../store-samples.ts'
import { versionsOf, idsOf, stored, withoutSeqs, seqsOf, headOf, markOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** Readers see whole units, in order, and find their place again. */
export const reading: readonly StoreCase[] = [
  storeCase('reads heads and marks in the order asked for, unknown ones too', async (store) => {
    const unit = laneUnit(place('lane', 1), [sampleEvent('1', 0), sampleEvent('2', 0)])
    await appendUnits(store, unit)
    const streams = ['2', 'none', '1', '2'].map((id) => ({ model: 'order', id }))
    const { heads, marks } = await store.read({ streams, lanes: ['none', 'lane', 'lane'] })
    const [first, second] = unit.events.map((event) => [stored(event, unit)])
    deepEqual(withoutSeqs(heads.map(({ tail }) => tail)), [second, [], first, second])
    deepEqual(marks, [undefined, { actor: 'ann', n: 1 }, { actor: 'ann', n: 1 }])
    deepEqual((await store.read({ streams: [{ model: 'board', id: '1' }], lanes: [] })).heads[0]?.tail, [])
  }),

  storeCase('gives events from a version, at most as many as asked for', async (store) => {
    await appendUnits(store, looseUnit(...[0, 1, 2, 3, 4].map((version) => sampleEvent('1', version))))
    const versions = async (from: number, limit: number) =>
      versionsOf(await store.events({ model: 'order', id: '1' }, from, limit))
    deepEqual(await versions(1, 2), [1, 2])
    deepEqual(await versions(3, 2), [3, 4])
    deepEqual(await versions(5, 2), [5])
    deepEqual(await versions(6, 2), [])
    deepEqual(await versions(1, 0), [])
  }),

  storeCase('reads no more of a tail than is asked for, the first events of it', async (store) => {
    const events = [0, 1, 2, 3].map((version) => sampleEvent('1', version))
    await store.append(batchOf([looseUnit(nth(events, 0))], { records: [sampleRecord(nth(events, 0))] }))
    await appendUnits(store, looseUnit(...events.slice(1)))
    const tails = async (tailMax?: number) => {
      const streams = [{ model: 'order', id: '1' }]
      const { heads } = await store.read({ streams, lanes: [], ...(tailMax !== undefined && { tailMax }) })
      return heads.map(({ record, tail }) => [record?.version, versionsOf(tail)])
    }
    deepEqual(await tails(2), [[1, [2, 3]]])
    deepEqual(await tails(3), [[1, [2, 3, 4]]])
    deepEqual(await tails(), [[1, [2, 3, 4]]])
  }),

  storeCase('lists heads by stream id, page by page', async (store) => {
    const ids = ['b', 'a', 'd', 'c']
    await appendUnits(store, ...ids.map((id) => looseUnit(sampleEvent(id, 0))))
    const board = sampleEvent('a', 0, { model: 'board' })
    await appendUnits(store, looseUnit(board))
    const page = (afterId: string, limit: number) =>
      store.list({ model: 'order', afterSeq: 0, afterId, limit })
    deepEqual(idsOf(await page('', 3)), ['a', 'b', 'c'])
    deepEqual(idsOf(await page('c', 3)), ['d'])
    deepEqual(await page('d', 3), [])
    const ofBoard = await store.list({ model: 'board', afterSeq: 0, afterId: '', limit: 9 })
    deepEqual(withoutSeqs(ofBoard), [{ id: 'a', record: undefined, tail: [stored(board)] }])
    deepEqual(await store.list({ model: 'none', afterSeq: 0, afterId: '', limit: 9 }), [])
  }),

  storeCase('lists whole heads, of streams that have events after a position only', async (store) => {
    const events = [sampleEvent('a', 0), sampleEvent('b', 0), sampleEvent('c', 0), sampleEvent('a', 1)]
    const units = events.map((event) => looseUnit(event))
    const seqs = seqsOf(await store.append(batchOf(units, { records: [sampleRecord(nth(events, 1))] })))
    const list = (afterSeq: number) => store.list({ model: 'order', afterSeq, afterId: '', limit: 9 })
    deepEqual(idsOf(await list(0)), ['a', 'b', 'c'])
    deepEqual(idsOf(await list(nth(seqs, 1))), ['a', 'c'])
    deepEqual(idsOf(await list(nth(seqs, 2))), ['a'])
    deepEqual(await list(nth(seqs, 3)), [])
    const [a, b] = await list(nth(seqs, 0))
    deepEqual(withoutSeqs(a), {
      id: 'a',
      record: undefined,
      tail: [stored(nth(events, 0)), stored(nth(events, 3))],
    })
    deepEqual([b?.record?.version, b?.tail], [1, []])
  }),

  storeCase('names the event at each position, and the last position', async (store) => {
    const events = [sampleEvent('1', 0), sampleEvent('2', 0), sampleEvent('1', 1)]
    const answers = await appendUnits(store, ...events.map((event) => looseUnit(event)))
    const seqs = seqsOf(answers)
    deepEqual(await Promise.all(seqs.map((seq) => store.eventIdAt(seq))), idsOf(events))
    deepEqual(await store.tip(), { seq: seqs[2], id: nth(events, 2).id })
    equal(await store.eventIdAt(nth(seqs, 2) + 1), undefined)
    equal(await store.eventIdAt(0), undefined)
  }),

  storeCase('shows a unit as a whole, and never a new event below the last position', async (store) => {
    const rounds = Array.from({ length: 100 }, (_, index) =>
      appendUnits(
        store,
        laneUnit(place('lane', index + 1), [sampleEvent('1', index), sampleEvent('2', index)]),
      ),
    )
    const streams = ['1', '2'].map((id) => ({ model: 'order', id }))
    let seenSeq = 0
    for (let seenCount = 0; seenCount < rounds.length;) {
      const tip = await store.tip()
      const { heads, marks } = await store.read({ streams, lanes: ['lane'] })
      const [first, second] = [nth(heads, 0).tail, nth(heads, 1).tail]
      seenCount = marks[0]?.n ?? 0
      deepEqual([first.length, second.length], [seenCount, seenCount])
      const lastSeq = second.at(-1)?.seq ?? 0
      ok(seenSeq <= tip.seq && tip.seq <= lastSeq)
      seenSeq = lastSeq
    }
    await Promise.all(rounds)
  }),

  storeCase('shows what was answered to whoever reads after that', async (store) => {
    for (let version = 0; version < 30; version += 1) {
      await appendUnits(store, laneUnit(place('lane', version + 1), [sampleEvent('1', version)]))
      equal((await headOf(store, '1')).tail.length, version + 1)
      equal((await markOf(store, 'lane'))?.n, version + 1)
    }
  }),
]
