import { deepEqual, equal } from 'node:assert/strict'
import { nth } from '../nth.ts'
import { appendUnits, batchOf, looseUnit, sampleEvent, sampleRecord } from '../store-samples.ts'
import { stored, withoutSeqs, headOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** A kept record is true to its events. */
export const records: readonly StoreCase[] = [
  storeCase('gives the newest kept record and the events after it', async (store) => {
    const events = [0, 1, 2].map((version) => sampleEvent('1', version))
    const record = sampleRecord(nth(events, 1), { state: '{"b":1,"a":2}', modelVersion: 7 })
    await store.append(batchOf([looseUnit(nth(events, 0), nth(events, 1))], { records: [record] }))
    await appendUnits(store, looseUnit(nth(events, 2)))
    const { model: _model, stream: _stream, ...kept } = record
    deepEqual(withoutSeqs(await headOf(store, '1')), { record: kept, tail: [stored(nth(events, 2))] })
    const newer = sampleRecord(nth(events, 2), { state: 'null' })
    await store.append(batchOf([], { records: [newer] }))
    const { record: last, tail } = await headOf(store, '1')
    deepEqual([last?.version, last?.state, tail], [3, 'null', []])
  }),

  storeCase('keeps a record only when its stream then is at exactly its version', async (store) => {
    const events = [0, 1].map((version) => sampleEvent('1', version))
    const of = (version: number) => sampleRecord(nth(events, 0), { version })
    await store.append(batchOf([looseUnit(...events)], { records: [of(1), of(3)] }))
    await store.append(batchOf([], { records: [of(1), of(3), sampleRecord(sampleEvent('unknown', 0))] }))
    deepEqual(withoutSeqs(await headOf(store, '1')), {
      record: undefined,
      tail: events.map((event) => stored(event)),
    })
    deepEqual(await headOf(store, 'unknown'), { record: undefined, tail: [] })
  }),

  storeCase('keeps no record that was folded on an event which was not written', async (store) => {
    const [theirs, ours] = [sampleEvent('1', 0), sampleEvent('1', 0)]
    await appendUnits(store, looseUnit(theirs))
    const answers = await store.append(batchOf([looseUnit(ours)], { records: [sampleRecord(ours)] }))
    equal(answers[0]?.status, 'conflict')
    deepEqual(withoutSeqs(await headOf(store, '1')), { record: undefined, tail: [stored(theirs)] })
  }),
]
