import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict'
import type { AppendUnit, EventStore, NewEvent, StoredEvent, UnitOutcome } from '@foldback/engine'
import {
  appendUnits,
  batchOf,
  laneUnit,
  looseUnit,
  place,
  sampleEvent,
  sampleModels,
  sampleRecord,
} from './store-samples.ts'

/** A store to be tried, not open yet. */
export interface StoreUnderTest {
  readonly store: EventStore
  /** Another store, not open yet, over what the first one kept. The first one is closed before. */
  reopen(): Promise<EventStore>
  cleanup?(): Promise<void>
}

export type MakeStore = () => Promise<StoreUnderTest>

/** One thing that every store must hold. `run` rejects when it does not. */
export interface StoreCase {
  readonly name: string
  run(make: MakeStore): Promise<void>
}

type Check = (store: EventStore, again: () => Promise<EventStore>) => Promise<void>

function storeCase(name: string, check: Check): StoreCase {
  return { name, run: (make) => runCase(make, check) }
}

async function runCase(make: MakeStore, check: Check): Promise<void> {
  const subject = await make()
  let store = subject.store
  try {
    await store.open(sampleModels)
    await check(store, async () => {
      await store.close()
      store = await subject.reopen()
      await store.open(sampleModels)
      return store
    })
  } finally {
    await store.close()
    await subject.cleanup?.()
  }
}

/** Everything that is kept about these streams and lanes, for "nothing has changed". */
async function everything(store: EventStore, streams: readonly string[], lanes: readonly string[]) {
  return {
    read: await store.read({ streams: streams.map((id) => ({ model: 'order', id })), lanes }),
    list: await store.list({ model: 'order', afterSeq: 0, afterId: '', limit: 1000 }),
    outcomes: await Promise.all(lanes.map((lane) => store.outcomes(lane, 1, 1000))),
    tip: await store.tip(),
  }
}

const orderEvents = (store: EventStore, id: string) => store.events({ model: 'order', id }, 1, 1000)

const versionsOf = (events: readonly StoredEvent[]) => events.map(({ version }) => version)

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id)

/** What a new event becomes, but for its seq: those rise, but may have holes. */
function stored(event: NewEvent, unit: AppendUnit = looseUnit(event)): Omit<StoredEvent, 'seq'> {
  const { id, expectedVersion, action, actor, receivedAt } = event
  const { lane, n } = unit.lane ?? { lane: undefined, n: undefined }
  return { id, version: expectedVersion + 1, action, actor, receivedAt, lane, n }
}

/** The same with no `seq` anywhere in it. */
function withoutSeqs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSeqs)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'seq')
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutSeqs(part)]))
}

/** The positions in an answer, in order. */
function seqsOf(answers: readonly UnitOutcome[]): readonly number[] {
  return answers.flatMap((outcome) => (outcome.status === 'ok' ? outcome.seqs : []))
}

async function headOf(store: EventStore, id: string) {
  const { heads } = await store.read({ streams: [{ model: 'order', id }], lanes: [] })
  return heads[0]!
}

async function markOf(store: EventStore, lane: string) {
  const { marks } = await store.read({ streams: [], lanes: [lane] })
  return marks[0]
}

