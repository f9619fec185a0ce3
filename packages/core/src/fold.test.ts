import { describe, expect, it, vi } from 'vitest'
import { type Action, stampAction, type Versions } from './action.ts'
import {
  foldAction,
  foldEvent,
  initialState,
  isStreamId,
  lacksRecord,
  streamKey,
  streamsOf,
  type RecordState,
} from './fold.ts'
import { type AnyModel, defineModel, type StreamIds, type Upcast } from './model.ts'

const creator = (type: string) => Object.assign((payload?: any) => ({ type, payload }), { type })
const actions = { created: creator('thing/created'), changed: creator('thing/changed') }
const stamp = (action: Action) => stampAction(action, { id: 'a1', at: 1, actor: 'ann' })

type Reducer = (state: any, action: any) => any
const entity = (reducer: Reducer, streamId: (action: any) => any = (action) => action.payload) =>
  defineModel(
    { name: 'thing', reducer, actions },
    { streamId: streamId as () => StreamIds, creates: ['created'] },
  )
const shared = (reducer: Reducer) => defineModel({ name: 'thing', reducer, actions })
const keep: Reducer = (state = null) => state

describe('streamsOf', () => {
  const idsFor = (found: unknown): unknown => {
    const outcome = streamsOf(
      entity(keep, () => found),
      actions.changed(),
      'ann',
    )
    return outcome.ok ? outcome.ids : outcome.refusal.code
  }

  it('is empty for an action that the model does not handle, without asking the model', () => {
    const streamId = vi.fn(() => '1')
    expect(streamsOf(entity(keep, streamId), { type: 'other/changed' }, 'ann')).toEqual({ ok: true, ids: [] })
    expect(streamId).not.toHaveBeenCalled()
  })

  it('is the one stream of a shared model, and the stream of the user of a user model', () => {
    expect(streamsOf(shared(keep), actions.changed(), 'ann')).toEqual({ ok: true, ids: ['shared'] })
    const settings = defineModel({ name: 'thing', reducer: keep, actions }, { stream: 'user' })
    expect(streamsOf(settings, actions.changed(), 'ann')).toEqual({ ok: true, ids: ['ann'] })
  })

  it('is what streamId finds: one, several, each once, or none', () => {
    expect(idsFor('7')).toEqual(['7'])
    expect(idsFor(['7', '8', '7'])).toEqual(['7', '8'])
    expect(idsFor([])).toEqual([])
    expect(idsFor(undefined)).toEqual([])
  })

  it.each([null, 7, '', 'x'.repeat(201), '__proto__', '\uD800', ['7', 8], {}])(
    'refuses the id %j',
    (found) => {
      expect(idsFor(found)).toBe('no-stream-id')
    },
  )

  it('refuses an action in which streamId throws, and says what it threw', () => {
    const outcome = streamsOf(
      entity(keep, ({ payload }) => payload.order.id),
      actions.changed({}),
      'ann',
    )
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'no-stream-id', finality: 'final' } })
    expect(outcome).toHaveProperty('thrown', expect.any(TypeError))
  })

  it('takes ids up to 200 characters, of any script', () => {
    expect(isStreamId('x'.repeat(200))).toBe(true)
    expect(isStreamId('注文 №7 🙂')).toBe(true)
    expect(isStreamId('constructor')).toBe(true)
  })
})

describe('a stream key', () => {
  it('is another for another model or id, whatever slashes the id has', () => {
    expect(new Set([streamKey('a', 'b/c'), streamKey('a', 'b'), streamKey('b', 'c')]).size).toBe(3)
  })
})

describe('a record that is not there', () => {
  it('is null for an entity, and the initial state of a slice for everything else', () => {
    expect(initialState(entity(keep))).toBeNull()
    expect(initialState(shared((state = { notes: [] }) => state))).toEqual({ notes: [] })
  })

  it('takes only the actions that create it, where the model says which', () => {
    expect(lacksRecord(entity(keep), null, actions.changed())).toBe(true)
    expect(lacksRecord(entity(keep), null, actions.created())).toBe(false)
    expect(lacksRecord(entity(keep), {}, actions.changed())).toBe(false)
    const anything = defineModel({ name: 'thing', reducer: keep, actions }, { streamId: () => '1' })
    expect(lacksRecord(anything, null, actions.changed())).toBe(false)
  })

  it('reaches the reducer as undefined, so that the slice starts with its own initial state', () => {
    const reducer = vi.fn((_state: unknown) => ({ isThere: true }))
    expect(foldAction(entity(reducer), null, stamp(actions.created()))).toEqual({
      ok: true,
      state: { isThere: true },
    })
    expect(reducer.mock.calls[0]![0]).toBeUndefined()
  })

  it('is what comes of a reducer that gives null or undefined', () => {
    for (const nothing of [null, undefined]) {
      expect(
        foldAction(
          entity(() => nothing),
          {},
          stamp(actions.changed()),
        ),
      ).toEqual({ ok: true, state: null })
    }
  })
})

