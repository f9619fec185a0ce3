import { FoldbackError } from '@foldback/core'
import { describe, expect, it } from 'vitest'
import type { AppendBatch, EventStore, UnitOutcome } from '../event-store.ts'
import { ann, bob, created, given, lineAdded, noted, Rig, settle } from '../test-parts/rig.ts'

const named = (action: object, id: string): object => ({ ...action, meta: { foldback: { id } } })
const codesOf = (settlements: readonly object[]): unknown[] =>
  settlements.map((settlement) =>
    'refusal' in settlement ? (settlement.refusal as { code: string }).code : 'accepted',
  )

/** Appends go through `failing` until it answers nothing; then to the memory store. */
function failingOnce(
  rig: () => Rig,
  failing: (batch: AppendBatch) => Promise<readonly UnitOutcome[]> | undefined,
): Partial<EventStore> {
  return { append: (batch) => failing(batch) ?? rig().store.append(batch) }
}

describe('a turn', () => {
  it('takes what came together as one commit, and folds each action on the one before', async () => {
    const batches: AppendBatch[] = []
    const rig: Rig = await Rig.start({
      store: { append: (batch) => (batches.push(batch), rig.store.append(batch)) },
    })
    const outcomes = await rig.engine.submit(
      [
        created({ id: '1', owner: 'ann' }),
        lineAdded({ id: '1', line: 'a' }),
        lineAdded({ id: '1', line: 'b' }),
      ],
      ann,
    )
    expect(codesOf(outcomes)).toEqual(['accepted', 'accepted', 'accepted'])
    expect(batches).toHaveLength(1)
    expect(await rig.log('order', '1')).toEqual(['1 order/created', '2 order/lineAdded', '3 order/lineAdded'])
  })

  it('keeps of what an action says in its meta.foldback what is known, and of its other meta all', async () => {
    const rig = await Rig.start()
    const stamp = { id: 'a', at: 0, actor: 'ann' }
    const sent = [
      { ...noted('as it should be'), meta: { foldback: stamp, page: 7 } },
      { ...noted('with more'), meta: { foldback: { ...stamp, id: 'b', seq: 1, role: 'admin' }, page: 7 } },
      { ...noted('with another version'), meta: { foldback: { ...stamp, id: 'c', versions: { board: 1 } } } },
    ]
    await rig.engine.submit(sent, ann)
    const events = await rig.store.events({ model: 'board', id: 'shared' }, 1, 9)
    expect(events.map(({ action }) => JSON.parse(action).meta as unknown)).toEqual([
      { foldback: stamp, page: 7 },
      { foldback: { ...stamp, id: 'b' }, page: 7 },
      { foldback: { ...stamp, id: 'c' } },
    ])
  })

  it('keeps what is valid in a batch whatever is wrong with the rest', async () => {
    const rig = await Rig.start()
    const outcomes = await rig.engine.submit(
      [
        created({ id: '1', owner: 'ann' }),
        { type: 'nobody/knows' },
        'no action',
        lineAdded({ id: '2', line: 'of no order' }),
        lineAdded({ id: '1', line: 'throw' }),
        { type: 'order/lineAdded', payload: { line: 'without id' } },
        JSON.parse('{"type":"order/lineAdded","payload":{"__proto__":{},"id":"1"}}'),
        lineAdded({ id: '1', line: 'a' }),
      ],
      ann,
    )
    expect(codesOf(outcomes)).toEqual([
      'accepted',
      'unknown-type',
      'not-an-action',
      'no-such-record',
      'reducer-threw',
      'no-stream-id',
      'forbidden-key',
      'accepted',
    ])
    expect(await rig.log('order', '1')).toEqual(['1 order/created', '2 order/lineAdded'])
  })

  it('records one action in several streams, or in none', async () => {
    const rig = await Rig.start({
      rules: { board: { guard: (_record, action) => action.payload.owner !== 'nobody' || 'To nobody.' } },
    })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    expect(codesOf(await rig.engine.submit([given({ id: '1', owner: 'bob' })], ann))).toEqual(['accepted'])
    expect(codesOf(await rig.engine.submit([given({ id: '1', owner: 'nobody' })], ann))).toEqual(['refused'])
    expect(await rig.log('order', '1')).toEqual(['1 order/created', '2 order/given'])
    expect(await rig.log('board', 'shared')).toEqual(['1 order/given'])
  })

  it('folds the next turn while one is being committed, and answers none before its own commit', async () => {
    const commits: (() => void)[] = []
    const rig: Rig = await Rig.start({
      store: {
        append: async (batch) => (await new Promise<void>((go) => commits.push(go)), rig.store.append(batch)),
      },
    })
    const said: string[] = []
    void rig.engine.submit([created({ id: '1', owner: 'ann' })], ann).then(() => said.push('created'))
    await settle()
    void rig.engine.submit([lineAdded({ id: '1', line: 'a' })], ann).then(() => said.push('line'))
    void rig.engine.submit([lineAdded({ id: '2', line: 'x' })], ann).then(() => said.push('refused'))
    await settle()
    expect(commits).toHaveLength(1)
    expect(said).toEqual([])
    commits[0]!()
    await settle()
    expect(said).toEqual(['created'])
    commits[1]!()
    await settle()
    expect(said).toEqual(['created', 'line', 'refused'])
  })
})

