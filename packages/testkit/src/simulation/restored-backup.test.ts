import { isLost, type LostAction } from '@foldback/client'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  created,
  models,
  noteSlice,
  orderSlice,
  renamed,
  themeSlice,
} from '../../../../test-support/order-models.ts'
import { OrderWorld } from '../../../../test-support/order-world.ts'
import { createUser, type StoreUser } from '../../../../test-support/store-user.ts'
import { StoreBackup } from './store-backup.ts'

/*
 * A server put back to what it was at a backup: it has another history from there on, and knows neither the lanes nor
 * the positions that clients reached since. No client is left wrong, stuck or silent.
 */

const [orders] = models
const { written } = noteSlice.actions
const { painted } = themeSlice.actions

let world: OrderWorld

beforeEach(async () => {
  world = await OrderWorld.start()
})

async function restore(backup: StoreBackup, ...users: readonly StoreUser[]): Promise<void> {
  world.crashServer()
  backup.restore(world.memory)
  await world.startServer()
  await world.runUntil(() => users.every(({ sync }) => sync.status.phase === 'connected'))
  await world.run(2_000)
}

const lostOf = ({ heard }: StoreUser): LostAction[] => (heard as readonly object[]).filter(isLost)

/** What the server has of everything that these tests write to. */
async function kept(...ids: readonly string[]): Promise<object> {
  const stateOf = async (model: string, id: string): Promise<unknown> =>
    (await world.waitFor(world.engine.queries.record({ actor: 'ann', claims: {} }, { model, id }))).state
  const entities: { [id: string]: unknown } = {}
  for (const id of ids) entities[id] = await stateOf('order', id)
  return {
    order: expect.objectContaining({ entities }),
    note: await stateOf('note', 'shared'),
    theme: await stateOf('theme', 'ann'),
  }
}

describe('accepted actions that the server has lost', () => {
  it('are named to the app, in order, with a word in the status until the next connection', async () => {
    const ann = await world.connected()
    ann.sync.subscribe(orders, '1')
    ann.dispatch(created('1'))
    await world.run(1_000)
    const backup = new StoreBackup(world.memory)
    ann.dispatch(renamed('1', 'Eve'))
    ann.dispatch(renamed('1', 'refused'))
    ann.dispatch(written('tea'))
    await world.run(1_000)
    await restore(backup, ann)

    expect(lostOf(ann)).toMatchObject([
      {
        payload: {
          actions: [renamed('1', 'Eve'), { ...written('tea'), meta: { foldback: { actor: 'ann' } } }],
        },
      },
    ])
    expect(ann.sync.status).toMatchObject({
      phase: 'connected',
      error: { code: 'history-lost', message: expect.stringContaining('(2 of this page)') },
    })
    expect(ann.store.getState()).toMatchObject(await kept('1'))
    expect(ann.order('1')?.customer).toBe('Ada')

    // The app may do them again; they are actions like others.
    for (const { type, payload } of lostOf(ann)[0]!.payload.actions) ann.dispatch({ type, payload })
    await world.run(1_000)
    expect(ann.store.getState()).toMatchObject(await kept('1'))
    expect(ann.order('1')?.customer).toBe('Eve')
    expect(world.logged).toHaveLength(3)

    world.network.cutAll()
    await world.run(10_000)
    expect(ann.sync.status).toMatchObject({ phase: 'connected', error: undefined })
    expect(lostOf(ann)).toHaveLength(1)

    await restore(backup, ann)
    expect(lostOf(ann)).toMatchObject([{}, { payload: { actions: [renamed('1', 'Eve'), written('tea')] } }])
    expect(lostOf(ann)[1]!.payload.actions).toHaveLength(2)
  })

  it('can be dispatched again from within the report', async () => {
    const ann = await world.connected()
    const backup = new StoreBackup(world.memory)
    ann.listener.startListening({
      matcher: isLost,
      effect: ({ payload }) => {
        for (const { type, payload: given } of payload.actions) ann.dispatch({ type, payload: given })
      },
    })
    ann.dispatch(written('tea'))
    await world.run(1_000)
    await restore(backup, ann)
    expect(world.memory.log.map(({ action }) => JSON.parse(action))).toMatchObject([written('tea')])
    expect(ann.store.getState()).toMatchObject(await kept())
    expect(ann.sync.status).toMatchObject({ pending: 0, error: { code: 'history-lost' } })
  })

  it('are named as far as the limit settledKept goes, and the word says so', async () => {
    const ann = await world.connected({
      limits: { settledKept: 2 },
    })
    const backup = new StoreBackup(world.memory)
    for (const text of ['tea', 'milk', 'bread']) ann.dispatch(written(text))
    await world.run(1_000)
    await restore(backup, ann)
    expect(lostOf(ann)).toMatchObject([{ payload: { actions: [written('milk'), written('bread')] } }])
    expect(ann.sync.status.error?.message).toContain('(at least 2 of this page)')
  })

  it('are those of this page and after the backup: others hear nothing of them', async () => {
    const ann = await world.connected()
    const bob = await world.connected({ name: 'bob' })
    ann.dispatch(written('tea'))
    await world.run(1_000)
    const backup = new StoreBackup(world.memory)
    bob.dispatch(written('milk'))
    await world.run(1_000)
    await restore(backup, ann, bob)
    expect(lostOf(ann)).toEqual([])
    expect(ann.sync.status.error).toBeUndefined()
    expect(lostOf(bob)).toMatchObject([{ payload: { actions: [written('milk')] } }])
    expect(ann.store.getState().note).toEqual({ text: 'tea' })
    expect(bob.store.getState().note).toEqual({ text: 'tea' })
  })

  it('are none after a mere restart', async () => {
    const ann = await world.connected()
    ann.dispatch(written('tea'))
    await world.run(1_000)
    await restore(new StoreBackup(world.memory), ann)
    expect(lostOf(ann)).toEqual([])
    expect(ann.sync.status.error).toBeUndefined()
  })
})

