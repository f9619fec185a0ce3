import type { AnyModel } from '@foldback/core'
import type { Sync } from '@foldback/client'
import { configureStore, type UnknownAction } from '@reduxjs/toolkit'
import { describe, expect, it } from 'vitest'
import {
  created,
  createdV2,
  modelsV1,
  modelsV2,
  named,
  painted,
  renamed,
  written,
} from '../test-parts/deploy-models.ts'
import { SimulatedWorld } from './simulated-world.ts'

/*
 * Clients and a server of two versions of the same three models, one of each kind, deployed in either order. In the
 * end everybody's records are the server's, and each action is in the log once.
 */

interface Page {
  readonly sync: Sync
  readonly dispatch: (action: UnknownAction) => void
  readonly shown: () => Shown
}

interface Shown {
  readonly order: { readonly entities: { readonly [id: string]: unknown } }
  readonly note: unknown
  readonly theme: unknown
}

class Deployment {
  readonly world: SimulatedWorld<readonly AnyModel[]>
  readonly pages: Page[] = []

  constructor() {
    this.world = new SimulatedWorld(modelsV1, { seed: 1 })
  }

  /** The server of these models from now on, over the same log. */
  async deploy(models: readonly AnyModel[]): Promise<void> {
    this.world.crashServer()
    await this.world.startServer(models)
    for (const { sync } of this.pages)
      await this.world.runUntil(() => sync.status.phase !== 'waiting' && sync.status.phase !== 'connecting')
    await this.world.run(2_000)
  }

  /** A page of ann's that runs these models, connected, and interested in order 1 or in all of them. */
  async open(models: readonly AnyModel[], interest: '1' | 'all' = '1'): Promise<Page> {
    const { world } = this
    const sync = world.makeClient('ann', { models })
    const store = configureStore({
      reducer: sync.reducers,
      middleware: (getDefault) => getDefault().concat(sync.middleware),
    })
    const page = { sync, dispatch: store.dispatch, shown: () => store.getState() as unknown as Shown }
    this.pages.push(page)
    sync.connect()
    sync.subscribe(models[0]!, interest === 'all' ? undefined : interest)
    await world.runUntil(() => sync.isLoaded(models[0]!, interest === 'all' ? undefined : interest))
    await world.run(1_000)
    return page
  }

  async foreign(...actions: UnknownAction[]): Promise<void> {
    await this.world.waitFor(this.world.engine.submit(actions, { actor: 'zoe', claims: {} }))
    await this.world.run(1_000)
  }

  /** What the server would show to a page that is interested in these orders. */
  async kept(...ids: string[]): Promise<object> {
    const stateOf = async (model: string, id: string): Promise<unknown> => {
      const { state } = await this.world.waitFor(
        this.world.engine.queries.record({ actor: 'ann', claims: {} }, { model, id }),
      )
      return state
    }
    const entities: { [id: string]: unknown } = {}
    for (const id of ids) entities[id] = await stateOf('order', id)
    return {
      order: expect.objectContaining({ entities }),
      note: await stateOf('note', 'shared'),
      theme: await stateOf('theme', 'ann'),
    }
  }

  /** Types in the log, each with the versions it was kept under. */
  get logged(): unknown[] {
    return this.world.memory.log.map(({ action }) => {
      const { type, meta } = JSON.parse(action)
      return [type, meta.foldback.versions]
    })
  }
}

async function deployed(models: readonly AnyModel[]): Promise<Deployment> {
  const deployment = new Deployment()
  await deployment.world.startServer(models)
  return deployment
}

describe('a page of before, when the server is new', () => {
  it('keeps what it could not send, and all of it settles once and is what the server made of it', async () => {
    const deployment = await deployed(modelsV1)
    const page = await deployment.open(modelsV1)
    page.dispatch(created('Ada'))
    await deployment.world.run(1_000)
    page.sync.disconnect()
    page.dispatch(renamed('Eve'))
    page.dispatch(written('tea'))
    page.dispatch(painted('blue'))
    page.dispatch(renamed('Eva'))
    expect(page.shown().order.entities['1']).toEqual({ id: '1', customer: 'Eva' })
    await deployment.deploy(modelsV2)
    page.sync.connect()
    await deployment.world.runUntil(() => page.sync.status.pending === 0)
    await deployment.world.run(1_000)

    expect(deployment.logged).toEqual([
      ['order/created', undefined],
      ['order/named', { order: 2 }],
      ['note/written', { note: 2 }],
      ['theme/painted', { theme: 2 }],
      ['order/named', { order: 2 }],
    ])
    expect(page.shown()).toEqual(await deployment.kept('1'))
    expect(page.shown()).toMatchObject({
      order: { entities: { 1: { id: '1', name: 'Eva', changes: 2 } } },
      note: { text: '2: tea' },
      theme: { color: '2: blue' },
    })
    expect(page.sync.status).toMatchObject({ phase: 'connected', isOutdated: true, error: undefined })
  })

  it.each(['1', 'all'] as const)(
    'shows the server’s records of every kind, its own and others’ changes in them (%s)',
    async (interest) => {
      const deployment = await deployed(modelsV2)
      const page = await deployment.open(modelsV1, interest)
      page.dispatch(created('Ada'))
      page.dispatch(written('tea'))
      // What it has folded itself is shown until the record comes, and then never again.
      const shownNotes = [page.shown().note]
      page.sync.onChange(() => shownNotes.push(page.shown().note))
      await deployment.world.run(1_000)
      expect(shownNotes.filter((note, index) => note !== shownNotes[index - 1])).toEqual([
        { text: 'tea' },
        { text: '2: tea' },
      ])
      await deployment.foreign(named('Zoe'), written('milk'))
      page.dispatch(painted('blue'))
      await deployment.world.run(1_000)
      expect(page.shown()).toEqual(await deployment.kept('1'))
      expect(page.sync.status).toMatchObject({ isOutdated: true, pending: 0 })
    },
  )

  it('that is interested in all records gets also those that have not changed since', async () => {
    const deployment = await deployed(modelsV1)
    const page = await deployment.open(modelsV1, 'all')
    await deployment.foreign(created('Ada'), created('Bea', '2'))
    await deployment.deploy(modelsV2)
    expect(page.shown()).toEqual(await deployment.kept('1', '2'))
    await deployment.foreign(named('Eve'))
    expect(page.shown()).toEqual(await deployment.kept('1', '2'))
  })
})