describe('when the store cannot', () => {
  it('a full disk puts actions off, loses nothing, and is over when there is room', async () => {
    let isFull = true
    const rig: Rig = await Rig.start({
      store: failingOnce(
        () => rig,
        () => (isFull ? Promise.reject(new FoldbackError('disk-full')) : undefined),
      ),
    })
    expect(codesOf(await rig.engine.submit([named(noted('a'), 'a')], ann))).toEqual(['disk-full'])
    expect((await rig.engine.queries.record(ann, { model: 'board', id: 'shared' })).version).toBe(0)
    expect(rig.incidents.map(({ code }) => code)).toEqual(['disk-full'])
    isFull = false
    expect(codesOf(await rig.engine.submit([named(noted('a'), 'a')], ann))).toEqual(['accepted'])
    expect(await rig.log('board', 'shared')).toEqual(['1 board/noted'])
  })

  it('what was folded on a commit that failed is not used', async () => {
    const commits: ((fail: boolean) => void)[] = []
    const rig: Rig = await Rig.start({
      store: {
        append: async (batch) => {
          const fails = await new Promise<boolean>((go) => commits.push(go))
          if (fails) throw new FoldbackError('store-failed')
          return rig.store.append(batch)
        },
      },
    })
    const first = rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await settle()
    const second = rig.engine.submit([lineAdded({ id: '1', line: 'on nothing' })], ann)
    await settle()
    commits[0]!(true)
    expect(codesOf(await first)).toEqual(['store-failed'])
    expect(codesOf(await second)).toEqual(['store-failed'])
    const third = rig.engine.submit([lineAdded({ id: '1', line: 'on nothing' })], ann)
    await settle()
    expect(codesOf(await third)).toEqual(['no-such-record'])
    expect(await rig.log('order', '1')).toEqual([])
  })

  it('an action that comes again while its commit fails is not called accepted', async () => {
    let fail = (): void => {}
    const rig: Rig = await Rig.start({
      store: {
        append: () =>
          new Promise((_resolve, reject) => (fail = () => reject(new FoldbackError('store-failed')))),
      },
    })
    const first = rig.engine.submit([named(noted('a'), 'x')], ann)
    await settle()
    const again = rig.engine.submit([named(noted('a'), 'x')], ann)
    await settle()
    fail()
    expect(codesOf(await first)).toEqual(['store-failed'])
    expect(codesOf(await again)).toEqual(['busy'])
  })

  it('one action that cannot be stored is found and refused, and those around it are kept once', async () => {
    const isPoison = (batch: AppendBatch): boolean =>
      batch.units.some(({ events }) => events.some(({ action }) => action.includes('poison')))
    const rig: Rig = await Rig.start({
      store: failingOnce(
        () => rig,
        (batch) => (isPoison(batch) ? Promise.reject(new FoldbackError('unstorable')) : undefined),
      ),
    })
    const notes = Array.from({ length: 20 }, (_, index) => (index === 13 ? 'poison' : `note ${index}`))
    const outcomes = await rig.engine.submit(
      notes.map((note, index) => named(noted(note), `id ${index}`)),
      ann,
    )
    expect(codesOf(outcomes)).toEqual(notes.map((note) => (note === 'poison' ? 'unstorable' : 'accepted')))
    const { state } = await rig.engine.queries.record(ann, { model: 'board', id: 'shared' })
    expect(state).toEqual({ notes: notes.filter((note) => note !== 'poison') })
  })

  it('one action that makes its record too large is refused, and those around it are kept', async () => {
    const rig = await Rig.start({ limits: { recordBytesMax: 1_000 } })
    const outcomes = await rig.engine.submit(
      [
        created({ id: '1', owner: 'ann' }),
        lineAdded({ id: '1', line: 'a' }),
        lineAdded({ id: '1', line: 'huge' }),
        lineAdded({ id: '1', line: 'b' }),
      ],
      ann,
    )
    expect(codesOf(outcomes)).toEqual(['accepted', 'accepted', 'record-too-large', 'accepted'])
  })

  it('an action that cannot be told is tried again when it names itself, and only then', async () => {
    for (const isWritten of [true, false]) {
      let isFirst = true
      const rig: Rig = await Rig.start({
        store: {
          append: async (batch) => {
            if (!isFirst) return rig.store.append(batch)
            isFirst = false
            if (isWritten) await rig.store.append(batch)
            return batch.units.map(() => ({ status: 'unknown' }))
          },
        },
      })
      const outcomes = await rig.engine.submit([named(noted('a'), 'a'), noted('b')], ann)
      expect(codesOf(outcomes)).toEqual(['accepted', 'unknown-outcome'])
      const { state } = await rig.engine.queries.record(ann, { model: 'board', id: 'shared' })
      expect((state as { notes: string[] }).notes.filter((note) => note === 'a')).toEqual(['a'])
    }
  })

  it('folds again on what another writer has written first', async () => {
    const rig = await Rig.start()
    await rig.engine.submit([noted('a')], ann)
    const other = await Rig.start({ memory: rig.memory })
    await other.engine.submit([noted('b')], bob)
    expect(codesOf(await rig.engine.submit([noted('c')], ann))).toEqual(['accepted'])
    const { state, version } = await rig.engine.queries.record(ann, { model: 'board', id: 'shared' })
    expect({ state, version }).toEqual({ state: { notes: ['a', 'b', 'c'] }, version: 3 })
  })
})

