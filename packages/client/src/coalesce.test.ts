import { defineModel } from '@foldback/core'
import { type SimulatedDevice, SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'

/* Actions that overwrite each other, such as keystrokes, are merged while they have not been sent. */

type Field = 'title' | 'body'
const slice = createSlice({
  name: 'page',
  initialState: null as { id: string; title: string; body: string; log: string[] } | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string }>) => ({
      ...payload,
      title: '',
      body: '',
      log: [],
    }),
    typed(page, { payload }: PayloadAction<{ id: string; field: Field; text: string }>) {
      if (page !== null) page[payload.field] = payload.text
    },
    // What it makes depends on what was typed before.
    stamped(page, _action: PayloadAction<{ id: string }>) {
      page?.log.push(page.title)
    },
  },
})
const pages = defineModel(slice, {
  streamId: (action) => action.payload.id,
  creates: ['created'],
  coalesce: { typed: ({ payload }) => payload.field },
})
const typed = (text: string, field: Field = 'title') => slice.actions.typed({ id: '1', field, text })
const stamped = () => slice.actions.stamped({ id: '1' })

let world: SimulatedWorld<readonly [typeof pages]>
let device: SimulatedDevice
let pushFrames: number

beforeEach(async () => {
  world = new SimulatedWorld([pages] as const, {
    seed: 1,
    rules: {
      page: {
        guard: (_page, { payload }) => ('text' in payload && payload.text === 'refused' ? 'Not this.' : true),
      },
    },
  })
  await world.startServer()
  await world.waitFor(world.engine.submit([slice.actions.created({ id: '1' })], { actor: 'zoe', claims: {} }))
  device = world.makeDevice()
  pushFrames = 0
  world.network.observe = ({ direction, text }) => {
    if (direction === 'up' && text.includes('"push"')) pushFrames++
  }
})

async function connected() {
  const sync = world.makeClient('ann', {}, device.openPage())
  const store = configureStore({
    reducer: {
      ...sync.reducers,
      // A slice that is not synced.
      journal: (state: number = 0, { payload }: { type: string; payload?: { text?: string } }) => {
        if (payload?.text === 'throw in the journal') throw new Error('The journal is full.')
        return state
      },
    },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
    devTools: false,
  })
  sync.subscribe(pages)
  sync.connect()
  await world.runUntil(() => sync.isLoaded(pages))
  await world.run(1_000)
  return { sync, dispatch: store.dispatch, shown: () => sync.record(pages, '1') }
}

interface Logged {
  readonly type: string
  readonly payload: { readonly text?: string }
  readonly meta: { readonly foldback: { readonly merged?: number } }
}

/** What ann did, as it came to be recorded. */
const logged = (): Logged[] => world.memory.log.slice(1).map(({ action }) => JSON.parse(action) as Logged)
const texts = (): (string | undefined)[] => logged().map(({ payload }) => payload.text)
const rows = (): unknown[] =>
  device.list('action/').map(([, row]) => (row as unknown as { action: Logged }).action.payload.text)

describe('typing into a field', () => {
  it('while connected is few events and few frames, of which the last has all of it', async () => {
    const ann = await connected()
    let text = ''
    for (let count = 0; count < 100; count++) {
      text += 'x'
      ann.dispatch(typed(text))
      expect(ann.shown()?.title).toBe(text)
      await world.run(50)
    }
    await world.run(5_000)
    expect(ann.sync.status.pending).toBe(0)
    expect(logged().length).toBeLessThanOrEqual(10)
    expect(pushFrames).toBeLessThanOrEqual(10)
    expect(texts().at(-1)).toBe(text)
    expect(ann.shown()?.title).toBe(text)
    // Each keystroke is counted in the one that stands for it.
    const merged = logged().map(({ meta }) => meta.foldback.merged ?? 1)
    expect(merged.reduce((a, b) => a + b)).toBe(100)
  })

  it('does not keep others waiting for what was typed until it ends', async () => {
    const ann = await connected()
    for (let count = 0; count < 20; count++) {
      ann.dispatch(typed('x'.repeat(count + 1)))
      await world.run(100)
    }
    expect(logged().length).toBeGreaterThan(1)
  })

  it('offline is one row in the outbox, and one event later', async () => {
    const ann = await connected()
    device.setOnline(false)
    await world.run(1_000)
    for (const text of ['a', 'ab', 'abc']) {
      ann.dispatch(typed(text))
      await world.run(2_000)
    }
    expect(rows()).toEqual(['abc'])
    expect(ann.sync.pending()).toHaveLength(1)
    expect(ann.sync.status).toMatchObject({ pending: 1, queued: 1 })
    device.setOnline(true)
    await world.run(60_000)
    expect(texts()).toEqual(['abc'])
    expect(logged()[0]!.meta.foldback.merged).toBe(3)
    expect(rows()).toEqual([])
  })

  it('alone is one event that says nothing of merging', async () => {
    const ann = await connected()
    ann.dispatch(typed('a'))
    await world.run(5_000)
    expect(logged()[0]!.meta.foldback).not.toHaveProperty('merged')
  })
})