describe('a page that is new, when the server is of before', () => {
  it.each(['1', 'all'] as const)(
    'shows the server’s records, lets its actions wait, and goes on when the server is new (%s)',
    async (interest) => {
      const deployment = await deployed(modelsV1)
      await deployment.foreign(created('Ada'), written('tea'))
      const page = await deployment.open(modelsV2, interest)
      await deployment.foreign(renamed('Zoe'))
      expect(page.shown()).toEqual(await deployment.kept('1'))
      expect(page.sync.status).toMatchObject({ phase: 'connected', isOutdated: true, error: undefined })

      page.dispatch(createdV2('Bea', '2'))
      page.dispatch(named('Bob', '2'))
      page.dispatch(painted('blue'))
      await deployment.world.run(120_000)
      expect(page.sync.status).toMatchObject({ pending: 3, error: { code: 'newer-version' } })
      expect(deployment.logged).toHaveLength(3)

      await deployment.deploy(modelsV2)
      await deployment.world.runUntil(() => page.sync.status.pending === 0)
      await deployment.world.run(1_000)
      expect(deployment.logged.slice(3)).toEqual([
        ['order/created', { order: 2 }],
        ['order/named', { order: 2 }],
        ['theme/painted', { theme: 2 }],
      ])
      expect(page.sync.status).toMatchObject({ isOutdated: false, error: undefined })
      // Nothing has happened to order 1 and to the note since: they are told anew all the same.
      const orders = interest === 'all' ? ['1', '2'] : ['1']
      const shown = page.shown()
      const wanted = Object.fromEntries(orders.map((id) => [id, shown.order.entities[id]]))
      expect({ ...shown, order: { entities: wanted } }).toEqual(await deployment.kept(...orders))
      // From now on they fold the same.
      await deployment.foreign(named('Eve'), written('milk'))
      expect(page.shown()).toMatchObject({
        order: { entities: { 1: { name: 'Eve', changes: 2 } } },
        note: { text: '2: milk' },
      })
    },
  )

  it('is told the records anew also when the first try is cut', async () => {
    const deployment = await deployed(modelsV1)
    await deployment.foreign(created('Ada'), created('Bea', '2'))
    const page = await deployment.open(modelsV2, 'all')
    const { network } = deployment.world
    let welcomes = 0
    network.observe = ({ direction, text }) => {
      if (direction === 'down' && text.includes('"welcome"') && ++welcomes === 1) network.cutAll()
    }
    await deployment.deploy(modelsV2)
    await deployment.world.runUntil(() => page.sync.status.phase === 'connected' && welcomes > 1)
    await deployment.world.run(2_000)
    expect(page.shown()).toEqual(await deployment.kept('1', '2'))
  })
})

describe('a server that is put back to the version before', () => {
  it('tells a page of before its records anew', async () => {
    const deployment = await deployed(modelsV1)
    const page = await deployment.open(modelsV1, 'all')
    await deployment.foreign(created('Ada'), written('tea'))
    await deployment.deploy(modelsV2)
    expect(page.shown().note).toEqual({ text: '2: tea' })
    await deployment.deploy(modelsV1)
    expect(page.shown()).toEqual(await deployment.kept('1'))
    expect(page.shown()).toMatchObject({
      order: { entities: { 1: { customer: 'Ada' } } },
      note: { text: 'tea' },
    })
    await deployment.foreign(renamed('Eve'), written('milk'))
    expect(page.shown()).toEqual(await deployment.kept('1'))
    expect(page.sync.status.isOutdated).toBe(false)
  })
})
