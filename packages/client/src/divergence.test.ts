import { type Check, decodeFrame, defineModel, stateHash } from '@foldback/core'
import { memoryStore, SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { createUser } from '../../../test-support/store-user.ts'
import type { Divergence, SyncOptions } from './index.ts'

interface List {
  readonly id: string
  readonly items: string[]
}

/** On a side that is impure a reducer writes what only that side knows, as with a clock or a locale. */
function modelsOf(isImpure: boolean, version = 1) {
  const written = (item: string): string =>
    isImpure && item.startsWith('odd') ? `${item}, as seen here` : item
  const listSlice = createSlice({
    name: 'list',
    initialState: null as List | null,
    reducers: {
      made: (_, { payload }: PayloadAction<{ id: string }>) => ({ id: payload.id, items: [] as string[] }),
      added: (list, { payload }: PayloadAction<{ id: string; item: string }>) =>
        void list?.items.push(written(payload.item)),
      removed: (list, { payload }: PayloadAction<{ id: string; isHere?: boolean }>) =>
        isImpure && payload.isHere ? list : null,
    },
  })
  const noticeSlice = createSlice({
    name: 'notice',
    initialState: { text: '' },
    reducers: { put: (notice, { payload }: PayloadAction<string>) => void (notice.text = written(payload)) },
  })
  const themeSlice = createSlice({
    name: 'theme',
    initialState: { color: 'grey' },
    reducers: {
      painted: (theme, { payload }: PayloadAction<string>) => void (theme.color = written(payload)),
    },
  })
  const models = [
    defineModel(listSlice, { streamId: ({ payload }) => payload.id, creates: ['made'], version }),
    defineModel(noticeSlice),
    defineModel(themeSlice, { stream: 'user' }),
  ] as const
  return { models, actions: { ...listSlice.actions, ...noticeSlice.actions, ...themeSlice.actions } }
}

type Models = ReturnType<typeof modelsOf>['models']
const { models, actions } = modelsOf(false)
const { made, added, removed, put, painted } = actions
const checkMs = 5_000

let world: SimulatedWorld<Models>
/** Every check that has arrived at the server. */
let checks: Check[]
/** The server's commits wait for this. */
let committing: Promise<void>

beforeEach(async () => {
  checks = []
  committing = Promise.resolve()
  world = new SimulatedWorld(models, {
    seed: 1,
    makeStore(memory) {
      const store = memoryStore(memory)
      const append = store.append.bind(store)
      store.append = (batch) => committing.then(() => append(batch))
      return store
    },
  })
  world.network.observe = ({ text }) => {
    const messages = decodeFrame(text) as readonly { readonly type: string }[]
    checks.push(...messages.filter((message): message is Check => message.type === 'check'))
  }
  await world.startServer()
})

async function pageOf(user: string, options: Partial<Omit<SyncOptions<Models>, 'ports'>> = {}) {
  const divergences: Divergence[] = []
  const sync = world.makeClient(user, {
    limits: { checkMs },
    onDiverged: (divergence) => divergences.push(divergence),
    ...options,
  })
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  sync.connect()
  sync.subscribe(sync.models[0])
  await world.runUntil(() => sync.isLoaded(sync.models[0]))
  return { sync, store, divergences, list: (id: string) => store.getState().list.entities[id] }
}

const impurePage = () => pageOf('ann', { models: modelsOf(true).models })

/** Somebody else's action, until it is settled. */
async function foreign(...done: readonly unknown[]): Promise<void> {
  await world.waitFor(world.engine.submit(done, { actor: 'zoe', claims: {} }))
  await world.run(200)
}

describe('a record that was folded otherwise here than on the server', () => {
  it('is found within checkMs, reported on both sides, and put right', async () => {
    const page = await impurePage()
    await foreign(made({ id: '1' }), added({ id: '1', item: 'odd one' }))
    expect(page.list('1')).toEqual({ id: '1', items: ['odd one, as seen here'] })

    await world.run(checkMs)
    expect(page.list('1')).toEqual({ id: '1', items: ['odd one'] })
    const hash = stateHash({ id: '1', items: ['odd one, as seen here'] })
    const serverHash = stateHash({ id: '1', items: ['odd one'] })
    const place = { model: 'list', id: '1', version: 2 }
    expect(page.divergences).toEqual([{ ...place, modelVersion: 1, serverModelVersion: 1, hash, serverHash }])
    expect(world.warnings).toEqual([
      expect.stringContaining(
        `(list/1 at version 2: ${hash} here with version 1 of the model, ${serverHash} there with version 1)`,
      ),
    ])
    expect(world.incidents).toMatchObject([{ code: 'diverged', ...place }])
    expect(world.incidents[0]!.message).toContain(`the client has ${hash} and the server ${serverHash}`)
  })

  it('is found when it is the own action that was settled as it was folded', async () => {
    const page = await impurePage()
    page.store.dispatch(made({ id: '1' }))
    page.store.dispatch(added({ id: '1', item: 'odd one' }))
    await world.run(2 * checkMs)
    expect(page.list('1')).toEqual({ id: '1', items: ['odd one'] })
    expect(page.divergences).toHaveLength(1)
  })

  it('is found when it is gone on one side only', async () => {
    const page = await impurePage()
    await foreign(made({ id: '1' }), removed({ id: '1', isHere: true }))
    expect(page.list('1')).toBeDefined()
    await world.run(checkMs)
    expect(page.list('1')).toBeUndefined()
    expect(page.divergences).toMatchObject([{ model: 'list', id: '1', version: 2 }])
  })

  it('is found of every kind of model, one after the other', async () => {
    const page = await impurePage()
    await foreign(made({ id: '1' }), added({ id: '1', item: 'odd one' }), put('odd text'))
    page.store.dispatch(painted('odd color'))
    await world.run(3 * checkMs)
    const found = page.divergences.map(({ model, id }) => `${model}/${id}`)
    expect(found.toSorted()).toEqual(['list/1', 'notice/shared', 'theme/ann'])
    expect(page.store.getState()).toMatchObject({
      notice: { text: 'odd text' },
      theme: { color: 'odd color' },
    })
  })

  it('keeps what is pending when it is put right, and each action happens once', async () => {
    const page = await impurePage()
    await foreign(made({ id: '1' }), added({ id: '1', item: 'odd one' }))
    await world.runUntil(() => checks.length > 0)
    // The check has arrived, and its answer has not.
    const outcomes = ['two', 'three'].map((item) =>
      page.sync.settled(page.store.dispatch(added({ id: '1', item }))),
    )
    expect(page.list('1')?.items).toEqual(['odd one, as seen here', 'two', 'three'])
    await world.runUntil(() => page.divergences.length > 0)
    expect(page.list('1')?.items).toEqual(['odd one', 'two', 'three'])
    expect(await world.waitFor(Promise.all(outcomes))).toMatchObject([{ accepted: true }, { accepted: true }])
    await world.run(checkMs)
    expect(page.list('1')?.items).toEqual(['odd one', 'two', 'three'])
    // made, odd one, two, three
    expect(world.memory.log).toHaveLength(4)
    expect(page.sync.status.pending).toBe(0)
  })

  it('is put right although the application throws when it hears of it', async () => {
    const page = await pageOf('ann', {
      models: modelsOf(true).models,
      onDiverged: () => {
        throw new Error('no tracker')
      },
    })
    await foreign(made({ id: '1' }), added({ id: '1', item: 'odd one' }))
    await world.run(checkMs)
    expect(page.list('1')?.items).toEqual(['odd one'])
  })
})

describe('checks', () => {
  it('go round: each record has its turn, one every checkMs, and says nothing when all is well', async () => {
    const page = await pageOf('ann')
    await foreign(...['1', '2', '3'].map((id) => made({ id })), put('news'))
    checks = []
    await world.run(4 * checkMs)
    const checked = checks.map(({ model, id }) => `${model}/${id ?? ''}`)
    expect(checked.toSorted()).toEqual(['list/1', 'list/2', 'list/3', 'notice/'])
    expect([...world.incidents, ...world.warnings, ...page.divergences]).toEqual([])
  })

  it('do not begin with the same record and at the same time everywhere', async () => {
    await foreign(...['1', '2', '3', '4', '5'].map((id) => made({ id })))
    const ids = new Set<string | undefined>()
    const seconds = new Set<number>()
    for (let count = 0; count < 8; count++) {
      const page = await pageOf('ann')
      checks = []
      const before = world.clock.now()
      await world.runUntil(() => checks.length > 0)
      ids.add(checks[0]!.id)
      seconds.add(Math.round((world.clock.now() - before) / 1_000))
      page.sync.disconnect()
    }
    expect(ids.size).toBeGreaterThan(2)
    expect(seconds.size).toBeGreaterThan(2)
  })

  it('wait for what is pending, of that record', async () => {
    const page = await pageOf('ann')
    await foreign(made({ id: '1' }), put('news'))
    let commit = (): void => {}
    committing = new Promise((resolve) => (commit = resolve))
    const outcome = page.sync.settled(page.store.dispatch(added({ id: '1', item: 'two' })))
    checks = []
    await world.run(6 * checkMs)
    expect(page.sync.status).toMatchObject({ phase: 'connected', pending: 1 })
    expect(checks.map(({ model }) => model)).toEqual(Array.from({ length: 6 }, () => 'notice'))
    commit()
    expect(await world.waitFor(outcome)).toMatchObject({ accepted: true })
    await world.run(2 * checkMs)
    expect(checks.slice(6)).toContainEqual(expect.objectContaining({ model: 'list', version: 2 }))
  })

  it('wait for a moment of rest, but not for ever', async () => {
    await foreign(put('news'))
    await pageOf('ann')
    await world.runUntil(() => checks.length > 0)
    checks = []
    const before = world.clock.now()
    while (checks.length === 0) await foreign(made({ id: '1' }))
    const passed = world.clock.now() - before
    expect(passed).toBeGreaterThan(checkMs + 1_000)
    expect(passed).toBeLessThan(2 * checkMs + 1_500)
  })

  it('are not made with checkMs 0, nor without a connection, and leave no timer behind', async () => {
    await foreign(put('news'))
    const never = await pageOf('ann', { limits: { checkMs: 0 } })
    await world.run(20 * checkMs)
    expect(checks).toEqual([])
    never.sync.disconnect()
    const page = await pageOf('ann')
    page.sync.disconnect()
    await world.run(100)
    expect(world.clock.nextAt! - world.clock.now()).toBeGreaterThan(20 * checkMs)
  })

  it('are not made of a model whose version is another on the server', async () => {
    const page = await pageOf('ann', { models: modelsOf(true, 2).models })
    await foreign(made({ id: '1' }), added({ id: '1', item: 'odd one' }))
    expect(page.list('1')?.items).toEqual(['odd one'])
    await world.run(10 * checkMs)
    expect(checks).toEqual([])
  })
})

describe('what was not asked', () => {
  it('is no divergence, whatever a server says', async () => {
    const server = new FakeServer()
    const divergences: Divergence[] = []
    const { sync, warnings } = createUser(server, {
      limits: { checkMs },
      onDiverged: (divergence) => divergences.push(divergence),
    })
    sync.connect()
    await server.welcome()
    sync.subscribe(sync.models[0], '1')
    const place = { model: 'order', id: '1', version: 3 }
    server.connection.say({ type: 'snapshot', ...place, eventId: 'a3', state: null, marks: {} })
    await server.run(checkMs)
    const hash = stateHash(null)
    expect(server.connection.take('check')).toEqual([{ type: 'check', ...place, eventId: 'a3', hash }])
    const diverged = { type: 'diverged', ...place, hash: 'there', modelVersion: 1 }
    server.connection.say(
      { ...diverged, id: '2' },
      { ...diverged, version: 2 },
      { ...diverged, model: 'note' },
      { ...diverged, model: 'song' },
    )
    expect([...divergences, ...warnings]).toEqual([])
    server.connection.say(diverged, diverged)
    expect(divergences).toEqual([
      { ...place, hash, serverHash: 'there', modelVersion: 1, serverModelVersion: 1 },
    ])
  })
})
