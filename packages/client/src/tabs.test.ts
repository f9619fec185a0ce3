import { defineModel } from '@foldback/core'
import { type SimulatedDevice, SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'

const inOrder = (texts: Iterable<unknown>): string[] =>
  [...texts].map(String).sort((a, b) => (a < b ? -1 : 1))

/* Several pages of one device, against the real server. */

const listSlice = createSlice({
  name: 'list',
  initialState: [] as string[],
  reducers: {
    added: (state, { payload }: PayloadAction<string>) => [...state, payload],
  },
})
const taskSlice = createSlice({
  name: 'task',
  initialState: null as { id: string } | null,
  reducers: {
    created: (_, { payload }: PayloadAction<{ id: string }>) => payload,
    deleted: (_state, _action: PayloadAction<{ id: string }>) => null,
  },
})
const tasks = defineModel(taskSlice, { streamId: (action) => action.payload.id })
const models = [defineModel(listSlice), tasks] as const
const { added } = listSlice.actions

let world: SimulatedWorld<typeof models>
let device: SimulatedDevice

beforeEach(async () => {
  world = new SimulatedWorld(models, {
    seed: 1,
    rules: {
      list: {
        guard: (_list, { payload }) => (payload === 'refused' ? 'Not this.' : true),
        enrich: (action) => (action.payload === 'enriched' ? { ...action, payload: 'ENRICHED' } : undefined),
      },
    },
  })
  await world.startServer()
  device = world.makeDevice()
})

function open(user = 'ann') {
  const life = device.openPage()
  const page = { user, life }
  const sync = world.makeClient(user, { token: () => page.user, limits: { cacheMs: 100 } }, life)
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  const shown = (): readonly string[] => store.getState().list
  return Object.assign(page, { sync, dispatch: store.dispatch, shown, getState: store.getState })
}

async function connected(user = 'ann') {
  const page = open(user)
  page.sync.connect()
  await world.runUntil(() => page.sync.status.phase === 'connected')
  await world.run(2_000)
  return page
}

const logged = (): unknown[] =>
  world.memory.log.map(({ action }) => (JSON.parse(action) as { payload: unknown }).payload)
const rowsLeft = (): number => device.list('action/').length
const isSealed = (): boolean => device.list('action/').some(([, row]) => 'n' in (row as object))

describe('what a page that is gone has left', () => {
  it('is shown once by the page that takes it over, when that has seen its event already', async () => {
    const first = await connected()
    const second = await connected()
    first.dispatch(added('once'))
    await world.runUntil(() => world.memory.log.length === 1)
    first.life.die()
    await world.run(20_000)
    expect(second.shown()).toEqual(['once'])
    expect(second.sync.status.pending).toBe(0)
    expect(rowsLeft()).toBe(0)
  })

  it('is shown as the server has made it, once', async () => {
    const first = await connected()
    first.dispatch(added('enriched'))
    await world.runUntil(isSealed)
    world.network.cutAll()
    first.life.die()
    const second = await connected()
    await world.run(20_000)
    expect(logged()).toEqual(['ENRICHED'])
    expect(second.shown()).toEqual(['ENRICHED'])
  })

  it('is sent, all of it, by a page whose storage failed in the midst of taking it over', async () => {
    const pages = [open(), open()]
    for (const [index, page] of pages.entries()) page.dispatch(added(`of page ${index}`))
    await world.run(100)
    for (const { life } of pages) life.die()
    let transactions = 0
    device.failsAt = () => ++transactions === 2
    await connected()
    await world.run(20_000)
    expect(inOrder(logged())).toEqual(['of page 0', 'of page 1'])
    expect(rowsLeft()).toBe(0)
  })

  it('has its first outcome, though the page had heard of it and could not write that down', async () => {
    const first = await connected()
    device.failsAt = () => isSealed()
    first.dispatch(added('refused'))
    await world.runUntil(() => first.sync.rejected.length === 1)
    // The next hello says what this page knows.
    world.network.cutAll()
    await world.run(5_000)
    first.life.die()
    device.failsAt = () => false
    device.setOnline(false)
    const second = open()
    second.sync.connect()
    await world.run(100)
    const outcome = second.sync.settled(second.sync.pending()[0]!)
    device.setOnline(true)
    expect(await world.waitFor(outcome)).toMatchObject({ accepted: false })
    await world.run(1_000)
    expect(second.sync.rejected).toHaveLength(1)
    expect(logged()).toEqual([])
  })
})

describe('a page that was asleep while another took its queue', () => {
  it('loses nothing and doubles nothing, whatever is dispatched while it finds out', async () => {
    const first = open()
    first.dispatch(added('before'))
    await world.run(100)
    first.life.freeze()
    device.setOnline(false)
    const second = open()
    second.sync.connect()
    await world.run(100)
    expect(second.shown()).toEqual(['before'])
    first.life.wake()
    first.dispatch(added('after'))
    first.sync.connect()
    for (let ms = 0; ms < 40; ms++) {
      await world.run(1)
      if (ms % 10 === 0) first.dispatch(added(`${ms} ms later`))
    }
    device.setOnline(true)
    await world.run(30_000)
    expect(inOrder(logged())).toEqual([
      '0 ms later',
      '10 ms later',
      '20 ms later',
      '30 ms later',
      'after',
      'before',
    ])
    expect(inOrder(first.shown())).toEqual(inOrder(logged()))
    expect(second.shown()).toEqual(first.shown())
    expect(rowsLeft()).toBe(0)
  })

  it('leaves it to the others who is signed in', async () => {
    const first = open()
    first.dispatch(added('before'))
    await world.run(100)
    first.life.freeze()
    const second = await connected()
    await world.run(2_000)
    first.life.wake()
    device.setOnline(false)
    first.dispatch(added('after'))
    await world.run(2_000)
    first.life.die()
    second.life.die()
    const third = open()
    third.sync.connect()
    await world.run(100)
    expect(third.sync.status.actor).toBe('ann')
    expect(third.shown()).toEqual(['before', 'after'])
  })
})

describe('an action that is discarded by a page that was asleep', () => {
  it('is told to be taken over where another page has sent it meanwhile, and not to be discarded', async () => {
    const sleeper = await connected()
    sleeper.sync.disconnect()
    const action = sleeper.dispatch(added('sent by another'))
    const outcome = sleeper.sync.settled(action)
    outcome.catch(() => {})
    await world.run(1_000)
    sleeper.life.freeze()
    await connected()
    await world.run(10_000)
    expect(logged()).toEqual(['sent by another'])
    sleeper.life.wake()
    sleeper.sync.discard(action)
    await expect(world.waitFor(outcome)).rejects.toMatchObject({ code: 'taken-over' })
  })
})

describe('a user who comes back', () => {
  it('is told that another page has taken over what was set aside', async () => {
    const first = await connected()
    device.setOnline(false)
    const outcome = first.sync.settled(first.dispatch(added('set aside')))
    outcome.catch(() => {})
    await world.waitFor(first.sync.signOut())
    expect(first.shown()).toEqual([])
    device.setOnline(true)
    await connected()
    await world.run(10_000)
    first.sync.connect()
    await expect(world.waitFor(outcome)).rejects.toMatchObject({ code: 'taken-over' })
    expect(logged()).toEqual(['set aside'])
    await world.run(1_000)
    expect(first.shown()).toEqual(['set aside'])
  })

  it('has what was set aside sent before what is dispatched next', async () => {
    const page = await connected()
    device.setOnline(false)
    page.dispatch(added('first'))
    await world.waitFor(page.sync.signOut())
    device.setOnline(true)
    page.sync.connect()
    await world.runUntil(() => page.sync.status.actor === 'ann')
    page.dispatch(added('second'))
    await world.run(5_000)
    expect(logged()).toEqual(['first', 'second'])
  })
})

describe('a page that opens without a connection', () => {
  it('does not show a record that was deleted while no page of the device was told of it', async () => {
    const first = await connected()
    first.sync.subscribe(tasks)
    first.dispatch(taskSlice.actions.created({ id: '1' }))
    await world.run(5_000)
    first.life.die()
    await world.waitFor(
      world.engine.submit([taskSlice.actions.deleted({ id: '1' })], { actor: 'zoe', claims: {} }),
    )
    const second = await connected()
    second.sync.subscribe(tasks)
    await world.run(5_000)
    second.life.die()
    device.setOnline(false)
    const third = open()
    third.sync.subscribe(tasks)
    third.sync.connect()
    await world.run(500)
    expect(third.sync.isLoaded(tasks)).toBe(true)
    expect(third.getState().task.ids).toEqual([])
  })
})
