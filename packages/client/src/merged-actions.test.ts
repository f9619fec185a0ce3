import { defineModel } from '@foldback/core'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { createSync } from './create-sync.ts'
import { MemoryOutbox } from './outbox/memory-outbox.ts'

const slice = createSlice({
  name: 'doc',
  initialState: null as { id: string; text: string } | null,
  reducers: { typed: (_, { payload }: PayloadAction<{ id: string; text: string }>) => payload },
})
const models = [
  defineModel(slice, { streamId: (a) => a.payload.id, coalesce: { typed: () => 'text' } }),
] as const
function make() {
  const server = new FakeServer()
  const outbox = new MemoryOutbox()
  const sync = createSync({
    url: 'ws://x',
    models,
    outbox,
    token: () => 'ann',
    ports: {
      clock: server.clock,
      random: server.random,
      connect: server.connect,
      soon: (run) => void server.clock.after(0, run),
      warn: () => {},
    },
  })
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (d) => d().concat(sync.middleware),
    devTools: false,
  })
  return { server, sync, store, outbox }
}
const typed = (text: string) => slice.actions.typed({ id: '1', text })

it('discarding an action that was merged into another discards what it became, or says too-late', async () => {
  const { server, sync, store } = make()
  const first = typed('a')
  store.dispatch(first)
  store.dispatch(typed('ab'))
  await server.run(0)
  expect(sync.pending()).toHaveLength(1)
  let thrown: unknown
  try {
    sync.discard(first)
  } catch (error) {
    thrown = error
  }
  await server.run(0)
  expect(thrown !== undefined || sync.pending().length === 0).toBe(true)
})

it('settled of a merged then discarded heir', async () => {
  const { server, sync, store } = make()
  const first = typed('a')
  const second = typed('ab')
  store.dispatch(first)
  let said = 'nothing'
  sync.settled(first).then(
    () => (said = 'settled'),
    (e: { code: string }) => (said = e.code),
  )
  store.dispatch(second)
  await server.run(0)
  sync.discard(second)
  await server.run(0)
  expect.soft(said).toBe('discarded')
  let later = 'nothing'
  sync.settled(first).then(
    () => (later = 'settled'),
    (e: { code: string }) => (later = e.code),
  )
  await server.run(0)
  expect.soft(later).toBe('discarded')
})

it('typing connected without a pause is sent in time', async () => {
  const { server, sync, store } = make()
  sync.connect()
  await server.welcome()
  for (let i = 0; i < 40; i++) {
    store.dispatch(typed('t' + i))
    await server.run(50)
  }
  expect(server.connection.take('push').length).toBeGreaterThan(1)
})