describe('typing into two fields by turns', () => {
  it('merges each by itself', async () => {
    const ann = await connected()
    for (const text of ['a', 'ab', 'abc']) {
      ann.dispatch(typed(text, 'title'))
      ann.dispatch(typed(text.toUpperCase(), 'body'))
    }
    expect(ann.shown()).toMatchObject({ title: 'abc', body: 'ABC' })
    await world.run(5_000)
    expect(texts()).toEqual(['abc', 'ABC'])
    expect(ann.shown()).toMatchObject({ title: 'abc', body: 'ABC' })
  })
})

describe('another action in between', () => {
  it('keeps its place: what was typed before it is recorded before it', async () => {
    const ann = await connected()
    device.setOnline(false)
    for (const action of [typed('a'), typed('ab'), stamped(), typed('abc'), typed('abcd')])
      ann.dispatch(action)
    expect(ann.shown()).toMatchObject({ title: 'abcd', log: ['ab'] })
    device.setOnline(true)
    await world.run(60_000)
    expect(texts()).toEqual(['ab', undefined, 'abcd'])
    expect(ann.shown()).toMatchObject({ title: 'abcd', log: ['ab'] })
  })

  it('does not wait for more to merge with', async () => {
    const ann = await connected()
    ann.dispatch(typed('a'))
    ann.dispatch(stamped())
    await world.run(500)
    expect(texts()).toEqual(['a', undefined])
  })
})

describe('what became of an action that was merged into another', () => {
  it.each([
    ['accepted', 'ab', { accepted: true }],
    ['refused', 'refused', { accepted: false, message: 'Not this.' }],
  ])('is what became of that one, when it is %s', async (_, last, expected) => {
    const ann = await connected()
    const first = ann.dispatch(typed('a'))
    const askedBefore = ann.sync.settled(first)
    const second = ann.dispatch(typed('x'))
    const third = ann.dispatch(typed(last))
    const asked = [askedBefore, ...[first, second, third].map((action) => ann.sync.settled(action))]
    const outcomes = await world.waitFor(Promise.all(asked))
    expect(outcomes[0]).toMatchObject({ ...expected, action: { payload: { text: last } } })
    for (const outcome of outcomes) expect(outcome).toBe(outcomes[0])
    expect(await ann.sync.settled(first)).toBe(outcomes[0])
    expect(ann.shown()?.title).toBe(last === 'refused' ? '' : last)
  })

  it('is that it was discarded, when that one is', async () => {
    const ann = await connected()
    const first = ann.dispatch(typed('a'))
    const second = ann.dispatch(typed('ab'))
    ann.sync.discard(second)
    await expect(ann.sync.settled(first)).rejects.toMatchObject({ code: 'discarded' })
    expect(ann.shown()?.title).toBe('')
    await world.run(5_000)
    expect(logged()).toEqual([])
  })
})

describe('a reducer of another slice that throws on the action that would be merged into', () => {
  it('leaves the earlier one as it was', async () => {
    const ann = await connected()
    const first = ann.dispatch(typed('a'))
    ann.dispatch(typed('b', 'body'))
    const pending = ann.sync.pending()
    const shown = ann.shown()
    expect(() => ann.dispatch(typed('throw in the journal'))).toThrow('The journal is full.')
    expect(ann.shown()).toBe(shown)
    expect(ann.sync.pending()).toEqual(pending)
    ann.dispatch(stamped())
    expect(ann.shown()).toMatchObject({ title: 'a', body: 'b', log: ['a'] })
    expect(await world.waitFor(ann.sync.settled(first))).toMatchObject({
      accepted: true,
      action: { payload: { text: 'a' } },
    })
    await world.run(5_000)
    expect(texts()).toEqual(['a', 'b', undefined])
    expect(logged()[0]!.meta.foldback).not.toHaveProperty('merged')
    expect(ann.shown()).toMatchObject({ title: 'a', body: 'b', log: ['a'] })
  })

  it('lets the next one be merged', async () => {
    const ann = await connected()
    ann.dispatch(typed('a'))
    expect(() => ann.dispatch(typed('throw in the journal'))).toThrow('The journal is full.')
    ann.dispatch(typed('ab'))
    await world.run(5_000)
    expect(texts()).toEqual(['ab'])
    expect(logged()[0]!.meta.foldback.merged).toBe(2)
  })
})
