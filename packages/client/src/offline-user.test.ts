import { defineModel } from '@foldback/core'
import { type SimulatedDevice, SimulatedWorld } from '@foldback/testkit'
import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'

/* Users who come and go on one device without a connection, where the application knows who they are. */

const listSlice = createSlice({
  name: 'list',
  initialState: [] as string[],
  reducers: { added: (list, { payload }: PayloadAction<string>) => [...list, payload] },
})
const models = [defineModel(listSlice, { stream: 'user' })] as const
const { added } = listSlice.actions

let world: SimulatedWorld<typeof models>
let device: SimulatedDevice
/** What the application has put into its own storage. */
let user: string | undefined

beforeEach(async () => {
  world = new SimulatedWorld(models, { seed: 1 })
  await world.startServer()
  device = world.makeDevice()
  device.setOnline(false)
  user = undefined
})

function open() {
  const life = device.openPage()
  const sync = world.makeClient('', { token: () => user, user: () => user }, life)
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  return { life, sync, dispatch: store.dispatch, list: () => store.getState().list }
}
type Page = ReturnType<typeof open>

async function signIn(page: Page, name: string): Promise<void> {
  user = name
  page.sync.connect()
  await world.run(2_000)
}

async function signOut(page: Page): Promise<void> {
  user = undefined
  await world.waitFor(page.sync.signOut())
}

const logged = (): string[] =>
  world.memory.log.map(
    ({ actor, action }) => `${actor} ${(JSON.parse(action) as { payload: string }).payload}`,
  )

describe('what is written offline', () => {
  it('is sent as those who wrote it, whoever is signed in when the connection is back', async () => {
    const page = open()
    await signIn(page, 'carol')
    page.dispatch(added('by carol'))
    await world.run(100)
    await signOut(page)
    expect(page.list()).toEqual([])
    await signIn(page, 'dave')
    expect(page.sync.status).toMatchObject({ actor: 'dave', pending: 0 })
    page.dispatch(added('by dave'))
    await world.run(100)
    page.life.die()
    const next = open()
    next.sync.connect()
    await world.run(2_000)
    expect(next.list()).toEqual(['by dave'])
    await signOut(next)
    await signIn(next, 'erin')
    device.setOnline(true)
    await world.run(10_000)
    expect(next.sync.status).toMatchObject({ phase: 'connected', actor: 'erin' })
    expect(logged()).toEqual([])
    for (const name of ['dave', 'carol']) {
      await signOut(next)
      await signIn(next, name)
      await world.run(10_000)
    }
    expect(logged()).toEqual(['dave by dave', 'carol by carol'])
  })

  it('is theirs from the first action on, before anything is opened', async () => {
    user = 'carol'
    const page = open()
    page.dispatch(added('at once'))
    expect(page.sync.pending()[0]!.meta.foldback.actor).toBe('carol')
    await world.run(1_000)
    user = 'dave'
    page.sync.connect()
    await world.run(1_000)
    expect(page.list()).toEqual([])
    device.setOnline(true)
    await world.run(10_000)
    expect(logged()).toEqual([])
    await signIn(page, 'carol')
    await world.run(10_000)
    expect(logged()).toEqual(['carol at once'])
  })

  it('is there again for one who signs in while another is connected', async () => {
    const page = open()
    await signIn(page, 'carol')
    page.dispatch(added('by carol'))
    await world.run(100)
    device.setOnline(true)
    await signIn(page, 'dave')
    await world.run(10_000)
    expect(page.sync.status).toMatchObject({ phase: 'connected', actor: 'dave', pending: 0 })
    await signIn(page, 'carol')
    await world.run(10_000)
    expect(page.list()).toEqual(['by carol'])
    expect(logged()).toEqual(['carol by carol'])
  })
})

describe('one after the other, without waiting', () => {
  it('signing out and in again leaves the new one signed in', async () => {
    const page = open()
    await signIn(page, 'ann')
    user = undefined
    const out = page.sync.signOut()
    user = 'bob'
    page.sync.connect()
    await world.waitFor(out)
    await world.run(2_000)
    expect(page.sync.status.actor).toBe('bob')
    page.dispatch(added('by bob'))
    await world.run(1_000)
    user = 'carol'
    page.sync.connect()
    device.setOnline(true)
    await world.run(10_000)
    expect(logged()).toEqual([])
    await signIn(page, 'bob')
    await world.run(10_000)
    expect(logged()).toEqual(['bob by bob'])
  })

  it('signing out and closing leaves nothing that is kept or sent later', async () => {
    const page = open()
    await signIn(page, 'ann')
    const out = page.sync.signOut()
    await world.waitFor(page.sync.close())
    await world.waitFor(out)
    device.setOnline(true)
    page.sync.connect()
    page.dispatch(added('after the end'))
    await world.run(5_000)
    expect(page.sync.status.phase).toBe('disconnected')
    expect(device.list('action/')).toEqual([])
    expect(logged()).toEqual([])
  })
})

it('a server that has another name for the user is believed, and the developer told', async () => {
  world = new SimulatedWorld(models, {
    seed: 1,
    authenticate: async (token) =>
      token === undefined ? undefined : { actor: `id of ${token}`, claims: {} },
  })
  await world.startServer()
  device = world.makeDevice()
  const page = open()
  user = 'carol'
  page.dispatch(added('once'))
  await signIn(page, 'carol')
  await world.run(10_000)
  expect(page.sync.status).toMatchObject({ phase: 'connected', actor: 'id of carol' })
  expect(world.warnings).toContain(
    'Foldback: the option user says "carol", but the server calls them "id of carol". What is written offline waits under the wrong name.',
  )
})
