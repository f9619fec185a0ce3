import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, models, orderSlice } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'

const [orders] = models
const { deleted } = orderSlice.actions
const secret = (id: string) => orderSlice.actions.created({ id, customer: 'Ada', isSecret: true })
const rules = { order: { canRead: (order: unknown) => !(order as { isSecret: boolean }).isSecret } }

/** Nothing is shown, nothing waits, and the client is connected. */
function expectNothing({ sync, store }: StoreUser): void {
  expect(store.getState().order.ids).toEqual([])
  expect(sync.pending()).toEqual([])
  expect(sync.status.phase).toBe('connected')
}

describe('a record that is no more', () => {
  it('is not shown, when it was created here and deleted elsewhere before the answer came', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected()
    ann.sync.subscribe(orders)
    await world.run(1_000)
    ann.dispatch(created('1'))
    await world.runUntil(() => world.logged.length === 1)
    world.network.cutAll()
    await world.foreign(deleted({ id: '1' }))
    await world.run(60_000)
    expectNothing(ann)
  })
})

describe('a record that may not be read', () => {
  it('is not shown to the one who created it so', async () => {
    const world = await OrderWorld.start({ rules })
    const ann = await world.connected()
    ann.sync.subscribe(orders)
    await world.run(1_000)
    ann.dispatch(secret('1'))
    await world.run(2_000)
    await world.foreign(orderSlice.actions.renamed({ id: '1', customer: 'Zoe' }))
    await world.run(2_000)
    expectNothing(ann)
  })

  it('looks like one that is not there, which can be created, and stays on the screen', async () => {
    const world = await OrderWorld.start({ rules })
    await world.foreign(secret('hidden'))
    const ann = await world.connected()
    for (const id of ['hidden', 'none']) ann.sync.subscribe(orders, id)
    await world.run(1_000)
    for (const id of ['hidden', 'none']) expect(ann.sync.record(orders, id)).toBeNull()

    const shown: boolean[] = []
    ann.store.subscribe(() => shown.push('none' in ann.store.getState().order.entities))
    ann.dispatch(created('none'))
    await world.run(2_000)
    expect(shown.length).toBeGreaterThan(0)
    expect(shown).not.toContain(false)
    expect(ann.sync.record(orders, 'none')).toMatchObject({ customer: 'Ada' })
    expect(ann.sync.pending()).toEqual([])
  })

  it('is not shown to the one who hid it before the first connection', async () => {
    const world = await OrderWorld.start({ rules })
    await world.foreign(created('1'))
    const ann = world.user()
    ann.sync.subscribe(orders, '1')
    ann.dispatch(secret('1'))
    ann.sync.connect()
    await world.run(5_000)
    expectNothing(ann)
  })
})

describe('a record that a listing did not name', () => {
  const snapshot = (id: string): object => ({
    type: 'snapshot',
    model: 'order',
    id,
    version: 1,
    eventId: `event ${id}`,
    marks: {},
    state: { id, customer: 'Ada', isSecret: false },
  })

  it('is not shown, though the listing before it, which was broken off, had named it', async () => {
    const server = new FakeServer()
    const ann = createUser(server)
    ann.sync.connect()
    ann.sync.subscribe(orders)
    await server.welcome()
    server.connection.say(snapshot('1'))
    await server.run(0)
    await server.welcomeAgain()
    server.connection.say(snapshot('2'), {
      type: 'synced',
      model: 'order',
      complete: true,
      position: { seq: 9, id: 'i' },
    })
    await server.run(0)
    expect(ann.store.getState().order.ids).toEqual(['2'])
  })
})
