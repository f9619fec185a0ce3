import { deepEqual, equal } from 'node:assert/strict'
import { nth } from '../nth.ts'
import { appendUnits, batchOf, laneUnit, place, sampleEvent } from '../store-samples.ts'
import { orderEvents, stored, withoutSeqs, markOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** Each place in a lane is settled once. */
export const lanes: readonly StoreCase[] = [
  storeCase('moves a mark only from n − 1 to n', async (store) => {
    const statuses: string[] = []
    for (const n of [2, 1, 1, 3, 2, 1, 2, 4, 3]) {
      statuses.push(nth(await appendUnits(store, laneUnit(place('lane', n), [])), 0).status)
    }
    const expected = 'conflict ok duplicate conflict ok duplicate duplicate conflict ok'
    equal(statuses.join(' '), expected)
    deepEqual(await markOf(store, 'lane'), { actor: 'ann', n: 3 })
  }),

  storeCase('moves a mark over several units of one batch', async (store) => {
    const units = [1, 2, 3, 2, 5].map((n) => laneUnit(place('lane', n), []))
    const statuses = (await appendUnits(store, ...units)).map(({ status }) => status)
    deepEqual(statuses, ['ok', 'ok', 'ok', 'duplicate', 'conflict'])
    deepEqual(await markOf(store, 'lane'), { actor: 'ann', n: 3 })
  }),

  storeCase('binds a lane to its user', async (store) => {
    await appendUnits(store, laneUnit(place('lane', 1, 'ann'), []))
    const answers = await appendUnits(
      store,
      laneUnit(place('lane', 2, 'bob'), [sampleEvent('1', 0)]),
      laneUnit(place('lane', 1, 'bob'), []),
    )
    deepEqual(answers, [
      { status: 'conflict', missing: [] },
      { status: 'conflict', missing: [] },
    ])
    deepEqual(await markOf(store, 'lane'), { actor: 'ann', n: 1 })
    deepEqual(await orderEvents(store, '1'), [])
  }),

  storeCase('writes what comes again with the same place once', async (store) => {
    const unit = laneUnit(place('lane', 1), [sampleEvent('1', 0)], '"first"')
    const again = laneUnit(place('lane', 1), [sampleEvent('1', 1)], '"second"')
    const answers = await appendUnits(store, unit, again)
    deepEqual(
      answers.map(({ status }) => status),
      ['ok', 'duplicate'],
    )
    deepEqual(await appendUnits(store, again), [{ status: 'duplicate' }])
    deepEqual(withoutSeqs(await orderEvents(store, '1')), [stored(nth(unit.events, 0), unit)])
    deepEqual(await store.outcomes('lane', 1, 10), [{ n: 1, outcome: '"first"' }])
  }),

  storeCase('keeps outcomes by n until they are forgotten', async (store) => {
    const outcome = (n: number) => `{"n":${n},"text":"ä \\u0000"}`
    const units = [1, 2, 3, 4, 5].map((n) => laneUnit(place('lane', n), [], n === 3 ? undefined : outcome(n)))
    await appendUnits(store, ...units, laneUnit(place('other', 1), [], '"other"'))
    const kept = async (from: number, to: number) =>
      (await store.outcomes('lane', from, to)).map(({ n }) => n)
    deepEqual(await store.outcomes('lane', 2, 2), [{ n: 2, outcome: outcome(2) }])
    deepEqual(await kept(1, 5), [1, 2, 4, 5])
    deepEqual(await kept(2, 4), [2, 4])
    deepEqual(await kept(6, 9), [])
    await store.append(
      batchOf([], {
        forget: [
          { lane: 'lane', upTo: 1 },
          { lane: 'unknown', upTo: 9 },
        ],
      }),
    )
    deepEqual(await kept(1, 5), [2, 4, 5])
    deepEqual(await store.outcomes('other', 1, 5), [{ n: 1, outcome: '"other"' }])
    deepEqual(await markOf(store, 'lane'), { actor: 'ann', n: 5 })
    deepEqual(await appendUnits(store, laneUnit(place('lane', 1), [])), [{ status: 'duplicate' }])
  }),

  storeCase('forgets keyed lanes that are old, and no others', async (store) => {
    const names = ['id:old', 'id:moved', 'id:new', 'plain']
    const units = (n: number, of: readonly string[]) =>
      of.map((lane) => laneUnit(place(lane, n), [sampleEvent(lane, n - 1)], `"${lane} ${n}"`))
    const old = units(1, ['id:old', 'id:moved', 'plain'])
    await store.append(batchOf(old, { now: 1000 }))
    await store.append(batchOf(units(2, ['id:moved']), { now: 2000 }))
    await store.append(batchOf(units(1, ['id:new']), { now: 2000 }))
    await store.expireKeyedLanes(1000)
    deepEqual((await markOf(store, 'id:old'))?.n, 1)
    await store.expireKeyedLanes(2000)
    const { marks } = await store.read({ streams: [], lanes: names })
    deepEqual(
      marks.map((mark) => mark?.n),
      [undefined, 2, 1, 1],
    )
    const kept = await Promise.all(names.map((lane) => store.outcomes(lane, 1, 9)))
    deepEqual(
      kept.map(({ length }) => length),
      [0, 2, 1, 1],
    )
    const event = { ...stored(nth(nth(old, 0).events, 0)), lane: undefined, n: undefined }
    deepEqual(withoutSeqs(await orderEvents(store, 'id:old')), [event])
    const again = laneUnit(place('id:old', 1, 'bob'), [sampleEvent('id:old', 1)])
    const another = laneUnit(place('id:another', 1), [sampleEvent('id:another', 0)])
    deepEqual(
      (await appendUnits(store, another, again)).map(({ status }) => status),
      ['ok', 'ok'],
    )
    deepEqual(withoutSeqs(await orderEvents(store, 'id:old')), [event, stored(nth(again.events, 0), again)])
  }),

  storeCase('gives no event of a forgotten lane to a lane that comes after it', async (store) => {
    const forgotten = laneUnit(place('id:1', 1), [sampleEvent('1', 0)])
    await store.append(batchOf([forgotten], { now: 1 }))
    await store.expireKeyedLanes(2)
    await appendUnits(store, laneUnit(place('id:2', 1), [sampleEvent('2', 0)]))
    const [event] = await orderEvents(store, '1')
    deepEqual([event?.id, event?.lane, event?.n], [nth(forgotten.events, 0).id, undefined, undefined])
  }),

  storeCase('forgets any number of keyed lanes', async (store) => {
    const names = Array.from({ length: 2_500 }, (_, index) => `id:${index}`)
    await store.append(
      batchOf(
        names.map((lane) => laneUnit(place(lane, 1), [], '"kept"')),
        { now: 1 },
      ),
    )
    await store.expireKeyedLanes(2)
    const { marks } = await store.read({ streams: [], lanes: names })
    deepEqual(
      marks.filter((mark) => mark !== undefined),
      [],
    )
    deepEqual(await store.outcomes('id:7', 1, 1), [])
  }),
]