describe('exactly once', () => {
  it('an action that names itself happens once, and gets its first outcome again', async () => {
    const rig = await Rig.start()
    const [first] = await rig.engine.submit([named(noted('a'), 'x')], ann)
    const [again] = await rig.engine.submit([named(noted('a'), 'x')], ann)
    expect(again).toEqual({ ...first, isDuplicate: true })
    // Another user's id is another id.
    expect(codesOf(await rig.engine.submit([named(noted('a'), 'x')], bob))).toEqual(['accepted'])
    expect(await rig.log('board', 'shared')).toHaveLength(2)
  })

  it('the same action twice in one turn happens once', async () => {
    const rig = await Rig.start()
    const outcomes = await rig.engine.submit([named(noted('a'), 'x'), named(noted('a'), 'x')], ann)
    expect(codesOf(outcomes)).toEqual(['accepted', 'accepted'])
    expect(await rig.log('board', 'shared')).toHaveLength(1)
  })

  it('a refusal stays one, even when the rule would allow it now', async () => {
    let isOpen = false
    const rig = await Rig.start({ rules: { board: { guard: () => isOpen || 'The board is closed.' } } })
    const send = () => rig.engine.submit([named(noted('a'), 'x')], ann)
    const refused = {
      status: 'refused',
      refusal: { code: 'refused', message: 'The board is closed.', finality: 'final' },
    }
    expect(await send()).toMatchObject([refused])
    isOpen = true
    expect(await send()).toMatchObject([refused])
  })

  it('an idempotency key covers a whole list, and is forgotten after the stated time', async () => {
    const rig = await Rig.start({ limits: { idempotencyMs: 10_000 } })
    const send = () => rig.engine.submit([noted('a'), noted('b')], ann, 'key')
    await send()
    expect(await send()).toMatchObject([{ isDuplicate: true }, { isDuplicate: true }])
    expect(await rig.log('board', 'shared')).toHaveLength(2)
    await rig.pass(2 * 60 * 60 * 1_000)
    expect(rig.memory.lanes.size).toBe(0)
  })
})

