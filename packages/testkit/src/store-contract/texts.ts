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
import { orderEvents, idsOf, headOf } from './look.ts'
import { type StoreCase, storeCase } from './store-case.ts'

/** Texts and names are kept as they are. */
export const texts: readonly StoreCase[] = [
  storeCase('keeps JSON text as it is', async (store) => {
    const actions = [
      '{"type":"t","z":1,"a":2,"10":3,"9":4}',
      '{ "type" : "t",\n\t"n": [1.0, 1e2, -0, 12345678901234567890, 0.1000]}',
      '{"type":"t","text":"ä \u{1f600} \\ud83d \\u0000 \\/ \u2028 \u{10ffff} \ufeff"}',
      '{"type":"t","type":"u"}',
      `{"type":"t","text":"${'0123456789abcdef'.repeat(65_536)}"}`,
    ]
    const events = actions.map((action, index) => sampleEvent('1', index, { action }))
    const record = sampleRecord(nth(events, 4), { state: nth(actions, 2) })
    await store.append(batchOf([laneUnit(place('lane', 1), events, actions[1])], { records: [record] }))
    const kept = await orderEvents(store, '1')
    deepEqual(
      kept.map(({ action }) => action),
      actions,
    )
    equal((await headOf(store, '1')).record?.state, actions[2])
    deepEqual(await store.outcomes('lane', 1, 1), [{ n: 1, outcome: actions[1] }])
  }),

  storeCase(
    'keeps a stamped action as it is, wherever its stamp stands and whatever it says',
    async (store) => {
      const stamps: readonly Readonly<Record<string, unknown>>[] = [
        {},
        { at: 2 ** 41 },
        { at: 0.5 },
        { at: -1 },
        { id: 'i"d' },
        { actor: 'a\n"\u{1f600}\u007f' },
        { merged: 3 },
        { versions: { order: 2, board: 3 } },
        { versions: { order: 2 }, merged: 3 },
      ]
      const shapes: readonly ((foldback: object) => object)[] = [
        (foldback) => ({ type: 't', payload: { id: '1' }, meta: { foldback } }),
        (foldback) => ({ type: 't', meta: { foldback } }),
        (foldback) => ({ type: 't', payload: null, error: true, meta: { foldback } }),
        (foldback) => ({
          type: 't"\\,',
          payload: ',"meta":{"foldback":{"id":"1","at":1',
          meta: { foldback },
        }),
        (foldback) => ({ type: 't', payload: { meta: { foldback } }, meta: { foldback } }),
        (foldback) => ({ type: 't', payload: 1, meta: { foldback, more: 1 } }),
        (foldback) => ({ type: 't', payload: 1, meta: { more: 1, foldback } }),
        (foldback) => ({ meta: { foldback }, type: 't', payload: 1 }),
        (foldback) => ({ payload: 1, type: 't', meta: { foldback } }),
      ]
      const events = stamps
        .flatMap((stamp) => shapes.map((shape) => [stamp, shape] as const))
        .map(([stamp, shape], index) => {
          const foldback = { id: `${index}`, at: 1, actor: 'ann', ...stamp }
          return sampleEvent('1', index, { ...foldback, action: JSON.stringify(shape(foldback)) })
        })
      const count = events.length
      const others = [{ id: 'other' }, { actor: 'bob' }].map((given, index) =>
        sampleEvent('1', count + index, { action: nth(events, 0).action, ...given }),
      )
      const own = [...events, ...others]
      await appendUnits(store, looseUnit(...own))
      const kept = await orderEvents(store, '1')
      deepEqual(
        kept.map(({ id, actor, action }) => ({ id, actor, action })),
        own.map(({ id, actor, action }) => ({ id, actor, action })),
      )
    },
  ),

  storeCase('keeps ids apart that look alike', async (store) => {
    const ids = [
      'a',
      'A',
      'a ',
      ' a',
      'ä',
      'a\u0308',
      '%',
      '_',
      "'",
      '"',
      '\\',
      'a/b',
      '1',
      '01',
      '1.0',
      'a\0',
      'a\0b',
    ]
    ids.push('__proto__', 'constructor', '\uffff', '\u{1f600}', '\u{1f600}\u{1f600}', 'x'.repeat(200))
    const units = ids.map((id) =>
      laneUnit(place(id, 1, `${id} actor`), [sampleEvent(id, 0, { id, actor: id })]),
    )
    const answers = await appendUnits(store, ...units)
    deepEqual(
      answers.map(({ status }) => status),
      ids.map(() => 'ok'),
    )
    const { heads, marks } = await store.read({
      streams: ids.map((id) => ({ model: 'order', id })),
      lanes: ids,
    })
    deepEqual(
      heads.map(({ tail }) => [tail.length, tail[0]?.id, tail[0]?.actor]),
      ids.map((id) => [1, id, id]),
    )
    deepEqual(
      marks,
      ids.map((id) => ({ actor: `${id} actor`, n: 1 })),
    )
    const listed: string[] = []
    for (;;) {
      const page = await store.list({ model: 'order', afterSeq: 0, afterId: listed.at(-1) ?? '', limit: 5 })
      if (page.length === 0) break
      listed.push(...idsOf(page))
    }
    deepEqual(listed.sort(), [...ids].sort())
  }),

  storeCase('refuses rather than mixes up ids that are not well-formed Unicode', async (store) => {
    const ids = ['\ud800', '\ud801', '\ufffd']
    for (const id of ids) await appendUnits(store, looseUnit(sampleEvent(id, 0))).catch(() => {})
    for (const id of ids) {
      const { tail } = await headOf(store, id)
      ok(tail.length <= 1)
      if (tail[0] !== undefined) equal(JSON.parse(tail[0].action).payload.id, id)
    }
    equal((await headOf(store, '\ufffd')).tail.length, 1)
  }),
]
