import { memoryOutbox, type Sync } from '@foldback/client'
import type { AnyModel, OutboxStorage } from '@foldback/core'
import { configureStore, type UnknownAction } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, modelsV1, modelsV2, renamed, written } from '../test-parts/deploy-models.ts'
import { SimulatedWorld } from './simulated-world.ts'

/*
 * What one version of an app leaves on a device, and another finds there: actions that wait, refusals that nobody has
 * dealt with, and records that were folded by a server of one version or the other.
 */

interface Page {
  readonly sync: Sync
  readonly dispatch: (action: UnknownAction) => void
  readonly shown: () => Shown
  /** It ends without a word. */
  readonly close: () => void
}

interface Shown {
  readonly order: { readonly entities: { readonly [id: string]: unknown } }
  readonly note: unknown
}

let world: SimulatedWorld<readonly AnyModel[]>
let device: OutboxStorage

beforeEach(async () => {
  world = new SimulatedWorld(modelsV1, {
    seed: 1,
    rules: {
      order: {
        guard: (_order, { payload }) =>
          JSON.stringify(payload).includes('refused') ? 'Not this name.' : true,
      },
    },
  })
  await world.startServer()
  device = memoryOutbox()
})

/** A page of ann's on this device, whose app has these models. */
async function open(models: readonly AnyModel[], isOnline: boolean): Promise<Page> {
  const locks: (() => void)[] = []
  let isOpen = true
  const sync = world.makeClient('ann', {
    models,
    outbox: {
      open: async () => 'durable',
      persist: async () => 'durable',
      transact: (mode, run) => (isOpen ? device.transact(mode, run) : new Promise(() => {})),
      async lock(name) {
        const release = await device.lock(name)
        if (release !== undefined) locks.push(release)
        return release
      },
    },
  })
  const store = configureStore({
    reducer: sync.reducers,
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  if (!isOnline) world.crashServer()
  sync.connect()
  sync.subscribe(models[0]!)
  await world.run(1_000)
  return {
    sync,
    dispatch: store.dispatch,
    shown: () => store.getState() as unknown as Shown,
    close() {
      isOpen = false
      sync.disconnect()
      for (const release of locks) release()
    },
  }
}

const types = (): string[] =>
  world.memory.log.map(({ action }) => (JSON.parse(action) as { type: string }).type)

describe('actions that an older app has left on the device', () => {
  it('are shown as of today, sent as they were written, and settle once', async () => {
    const older = await open(modelsV1, true)
    older.dispatch(created('Ada'))
    await world.run(1_000)
    world.crashServer()
    older.dispatch(renamed('Eve'))
    older.dispatch(written('tea'))
    await world.run(2_000)
    older.close()

    const newer = await open(modelsV2, false)
    expect(newer.sync.pending()).toMatchObject([
      { type: 'order/named', payload: { id: '1', name: 'Eve' } },
      { type: 'note/written' },
    ])
    expect(newer.shown().note).toEqual({ text: '2: tea' })

    const sent: string[] = []
    world.network.observe = ({ direction, text }) => direction === 'up' && sent.push(text)
    await world.startServer(modelsV2)
    await world.runUntil(() => newer.sync.status.pending === 0)
    await world.run(1_000)
    expect(sent.join('')).toContain('"type":"order/renamed"')
    expect(types()).toEqual(['order/created', 'order/named', 'note/written'])
    expect(newer.shown()).toMatchObject({
      order: { entities: { 1: { id: '1', name: 'Eve', changes: 1 } } },
      note: { text: '2: tea' },
    })
  })

  it('and that were written under a version newer than its own wait unfolded, for the server', async () => {
    world.crashServer()
    await world.startServer(modelsV2)
    const newer = await open(modelsV2, true)
    world.crashServer()
    newer.dispatch(written('tea'))
    await world.run(2_000)
    newer.close()

    const older = await open(modelsV1, false)
    expect(older.sync.status.pending).toBe(1)
    expect(older.shown().note).toEqual({ text: '' })
    await world.startServer(modelsV2)
    await world.runUntil(() => older.sync.status.pending === 0)
    await world.run(1_000)
    expect(types()).toEqual(['note/written'])
    expect(older.shown().note).toEqual({ text: '2: tea' })
  })

  it('and that were refused can be tried again as of today', async () => {
    const older = await open(modelsV1, true)
    older.dispatch(created('Ada'))
    older.dispatch(renamed('refused'))
    await world.run(2_000)
    expect(older.sync.rejected).toHaveLength(1)
    older.close()
    world.crashServer()
    await world.startServer(modelsV2)

    const newer = await open(modelsV2, true)
    const [rejection] = newer.sync.rejected
    expect(rejection).toMatchObject({ action: { type: 'order/named', payload: { name: 'refused' } } })
    newer.sync.edit(rejection!, { ...rejection!.action, payload: { id: '1', name: 'Eve' } } as UnknownAction)
    await world.run(2_000)
    expect(types()).toEqual(['order/created', 'order/named'])
    expect(newer.shown().order.entities['1']).toEqual({ id: '1', name: 'Eve', changes: 1 })
  })
})

describe('records that are kept on the device', () => {
  /** How many records are told while a page opens. */
  async function toldWhile(run: () => Promise<unknown>): Promise<number> {
    let count = 0
    world.network.observe = ({ direction, text }) => {
      if (direction === 'down') count += text.split('"type":"snapshot","model":"order"').length - 1
    }
    await run()
    return count
  }

  it('are shown and gone on from by an app of the version of the server that told them', async () => {
    await world.waitFor(world.engine.submit([created('Ada')], { actor: 'zoe', claims: {} }))
    const first = await open(modelsV1, true)
    await world.run(3_000)
    first.close()
    const told = await toldWhile(async () => {
      const second = await open(modelsV1, true)
      expect(second.shown().order.entities['1']).toEqual({ id: '1', customer: 'Ada' })
    })
    expect(told).toBe(0)
  })

  it('are told anew when a server of another version told them', async () => {
    await world.waitFor(world.engine.submit([created('Ada')], { actor: 'zoe', claims: {} }))
    const first = await open(modelsV2, true)
    await world.run(3_000)
    expect(first.shown().order.entities['1']).toEqual({ id: '1', customer: 'Ada' })
    first.close()
    world.crashServer()
    await world.startServer(modelsV2)
    const second = await open(modelsV2, true)
    expect(second.shown().order.entities['1']).toEqual({ id: '1', name: 'Ada', changes: 0 })
  })

  it('are kept for the next version of the app by a page that is outdated', async () => {
    const first = await open(modelsV1, true)
    first.dispatch(created('Ada'))
    await world.run(3_000)
    world.crashServer()
    await world.startServer(modelsV2)
    await world.run(40_000)
    expect(first.shown().order.entities['1']).toEqual({ id: '1', name: 'Ada', changes: 0 })
    first.close()
    const second = await open(modelsV2, false)
    expect(second.shown().order.entities['1']).toEqual({ id: '1', name: 'Ada', changes: 0 })
  })
})
