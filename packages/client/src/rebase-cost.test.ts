import { defineModel } from '@foldback/core'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { describe, expect, it, vi } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { createSync } from './create-sync.ts'

/* What it costs to keep up, counted in reducer calls: it depends on what is pending, never on history. */

const slice = createSlice({
  name: 'counter',
  initialState: null as { id: string; count: number } | null,
  reducers: {
    counted(counter, { payload }: PayloadAction<{ id: string; by: number }>) {
      if (counter !== null) counter.count += payload.by
    },
  },
})
const counted = (by: number) => slice.actions.counted({ id: '1', by })

/** A page that has loaded a record at this version, whose count is the version, and so many actions in flight. */
async function pageWith({ version, pending }: { version: number; pending: number }) {
  const server = new FakeServer()
  const { clock, random, connect } = server
  const reducer = vi.fn(slice.reducer)
  const counters = defineModel({ ...slice, reducer }, { streamId: (action) => action.payload.id })
  const sync = createSync({
    url: 'ws://simulated',
    models: [counters],
    development: false,
    ports: { clock, random, connect, soon: (run) => void clock.after(0, run), warn: expect.unreachable },
  })
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) =>
      getDefault({ serializableCheck: false, immutableCheck: false }).concat(sync.middleware),
    devTools: false,
  })
  sync.connect()
  sync.subscribe(counters, '1')
  await server.welcome()
  const state = { id: '1', count: version }
  server.connection.say({
    type: 'snapshot',
    model: 'counter',
    id: '1',
    version,
    eventId: `e${version}`,
    state,
    marks: {},
  })
  server.connection.take('push')
  for (let each = 0; each < pending; each++) store.dispatch(counted(1))
  await server.run(0)
  const pushed = server.connection.take('push')
  expect(pushed.flatMap(({ actions }) => actions)).toHaveLength(pending)
  const lane = pushed[0]!.lane
  reducer.mockClear()
  return {
    reducer,
    store,
    sync,
    count: () => store.getState().counter.entities['1']?.count,
    settle: (from: number, to = from) => {
      const places = [{ model: 'counter', id: '1', version: version + from }]
      server.connection.say({ type: 'settled', lane, from, to, places })
    },
    /** One frame of somebody else's events, after so many that were confirmed. */
    foreign: (events: number, confirmed = version) => {
      const wire = Array.from({ length: events }, (_, index) => {
        const id = `z${index}`
        const action = { ...counted(1_000), meta: { foldback: { id, at: 1, actor: 'zoe' } } }
        const at = confirmed + 1 + index
        return { id, version: at, seq: at, action, actor: 'zoe', receivedAt: 1 }
      })
      server.connection.say({ type: 'events', model: 'counter', id: '1', events: wire })
    },
  }
}

describe.each([100, 100_000])('with %i events in the past', (version) => {
  it('settling one’s own oldest actions calls no reducer and changes no reference', async () => {
    const { reducer, store, sync, settle, count } = await pageWith({ version, pending: 1_000 })
    const told = vi.fn()
    store.subscribe(told)
    const before = store.getState()
    settle(1)
    expect(sync.status.pending).toBe(999)
    settle(2, 1_000)
    expect(sync.status.pending).toBe(0)
    expect(reducer).not.toHaveBeenCalled()
    expect(told).not.toHaveBeenCalled()
    expect(store.getState()).toBe(before)
    expect(count()).toBe(version + 1_000)
  })

  it('a foreign event costs itself and what is pending', async () => {
    const { reducer, foreign, count } = await pageWith({ version, pending: 1_000 })
    foreign(1)
    expect(count()).toBe(version + 2_000)
    expect(reducer.mock.calls.length).toBeLessThanOrEqual(1_001)
  })

  it('a frame of foreign events costs each of them, and what is pending once', async () => {
    const { reducer, foreign, count } = await pageWith({ version, pending: 1_000 })
    foreign(100)
    expect(count()).toBe(version + 101_000)
    expect(reducer.mock.calls.length).toBeLessThanOrEqual(1_100)
  })

  it('a foreign event with nothing pending costs itself', async () => {
    const { reducer, foreign, settle, count } = await pageWith({ version, pending: 1 })
    settle(1)
    foreign(1, version + 1)
    expect(count()).toBe(version + 1_001)
    expect(reducer).toHaveBeenCalledOnce()
  })
})
