import { deepEqual, equal } from 'node:assert/strict'
import { nth } from '../nth.ts'
import { appendUnits, laneUnit, looseUnit, place, sampleEvent } from '../store-samples.ts'
import { everything, orderEvents, versionsOf, stored, withoutSeqs, seqsOf, markOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** What comes too late or too early changes nothing. */
export const conflicts: readonly StoreCase[] = [
  storeCase('answers a conflict with the events that are missing, and changes nothing', async (store) => {
    const events = [sampleEvent('1', 0), sampleEvent('1', 1), sampleEvent('1', 2)]
    await appendUnits(store, looseUnit(...events))
    const before = await everything(store, ['1'], ['lane'])
    const answer = await appendUnits(store, laneUnit(place('lane', 1), [sampleEvent('1', 1)], '"refused"'))
    const missing = [
      { model: 'order', stream: '1', events: [stored(nth(events, 1)), stored(nth(events, 2))] },
    ]
    deepEqual(withoutSeqs(answer), [{ status: 'conflict', missing }])
    deepEqual(await everything(store, ['1'], ['lane']), before)
  }),

  storeCase('refuses version 0 of a stream that exists', async (store) => {
    await appendUnits(store, looseUnit(sampleEvent('1', 0)))
    const [outcome] = await appendUnits(store, looseUnit(sampleEvent('1', 0)))
    equal(outcome?.status, 'conflict')
    deepEqual(versionsOf(await orderEvents(store, '1')), [1])
  }),

  storeCase('refuses a version that is not reached yet, with nothing missing', async (store) => {
    deepEqual(await appendUnits(store, looseUnit(sampleEvent('1', 1))), [
      { status: 'conflict', missing: [{ model: 'order', stream: '1', events: [] }] },
    ])
    deepEqual(await appendUnits(store, looseUnit(sampleEvent('1', 0), sampleEvent('1', 0))), [
      { status: 'conflict', missing: [{ model: 'order', stream: '1', events: [] }] },
    ])
    deepEqual(await store.tip(), { seq: 0, id: '' })
  }),

  storeCase('lets a stream go on after failed appends as if they had not been', async (store) => {
    for (let version = 0; version < 3; version += 1) {
      await appendUnits(store, looseUnit(sampleEvent('1', version + 1)))
      await appendUnits(store, looseUnit(sampleEvent('1', version - 1)))
      const [outcome] = await appendUnits(store, looseUnit(sampleEvent('1', version)))
      equal(outcome?.status, 'ok')
    }
    deepEqual(versionsOf(await orderEvents(store, '1')), [1, 2, 3])
  }),

  storeCase('writes a unit into all of its streams', async (store) => {
    const unit = laneUnit(place('lane', 1), [sampleEvent('1', 0), sampleEvent('1', 0, { model: 'board' })])
    equal(seqsOf(await appendUnits(store, unit)).length, 2)
    deepEqual(withoutSeqs(await orderEvents(store, '1')), [stored(nth(unit.events, 0), unit)])
    deepEqual(withoutSeqs(await store.events({ model: 'board', id: '1' }, 1, 10)), [
      stored(nth(unit.events, 1), unit),
    ])
  }),

  storeCase('writes nothing of a unit when one of its streams is in conflict', async (store) => {
    await appendUnits(store, looseUnit(sampleEvent('2', 0)))
    const before = await everything(store, ['1', '2', '3'], ['lane'])
    const events = [sampleEvent('1', 0), sampleEvent('2', 0), sampleEvent('3', 0)]
    const [outcome] = await appendUnits(store, laneUnit(place('lane', 1), events, '"x"'))
    equal(outcome?.status, 'conflict')
    deepEqual(outcome?.status === 'conflict' && outcome.missing.map(({ stream }) => stream), ['2'])
    deepEqual(await everything(store, ['1', '2', '3'], ['lane']), before)
    const retried = await appendUnits(store, laneUnit(place('lane', 1), [nth(events, 0), nth(events, 2)]))
    equal(retried[0]?.status, 'ok')
  }),

  storeCase('answers each unit of a batch for itself', async (store) => {
    await appendUnits(store, laneUnit(place('lane', 1), [sampleEvent('1', 0)]))
    const answers = await appendUnits(
      store,
      looseUnit(sampleEvent('2', 0)),
      laneUnit(place('lane', 1), [sampleEvent('1', 0)]),
      looseUnit(sampleEvent('1', 0)),
      laneUnit(place('lane', 2), [sampleEvent('1', 1)]),
    )
    deepEqual(
      answers.map(({ status }) => status),
      ['ok', 'duplicate', 'conflict', 'ok'],
    )
    deepEqual(versionsOf(await orderEvents(store, '1')), [1, 2])
    deepEqual(versionsOf(await orderEvents(store, '2')), [1])
  }),

  storeCase('lets what was built on a unit in conflict conflict too', async (store) => {
    await appendUnits(store, looseUnit(sampleEvent('1', 0)))
    const answers = await appendUnits(
      store,
      laneUnit(place('lane', 1), [sampleEvent('1', 0)]),
      laneUnit(place('lane', 2), [sampleEvent('2', 0)]),
      looseUnit(sampleEvent('1', 2)),
      laneUnit(place('other', 1), [sampleEvent('3', 0)]),
    )
    deepEqual(
      answers.map(({ status }) => status),
      ['conflict', 'conflict', 'conflict', 'ok'],
    )
    deepEqual(await orderEvents(store, '2'), [])
    equal(await markOf(store, 'lane'), undefined)
  }),

  storeCase('counts what the same batch wrote before as missing', async (store) => {
    const first = sampleEvent('1', 0)
    const answers = await appendUnits(store, looseUnit(first), looseUnit(sampleEvent('1', 0)))
    deepEqual(withoutSeqs(answers[1]), {
      status: 'conflict',
      missing: [{ model: 'order', stream: '1', events: [stored(first)] }],
    })
  }),

  storeCase('never lets an acknowledged append vanish when one beside it fails', async (store) => {
    const appends = Array.from({ length: 60 }, (_, index) => {
      const isGood = index % 3 !== 0
      return appendUnits(
        store,
        looseUnit(sampleEvent(`s${index}`, isGood ? 0 : 5), sampleEvent(`t${index}`, 0)),
      )
    })
    const answers = (await Promise.all(appends)).flat()
    for (const [index, { status }] of answers.entries()) {
      equal(status, index % 3 === 0 ? 'conflict' : 'ok')
      equal((await orderEvents(store, `s${index}`)).length, index % 3 === 0 ? 0 : 1)
      equal((await orderEvents(store, `t${index}`)).length, index % 3 === 0 ? 0 : 1)
    }
  }),
]