describe('positions of another history', () => {
  it.each(['1', 'all'] as const)(
    'give everybody the records as they are now, and what happens next (%s)',
    async (interest) => {
      await world.foreign(created('1'), created('2', 'Bea'))
      const ann = await world.connected()
      ann.sync.subscribe(orders, interest === 'all' ? undefined : interest)
      ann.dispatch(painted('blue'))
      await world.run(1_000)
      const backup = new StoreBackup(world.memory)
      await world.foreign(renamed('1', 'Eve'), renamed('1', 'Eva'), written('tea'), created('3'))
      await world.run(1_000)
      expect(ann.order('1')?.customer).toBe('Eva')
      await restore(backup, ann)

      const shownIds = interest === 'all' ? ['1', '2'] : ['1']
      expect(ann.store.getState()).toMatchObject(await kept(...shownIds))
      expect(ann.order('1')?.customer).toBe('Ada')
      // Versions that it has seen before, of other events.
      await world.foreign(renamed('1', 'Zoe'), written('milk'))
      ann.dispatch(painted('red'))
      await world.run(1_000)
      expect(ann.store.getState()).toMatchObject(await kept(...shownIds))
      expect(ann.order('1')?.customer).toBe('Zoe')
      expect(ann.sync.status).toMatchObject({ phase: 'connected', pending: 0, error: undefined })
    },
  )

  it.each(['1', 'all'] as const)(
    'mislead nobody where an event that was resent has its old place again, on top of another (%s)',
    async (interest) => {
      const resent = { ...renamed('1', 'Eve'), meta: { foldback: { id: 'resent-by-its-sender-1' } } }
      await world.foreign(created('1'))
      const ann = await world.connected()
      ann.sync.subscribe(orders, interest === 'all' ? undefined : interest)
      const backup = new StoreBackup(world.memory)
      await world.foreign(orderSlice.actions.created({ id: '1', customer: 'Ada', isSecret: true }), resent)
      await world.run(1_000)
      const before = world.memory.log.at(-1)
      expect(ann.order('1')).toMatchObject({ customer: 'Eve', isSecret: true })

      ann.sync.disconnect()
      world.crashServer()
      backup.restore(world.memory)
      await world.startServer()
      await world.foreign(created('1'), resent)
      expect(world.memory.log.at(-1)).toMatchObject({ id: before?.id, seq: before?.seq, version: 3 })
      ann.sync.connect()
      await world.run(2_000)
      expect(ann.sync.status.phase).toBe('connected')
      expect(ann.order('1')).toMatchObject({ customer: 'Eve', isSecret: false })
    },
  )

  it('mislead nobody whose listing was broken off by then', async () => {
    await world.foreign(created('1'), created('2', 'Bea'))
    const ann = await world.connected()
    ann.sync.subscribe(orders)
    await world.run(1_000)
    ann.sync.disconnect()
    await world.foreign(renamed('2', 'Bob'))
    const backup = new StoreBackup(world.memory)
    await world.foreign(renamed('1', 'Eve'))
    // It is told of order 1, and not yet that this was all.
    const { network } = world
    let isCut = false
    network.observe = ({ direction, text }) => {
      if (isCut || direction !== 'down' || !text.includes('Eve')) return
      expect(text).not.toContain('synced')
      isCut = true
      network.cutAll()
      world.crashServer()
    }
    ann.sync.connect()
    await world.runUntil(() => isCut)
    expect(ann.order('1')?.customer).toBe('Eve')
    await restore(backup, ann)
    expect(ann.store.getState()).toMatchObject(await kept('1', '2'))
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
  })
})