describe('foldAction', () => {
  const fold = (model: AnyModel, state: RecordState, action: Action): unknown => {
    const outcome = foldAction(model, state, stamp(action))
    return outcome.ok ? outcome.state : outcome.refusal
  }

  it('refuses an action for a missing record without calling the reducer', () => {
    const reducer = vi.fn(keep)
    expect(fold(entity(reducer), null, actions.changed())).toMatchObject({ code: 'no-such-record' })
    expect(reducer).not.toHaveBeenCalled()
  })

  it('refuses what makes the reducer throw, and says what it threw', () => {
    const thrown = new Error('no line 3')
    const outcome = foldAction(
      shared(() => {
        throw thrown
      }),
      {},
      stamp(actions.changed()),
    )
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'reducer-threw' }, thrown })
    expect(!outcome.ok && outcome.refusal.message).toContain('no line 3')
  })

  it.each([
    ['lines[1].at is Date', { lines: [{}, { at: new Date(0) }] }],
    ['total is NaN', { total: Number.NaN }],
    ['the state itself is Map', new Map()],
    ['the state itself is a promise', Promise.resolve()],
  ])('refuses a state that JSON cannot carry: %s', (place, state) => {
    const refused = fold(
      shared(() => state),
      {},
      actions.changed(),
    )
    expect(refused).toMatchObject({ code: 'state-not-json', message: expect.stringContaining(place) })
  })

  it('refuses a state that nests deeper than any store could write', () => {
    let deep: object = {}
    for (let level = 0; level < 100_000; level++) deep = { deep }
    expect(
      fold(
        shared(() => deep),
        {},
        actions.changed(),
      ),
    ).toMatchObject({ code: 'state-not-json' })
  })
})

describe('foldEvent', () => {
  it('leaves the state as it was when a recorded event throws under newer code, and tells of it', () => {
    const state = { isKept: true }
    const onThrow = vi.fn()
    const thrown = new Error('unknown currency')
    const model = shared(() => {
      throw thrown
    })
    expect(foldEvent(model, state, stamp(actions.changed()), onThrow)).toBe(state)
    expect(onThrow).toHaveBeenCalledExactlyOnceWith(thrown)
  })

  it('folds an event on a missing record, which was admitted when it was recorded', () => {
    const model = entity(() => ({ isThere: true }))
    expect(foldEvent(model, null, stamp(actions.changed()), () => expect.unreachable())).toEqual({
      isThere: true,
    })
  })

  it('upcasts an event of an older version, each time, and leaves one of today or of later alone', () => {
    const upcast = (action: Action, from: number) => ({ type: action.type, payload: `upcast from ${from}` })
    const model = defineModel(
      { name: 'thing', reducer: (_: unknown, { payload }: any) => payload as unknown, actions },
      { version: 3, upcast },
    )
    const fold = (versions?: Versions): RecordState => {
      const stamped = stampAction(actions.changed('as it was'), {
        id: 'a1',
        at: 1,
        actor: 'ann',
        ...(versions && { versions }),
      })
      return foldEvent(model, null, stamped, () => expect.unreachable())
    }
    expect([fold(), fold({ other: 3 }), fold({ thing: 2 }), fold({ thing: 3 }), fold({ thing: 4 })]).toEqual([
      'upcast from 1',
      'upcast from 1',
      'upcast from 2',
      'as it was',
      'as it was',
    ])
  })

  it('leaves the state as it was when the upcast throws or gives no action back', () => {
    const state = { isKept: true }
    const model = (upcast: Upcast) =>
      defineModel({ name: 'thing', reducer: keep, actions }, { version: 2, upcast })
    const onThrow = vi.fn()
    const thrown = new Error('unknown currency')
    const throwing = model(() => {
      throw thrown
    })
    expect(foldEvent(throwing, state, stamp(actions.changed()), onThrow)).toBe(state)
    expect(onThrow).toHaveBeenCalledExactlyOnceWith(thrown)
    const emptying = model(() => undefined as never)
    expect(foldEvent(emptying, state, stamp(actions.changed()), onThrow)).toBe(state)
    expect(onThrow).toHaveBeenCalledTimes(2)
  })
})
