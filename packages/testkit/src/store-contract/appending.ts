import { deepEqual, equal } from 'node:assert/strict'
import { nth } from '../nth.ts'
import { appendUnits, laneUnit, looseUnit, place, sampleEvent } from '../store-samples.ts'
import { everything, orderEvents, versionsOf, idsOf, stored, withoutSeqs, seqsOf, markOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** What is appended is kept, whole and in order. */
export const appending: readonly StoreCase[] = [
  storeCase('is empty at first', async (store) => {
    deepEqual(await everything(store, ['1'], ['lane']), {
      read: { heads: [{ record: undefined, tail: [] }], marks: [undefined] },
      list: [],
      outcomes: [[]],
      tip: { seq: 0, id: '' },
    })
    deepEqual(await orderEvents(store, '1'), [])
    equal(await store.eventIdAt(1), undefined)
  }),

  storeCase('gives an event back as it was appended, with its place', async (store) => {
    const loose = looseUnit(sampleEvent('1', 0, { actor: 'bob' }))
    const laned = laneUnit(place('lane', 1), [sampleEvent('1', 1)])
    const answer = await appendUnits(store, loose, laned)
    deepEqual(
      answer.map(({ status }) => status),
      ['ok', 'ok'],
    )
    deepEqual(withoutSeqs(await orderEvents(store, '1')), [
      stored(nth(loose.events, 0), loose),
      stored(nth(laned.events, 0), laned),
    ])
  }),

  storeCase('keeps an id that is not the one in the action', async (store) => {
    const ids = ['other', '', 'mére "x"', '1', 'null']
    const actions = ['{"meta":{"foldback":{"id":1}}}', '{}', '{"meta":null}', '[]', '"text"']
    const events = ids.map((id, index) => sampleEvent('1', index, { id, action: nth(actions, index) }))
    const answer = await appendUnits(store, looseUnit(...events))
    deepEqual(idsOf(await orderEvents(store, '1')), ids)
    deepEqual(await Promise.all(seqsOf(answer).map((seq) => store.eventIdAt(seq))), ids)
  }),

  storeCase('numbers the versions of a stream without holes, over units and batches', async (store) => {
    await appendUnits(
      store,
      looseUnit(sampleEvent('1', 0), sampleEvent('1', 1)),
      looseUnit(sampleEvent('1', 2)),
    )
    await appendUnits(store, looseUnit(sampleEvent('1', 7)), looseUnit(sampleEvent('1', 3)))
    deepEqual(versionsOf(await orderEvents(store, '1')), [1, 2, 3, 4])
  }),

  storeCase('gives positions that rise in the order of the units, over all streams', async (store) => {
    const first = await appendUnits(store, looseUnit(sampleEvent('1', 0)), looseUnit(sampleEvent('2', 0)))
    const second = await appendUnits(store, looseUnit(sampleEvent('2', 1), sampleEvent('1', 1)))
    const seqs = seqsOf([...first, ...second])
    equal(seqs.length, 4)
    deepEqual(
      seqs,
      [...new Set(seqs)].sort((one, other) => one - other),
    )
    deepEqual(
      (await orderEvents(store, '1')).map(({ seq }) => seq),
      [seqs[0], seqs[3]],
    )
    deepEqual(
      (await orderEvents(store, '2')).map(({ seq }) => seq),
      [seqs[1], seqs[2]],
    )
  }),

  storeCase('takes a batch of nothing', async (store) => {
    deepEqual(await appendUnits(store), [])
    deepEqual(await store.tip(), { seq: 0, id: '' })
  }),

  storeCase('keeps the order of appends that do not wait for each other', async (store) => {
    const appends = Array.from({ length: 200 }, (_, index) =>
      appendUnits(store, laneUnit(place('lane', index + 1), [sampleEvent('1', index, { id: `e${index}` })])),
    )
    const answers = (await Promise.all(appends)).flat()
    deepEqual(
      answers.map(({ status }) => status),
      Array(200).fill('ok'),
    )
    deepEqual(
      idsOf(await orderEvents(store, '1')),
      answers.map((_, index) => `e${index}`),
    )
    deepEqual(await markOf(store, 'lane'), { actor: 'ann', n: 200 })
  }),
]
