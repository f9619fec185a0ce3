import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict'
import { nth } from '../nth.ts'
import {
  appendUnits,
  batchOf,
  laneUnit,
  looseUnit,
  place,
  sampleEvent,
  sampleModels,
  sampleRecord,
} from '../store-samples.ts'
import { everything, orderEvents, versionsOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** Closing and opening again lose nothing. */
export const life: readonly StoreCase[] = [
  storeCase('keeps everything when it is closed and opened again', async (store, again) => {
    const event = sampleEvent('1', 0)
    const units = [laneUnit(place('lane', 1), [event], '"kept"'), looseUnit(sampleEvent('2', 0))]
    await store.append(batchOf(units, { records: [sampleRecord(event)] }))
    const before = await everything(store, ['1', '2'], ['lane'])
    const reopened = await again()
    deepEqual(await everything(reopened, ['1', '2'], ['lane']), before)
    const answers = await appendUnits(reopened, nth(units, 0), looseUnit(sampleEvent('1', 1)))
    deepEqual(
      answers.map(({ status }) => status),
      ['duplicate', 'ok'],
    )
    notEqual((await reopened.tip()).seq, before.tip.seq)
  }),

  {
    name: 'names the same history each time it is opened',
    run: async (make) => {
      const subject = await make()
      const { history } = await subject.store.open(sampleModels)
      await subject.store.close()
      const again = await subject.reopen()
      const reopened = await again.open(sampleModels)
      await again.close()
      await subject.cleanup?.()
      ok(history.length > 0)
      equal(reopened.history, history)
    },
  },

  storeCase('finishes what is under way when it is closed', async (store, again) => {
    const appends = [0, 1, 2].map((version) => appendUnits(store, looseUnit(sampleEvent('1', version))))
    const read = store.tip()
    const reopened = await again()
    deepEqual(
      (await Promise.all(appends)).flat().map(({ status }) => status),
      ['ok', 'ok', 'ok'],
    )
    ok((await read).seq >= 0)
    deepEqual(versionsOf(await orderEvents(reopened, '1')), [1, 2, 3])
  }),

  storeCase('says so when it is used after it was closed', async (store) => {
    await store.close()
    await store.close()
    const code = { code: 'store-failed' }
    await rejects(appendUnits(store, looseUnit(sampleEvent('1', 0))), code)
    await rejects(store.read({ streams: [], lanes: [] }), code)
    await rejects(orderEvents(store, '1'), code)
    await rejects(store.outcomes('lane', 1, 1), code)
    await rejects(store.list({ model: 'order', afterSeq: 0, afterId: '', limit: 1 }), code)
    await rejects(store.eventIdAt(1), code)
    await rejects(store.tip(), code)
    await rejects(store.expireKeyedLanes(1), code)
  }),
]