describe('what the server says of an action', () => {
  it('takes the actor from the session, and replaces a time in the future', async () => {
    const rig = await Rig.start()
    const forged = {
      ...noted('a'),
      meta: { foldback: { id: 'x', actor: 'admin', at: rig.clock.now() + 60_000 }, other: 1 },
    }
    await rig.engine.submit([forged], ann)
    const { events } = await rig.engine.queries.events(ann, { model: 'board', id: 'shared' }, 1, 10)
    const [event] = events
    expect(event).toMatchObject({
      actor: 'ann',
      action: { meta: { foldback: { id: 'x', actor: 'ann', at: rig.clock.now() }, other: 1 } },
    })
  })

  it('enriches an action, and refuses an enrichment that moves it elsewhere', async () => {
    const rig = await Rig.start({
      rules: {
        order: {
          enrich: (action) =>
            action.payload.line === 'stray'
              ? lineAdded({ id: 'other', line: 'x' })
              : { ...action, payload: { ...action.payload, line: 'priced' } },
        },
      },
    })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    expect(codesOf(await rig.engine.submit([lineAdded({ id: '1', line: 'a' })], ann))).toEqual(['accepted'])
    expect(codesOf(await rig.engine.submit([lineAdded({ id: '1', line: 'stray' })], ann))).toEqual([
      'rule-threw',
    ])
    expect((await rig.engine.queries.record(ann, { model: 'order', id: '1' })).state).toMatchObject({
      lines: ['priced'],
    })
    expect(rig.incidents.map(({ code }) => code)).toEqual(['rule-threw'])
  })

  it('refuses what a rule forbids, and what makes a rule throw', async () => {
    const rig = await Rig.start({
      rules: {
        board: {
          canDispatch: (_action, session) =>
            session.actor === 'ann' || { code: 'forbidden', message: 'Only Ann.' },
          guard: (_record, action) => {
            if (action.payload === 'throw') throw new Error('A bug in the rule.')
            return action.payload === 'no' ? { code: 'not-today', message: 'Come back tomorrow.' } : undefined
          },
        },
      },
    })
    expect(codesOf(await rig.engine.submit([noted('a')], bob))).toEqual(['forbidden'])
    expect(codesOf(await rig.engine.submit([noted('throw'), noted('no'), noted('a')], ann))).toEqual([
      'rule-threw',
      'not-today',
      'accepted',
    ])
  })
})

describe('bounds', () => {
  it('refuses as busy what is more than can be queued', async () => {
    const rig = await Rig.start({ limits: { queuedActionsMax: 3 } })
    const outcomes = await rig.engine.submit(
      ['a', 'b', 'c', 'd'].map((note) => noted(note)),
      ann,
    )
    expect(codesOf(outcomes)).toEqual(['accepted', 'accepted', 'accepted', 'busy'])
  })

  it('works with caches of one record and one lane, and turns of two actions', async () => {
    const rig = await Rig.start({ limits: { cachedRecordBytesMax: 1, cachedLanesMax: 1, turnActionsMax: 2 } })
    const actions = ['1', '2', '3'].flatMap((id) => [
      named(created({ id, owner: 'ann' }), `c${id}`),
      named(lineAdded({ id, line: 'a' }), `l${id}`),
    ])
    expect(codesOf(await rig.engine.submit(actions, ann))).toEqual(actions.map(() => 'accepted'))
    expect(codesOf(await rig.engine.submit(actions, ann))).toEqual(actions.map(() => 'accepted'))
    for (const id of ['1', '2', '3']) expect(await rig.log('order', id)).toHaveLength(2)
    expect(rig.engine.load.cachedRecords).toBe(1)
  })

  it('rejects a limit that is none', () => {
    expect(() => new Rig({ limits: { turnActionsMax: 0 } })).toThrow(/turnActionsMax/)
    expect(() => new Rig({ limits: { nonsense: 1 } as object })).toThrow(/nonsense/)
  })
})

describe('records beside the log', () => {
  it('trail a busy stream, and catch up when it rests', async () => {
    const rig = await Rig.start({ limits: { restMs: 1_000 } })
    await rig.engine.submit([created({ id: '1', owner: 'ann' })], ann)
    await rig.engine.submit([lineAdded({ id: '1', line: 'x'.repeat(500) })], ann)
    await rig.engine.submit([lineAdded({ id: '1', line: 'short' })], ann)
    const kept = () => rig.memory.streams.get('order/1')!.record!.version
    expect(kept()).toBe(2)
    await rig.pass(2_500)
    expect(kept()).toBe(3)
  })

  it('are all written when the engine closes, and what comes after is put off', async () => {
    const rig = await Rig.start()
    await rig.engine.submit(
      [created({ id: '1', owner: 'ann' }), lineAdded({ id: '1', line: 'x'.repeat(500) })],
      ann,
    )
    const last = rig.engine.submit([lineAdded({ id: '1', line: 'short' })], ann)
    await rig.engine.close()
    expect(codesOf(await last)).toEqual(['accepted'])
    expect(rig.memory.streams.get('order/1')!.record!.version).toBe(3)
    expect(codesOf(await rig.engine.submit([noted('late')], ann))).toEqual(['closing'])
  })

  it('are not used when other code folded them: the log is', async () => {
    const rig = await Rig.start()
    await rig.engine.submit([noted('a'), noted('b')], ann)
    await rig.engine.close()
    const stream = rig.memory.streams.get('board/shared')!
    stream.record = { ...stream.record!, modelVersion: 7, state: '{"notes":["of another version"]}' }
    const next = await Rig.start({ memory: rig.memory })
    expect((await next.engine.queries.record(ann, { model: 'board', id: 'shared' })).state).toEqual({
      notes: ['a', 'b'],
    })
  })
})