const appending: readonly StoreCase[] = [
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
      stored(loose.events[0]!, loose),
      stored(laned.events[0]!, laned),
    ])
  }),

  storeCase('keeps an id that is not the one in the action', async (store) => {
    const ids = ['other', '', 'mére "x"', '1', 'null']
    const actions = ['{"meta":{"foldback":{"id":1}}}', '{}', '{"meta":null}', '[]', '"text"']
    const events = ids.map((id, index) => sampleEvent('1', index, { id, action: actions[index]! }))
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

const conflicts: readonly StoreCase[] = [
  storeCase('answers a conflict with the events that are missing, and changes nothing', async (store) => {
    const events = [sampleEvent('1', 0), sampleEvent('1', 1), sampleEvent('1', 2)]
    await appendUnits(store, looseUnit(...events))
    const before = await everything(store, ['1'], ['lane'])
    const answer = await appendUnits(store, laneUnit(place('lane', 1), [sampleEvent('1', 1)], '"refused"'))
    const missing = [{ model: 'order', stream: '1', events: [stored(events[1]!), stored(events[2]!)] }]
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
    deepEqual(withoutSeqs(await orderEvents(store, '1')), [stored(unit.events[0]!, unit)])
    deepEqual(withoutSeqs(await store.events({ model: 'board', id: '1' }, 1, 10)), [
      stored(unit.events[1]!, unit),
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
    const retried = await appendUnits(store, laneUnit(place('lane', 1), [events[0]!, events[2]!]))
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

const lanes: readonly StoreCase[] = [
  storeCase('moves a mark only from n − 1 to n', async (store) => {
    const statuses: string[] = []
    for (const n of [2, 1, 1, 3, 2, 1, 2, 4, 3]) {
      statuses.push((await appendUnits(store, laneUnit(place('lane', n), [])))[0]!.status)
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
    deepEqual(withoutSeqs(await orderEvents(store, '1')), [stored(unit.events[0]!, unit)])
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
          { lane: 'lane', upTo: 2 },
          { lane: 'unknown', upTo: 9 },
        ],
      }),
    )
    deepEqual(await kept(1, 5), [4, 5])
    deepEqual(await store.outcomes('other', 1, 5), [{ n: 1, outcome: '"other"' }])
    deepEqual(await markOf(store, 'lane'), { actor: 'ann', n: 5 })
    deepEqual(await appendUnits(store, laneUnit(place('lane', 1), [])), [{ status: 'duplicate' }])
  }),
]

const records: readonly StoreCase[] = [
  storeCase('gives the newest kept record and the events after it', async (store) => {
    const events = [0, 1, 2].map((version) => sampleEvent('1', version))
    const record = sampleRecord(events[1]!, { state: '{"b":1,"a":2}', modelVersion: 7 })
    await store.append(batchOf([looseUnit(events[0]!, events[1]!)], { records: [record] }))
    await appendUnits(store, looseUnit(events[2]!))
    const { model: _model, stream: _stream, ...kept } = record
    deepEqual(withoutSeqs(await headOf(store, '1')), { record: kept, tail: [stored(events[2]!)] })
    const newer = sampleRecord(events[2]!, { state: 'null' })
    await store.append(batchOf([], { records: [newer] }))
    const { record: last, tail } = await headOf(store, '1')
    deepEqual([last?.version, last?.state, tail], [3, 'null', []])
  }),

  storeCase('keeps a record only when its stream then is at exactly its version', async (store) => {
    const events = [0, 1].map((version) => sampleEvent('1', version))
    const of = (version: number) => sampleRecord(events[0]!, { version })
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

const reading: readonly StoreCase[] = [
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
    const seqs = seqsOf(await store.append(batchOf(units, { records: [sampleRecord(events[1]!)] })))
    const list = (afterSeq: number) => store.list({ model: 'order', afterSeq, afterId: '', limit: 9 })
    deepEqual(idsOf(await list(0)), ['a', 'b', 'c'])
    deepEqual(idsOf(await list(seqs[1]!)), ['a', 'c'])
    deepEqual(idsOf(await list(seqs[2]!)), ['a'])
    deepEqual(await list(seqs[3]!), [])
    const [a, b] = await list(seqs[0]!)
    deepEqual(withoutSeqs(a), { id: 'a', record: undefined, tail: [stored(events[0]!), stored(events[3]!)] })
    deepEqual([b?.record?.version, b?.tail], [1, []])
  }),

  storeCase('names the event at each position, and the last position', async (store) => {
    const events = [sampleEvent('1', 0), sampleEvent('2', 0), sampleEvent('1', 1)]
    const answers = await appendUnits(store, ...events.map((event) => looseUnit(event)))
    const seqs = seqsOf(answers)
    deepEqual(await Promise.all(seqs.map((seq) => store.eventIdAt(seq))), idsOf(events))
    deepEqual(await store.tip(), { seq: seqs[2], id: events[2]!.id })
    equal(await store.eventIdAt(seqs[2]! + 1), undefined)
    equal(await store.eventIdAt(0), undefined)
  }),

  storeCase('shows a unit as a whole, and never a new event below the last position', async (store) => {
    const rounds = Array.from({ length: 100 }, (_, index) =>
      appendUnits(
        store,
        laneUnit(place('lane', index + 1), [sampleEvent('1', index), sampleEvent('2', index)]),
      ),
    )
    let isDone = false
    const done = Promise.all(rounds).finally(() => (isDone = true))
    const streams = ['1', '2'].map((id) => ({ model: 'order', id }))
    let seen = 0
    while (!isDone) {
      const tip = await store.tip()
      const { heads, marks } = await store.read({ streams, lanes: ['lane'] })
      const [first, second] = heads.map(({ tail }) => tail)
      equal(first!.length, second!.length)
      equal(first!.length, marks[0]?.n ?? 0)
      const last = second!.at(-1)?.seq ?? 0
      ok(seen <= tip.seq && tip.seq <= last)
      seen = last
    }
    await done
    equal((await headOf(store, '1')).tail.length, 100)
  }),

  storeCase('shows what was answered to whoever reads after that', async (store) => {
    for (let version = 0; version < 30; version += 1) {
      await appendUnits(store, laneUnit(place('lane', version + 1), [sampleEvent('1', version)]))
      equal((await headOf(store, '1')).tail.length, version + 1)
      equal((await markOf(store, 'lane'))?.n, version + 1)
    }
  }),
]

const texts: readonly StoreCase[] = [
  storeCase('keeps JSON text as it is', async (store) => {
    const actions = [
      '{"type":"t","z":1,"a":2,"10":3,"9":4}',
      '{ "type" : "t",\n\t"n": [1.0, 1e2, -0, 12345678901234567890, 0.1000]}',
      '{"type":"t","text":"ä \u{1f600} \\ud83d \\u0000 \\/ \u2028 \u{10ffff} \ufeff"}',
      '{"type":"t","type":"u"}',
      `{"type":"t","text":"${'0123456789abcdef'.repeat(65_536)}"}`,
    ]
    const events = actions.map((action, index) => sampleEvent('1', index, { action }))
    const record = sampleRecord(events[4]!, { state: actions[2]! })
    await store.append(batchOf([laneUnit(place('lane', 1), events, actions[1])], { records: [record] }))
    const kept = await orderEvents(store, '1')
    deepEqual(
      kept.map(({ action }) => action),
      actions,
    )
    equal((await headOf(store, '1')).record?.state, actions[2])
    deepEqual(await store.outcomes('lane', 1, 1), [{ n: 1, outcome: actions[1] }])
  }),

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

const life: readonly StoreCase[] = [
  storeCase('keeps everything when it is closed and opened again', async (store, again) => {
    const event = sampleEvent('1', 0)
    const units = [laneUnit(place('lane', 1), [event], '"kept"'), looseUnit(sampleEvent('2', 0))]
    await store.append(batchOf(units, { records: [sampleRecord(event)] }))
    const before = await everything(store, ['1', '2'], ['lane'])
    const reopened = await again()
    deepEqual(await everything(reopened, ['1', '2'], ['lane']), before)
    const answers = await appendUnits(reopened, units[0]!, looseUnit(sampleEvent('1', 1)))
    deepEqual(
      answers.map(({ status }) => status),
      ['duplicate', 'ok'],
    )
    notEqual((await reopened.tip()).seq, before.tip.seq)
  }),

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
  }),
]

/**
 * What every event store must hold. Each case makes a store of its own.
 *
 * @example for (const { name, run } of storeContract) it(name, () => run(async () => ({ store: …, reopen: … })))
 */
export const storeContract: readonly StoreCase[] = [
  ...appending,
  ...conflicts,
  ...lanes,
  ...records,
  ...reading,
  ...texts,
  ...life,
]
