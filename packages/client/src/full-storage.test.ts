import { defineModel, type StampedAction } from '@foldback/core'
import { type SimulatedDevice, SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'

/* A device that has no room any more, or fails, against the real server. */

const docSlice = createSlice({
  name: 'doc',
  initialState: { title: '', notes: [] as string[] },
  reducers: {
    titled: (doc, { payload }: PayloadAction<string>) => ({ ...doc, title: payload }),
    noted: (doc, { payload }: PayloadAction<string>) => ({ ...doc, notes: [...doc.notes, payload] }),
  },
})
const models = [defineModel(docSlice, { coalesce: { titled: () => 'title' } })] as const
const { titled, noted } = docSlice.actions

let world: SimulatedWorld<typeof models>
let device: SimulatedDevice

beforeEach(async () => {
  world = new SimulatedWorld(models, { seed: 1 })
  await world.startServer()
  device = world.makeDevice()
})

function open() {
  const life = device.openPage()
  const page = { user: 'ann', life }
  const sync = world.makeClient('', { token: () => page.user, limits: { openMsMax: 300 } }, life)
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  return Object.assign(page, { sync, dispatch: store.dispatch, doc: () => store.getState().doc })
}

async function openedOffline() {
  const first = open()
  first.sync.connect()
  await world.run(2_000)
  device.setOnline(false)
  await world.run(2_000)
  return first
}

async function reloaded({ life }: { life: ReturnType<SimulatedDevice['openPage']> }) {
  life.die()
  const page = open()
  page.sync.connect()
  await world.run(2_000)
  return page
}

const payloadOf = (action: unknown): unknown => (action as StampedAction & { payload: unknown }).payload
const kept = (): unknown[] =>
  device.list('action/').map(([, row]) => payloadOf((row as { action: unknown }).action))
const logged = (): unknown[] => world.memory.log.map(({ action }) => payloadOf(JSON.parse(action)))

describe('on a device without room', () => {
  it('what was typed before stays until what was typed since is kept', async () => {
    const page = await openedOffline()
    page.dispatch(titled('dra'))
    await world.run(1_000)
    device.isFull = true
    page.dispatch(titled('draft'))
    await world.run(5_000)
    expect(kept()).toEqual(['dra'])
    expect(page.sync.status).toMatchObject({ pending: 1, queued: 0, error: { code: 'outbox-failed' } })
    device.isFull = false
    await world.run(5_000)
    expect(kept()).toEqual(['draft'])
  })

  it('an edited action stays as it was until the other one is kept', async () => {
    const page = await openedOffline()
    const action = page.dispatch(noted('befroe'))
    await world.run(1_000)
    device.isFull = true
    page.sync.edit(action, noted('before'))
    await world.run(5_000)
    expect(kept()).toEqual(['befroe'])
    device.isFull = false
    const next = await reloaded(page)
    expect(next.doc().notes).toEqual(['befroe'])
  })

  it('giving an action up makes room for the next one', async () => {
    const page = await openedOffline()
    const action = page.dispatch(noted('first'))
    await world.run(1_000)
    device.isFull = true
    page.dispatch(noted('second'))
    await world.run(5_000)
    expect(kept()).toEqual(['first'])
    page.sync.discard(action)
    await world.run(5_000)
    expect(kept()).toEqual(['second'])
  })

  it('signing out waits for room, and then everything is there for the next page', async () => {
    const page = await openedOffline()
    device.isFull = true
    page.dispatch(noted('unsafe'))
    await world.run(1_000)
    let isOut = false
    void page.sync.signOut().then(() => (isOut = true))
    await world.run(60_000)
    expect(isOut).toBe(false)
    expect(page.doc().notes).toEqual([])
    expect(page.sync.status).toMatchObject({ phase: 'disconnected', pending: 1, queued: 0 })
    device.isFull = false
    await world.run(5_000)
    expect(isOut).toBe(true)
    device.setOnline(true)
    await reloaded(page)
    await world.run(5_000)
    expect(logged()).toEqual(['unsafe'])
  })

  it('a user who signs out and in again finds everything, sent once', async () => {
    const page = await openedOffline()
    page.dispatch(titled('dra'))
    await world.run(1_000)
    device.isFull = true
    page.dispatch(titled('draft'))
    page.dispatch(noted('never kept'))
    await world.run(5_000)
    page.user = 'bob'
    page.sync.disconnect()
    device.setOnline(true)
    page.sync.connect()
    await world.run(5_000)
    expect(page.sync.status).toMatchObject({ phase: 'connected', actor: 'bob', pending: 0 })
    expect(kept()).toEqual(['dra'])
    device.isFull = false
    page.user = 'ann'
    page.sync.disconnect()
    page.sync.connect()
    await world.run(10_000)
    expect(page.sync.status).toMatchObject({ phase: 'connected', actor: 'ann', pending: 0 })
    expect(logged()).toEqual(['draft', 'never kept'])
    expect(kept()).toEqual([])
  })
})

describe('on a device that fails now and then', () => {
  it('what was left by a user who is back happens before what they do now', async () => {
    const page = await openedOffline()
    page.dispatch(noted('left'))
    void page.sync.signOut()
    await world.run(1_000)
    device.failsAt = () => true
    device.setOnline(true)
    page.sync.connect()
    await world.run(2_000)
    page.dispatch(noted('new'))
    await world.run(10_000)
    expect(page.sync.status).toMatchObject({
      phase: 'connected',
      queued: 0,
      error: { code: 'outbox-failed' },
    })
    expect(logged()).toEqual([])
    device.failsAt = () => false
    await world.run(10_000)
    expect(logged()).toEqual(['left', 'new'])
    expect(page.sync.status).toMatchObject({ phase: 'connected', pending: 0, error: undefined })
  })

  it('what a user left each time that they were signed in happens in that order', async () => {
    const page = await openedOffline()
    device.setOnline(true)
    const notes = ['first', 'second', 'third', 'fourth', 'fifth']
    for (const note of notes) {
      device.failsAt = () => true
      page.sync.connect()
      await world.run(2_000)
      page.sync.disconnect()
      device.failsAt = () => false
      page.dispatch(noted(note))
      void page.sync.signOut()
      await world.run(1_000)
    }
    expect(logged()).toEqual([])
    page.sync.connect()
    await world.run(2_000)
    expect(logged()).toEqual(notes)
  })

  it('a page that has slept before it knew what was left goes on with what another one has made of it', async () => {
    const before = await openedOffline()
    before.dispatch(noted('left'))
    await world.run(1_000)
    before.life.die()
    device.setOnline(true)
    device.failsAt = () => true
    const sleeper = open()
    sleeper.sync.connect()
    await world.run(2_000)
    device.failsAt = () => false
    sleeper.dispatch(noted('new'))
    await world.run(100)
    expect(new Set(kept())).toEqual(new Set(['left', 'new']))
    sleeper.life.freeze()
    const other = open()
    other.dispatch(noted('newer'))
    await world.run(100)
    other.life.die()
    sleeper.life.wake()
    await world.run(20_000)
    expect(logged()).toEqual(['left', 'new', 'newer'])
    expect(sleeper.sync.status.pending).toBe(0)
  })
})

it('an edit that could be merged with what it edits takes its place', async () => {
  const page = await openedOffline()
  const action = page.dispatch(titled('wrnog'))
  page.sync.edit(action, titled('wrong'))
  expect(page.doc().title).toBe('wrong')
  await world.run(1_000)
  expect(kept()).toEqual(['wrong'])
})