describe('actions that wait while the server is restored', () => {
  it('are on the device without a hole, also behind one that was given up, and get through from the next page', async () => {
    const device = world.makeDevice()
    const page = device.openPage()
    const ann = await world.connected({ outbox: page.storage })
    const backup = new StoreBackup(world.memory)
    ann.dispatch(written('lost'))
    await world.run(1_000)
    // Sealed, and never heard by the server.
    world.network.cutsAt = () => true
    const givenUp = ann.dispatch(written('given up'))
    ann.dispatch(written('kept'))
    await world.runUntil(
      () => device.list('action/').filter(([, row]) => 'n' in (row as object)).length === 2,
    )
    ann.sync.discard(givenUp)
    await world.run(1_000)

    world.crashServer()
    backup.restore(world.memory)
    world.network.cutsAt = () => false
    // The page dies when both have their numbers in its new lane, and before they leave.
    const [before] = device.list('lane/')[0]!
    device.observe = () => {
      const [lane] = device.list('lane/')[0]!
      const isSealed = device.list('action/').some(([, row]) => (row as { n?: number }).n === 2)
      if (lane !== before && isSealed) page.die()
    }
    await world.startServer()
    await world.runUntil(() => page.isDead)
    expect(device.list('action/').map(([, row]) => (row as { n?: number }).n)).toEqual([1, 2])
    await world.connected({ outbox: device.openPage().storage })
    await world.run(10_000)
    expect(world.memory.log.map(({ action }) => JSON.parse(action))).toMatchObject([written('kept')])
    expect(device.list('action/')).toEqual([])
  })
})

describe('an action that another page took over while its own was asleep', () => {
  it('happens once after a restore, though both had its number', async () => {
    const device = world.makeDevice()
    const open = () => {
      const life = device.openPage()
      const { random, network } = world
      const ports = life.ports({ random, connect: network.connect, warn: () => {} })
      const user = createUser(ports, { outbox: life.storage })
      user.sync.connect()
      return { ...user, life }
    }
    const sleeper = open()
    await world.run(1_000)
    const backup = new StoreBackup(world.memory)
    sleeper.dispatch(written('settled'))
    await world.run(1_000)
    // Sealed, and never heard by the server.
    world.network.misleadAll()
    sleeper.dispatch(written('taken over'))
    await world.runUntil(() => device.list('action/').some(([, row]) => 'n' in (row as object)))
    sleeper.life.freeze()
    world.crashServer()
    backup.restore(world.memory)
    await world.startServer()

    open()
    await world.run(20_000)
    sleeper.life.wake()
    await world.run(120_000)
    expect(world.memory.log.map(({ action }) => JSON.parse(action))).toMatchObject([written('taken over')])
    expect(sleeper.sync.status).toMatchObject({ phase: 'connected', pending: 0 })
  })
})
