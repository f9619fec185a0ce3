import { describe, expect, it } from 'vitest'
import { created, models, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'

/* Sessions that last, against the real server in a simulated world: through logins that end, and cut-off networks. */

const [orders] = models

describe('a login that is renewed', () => {
  it('keeps one connection for as long as the application has newer tokens', async () => {
    let tokens = 0
    const world: OrderWorld = await OrderWorld.start({
      authenticate: async () => ({ actor: 'ann', claims: {}, expiresAt: world.clock.now() + 120_000 }),
    })
    const connections = new Set<number>()
    world.network.observe = ({ connection }) => void connections.add(connection)
    const ann = await world.connected({ token: () => `token ${tokens++}` })
    ann.sync.subscribe(orders, '1')
    const phases = new Set<string>()
    ann.sync.onChange(() => phases.add(ann.sync.status.phase))
    for (let minutes = 0; minutes < 60; minutes++) {
      await world.run(60_000)
      await world.foreign(minutes === 0 ? created('1') : renamed('1', `Zoe ${minutes}`))
    }
    await world.run(1_000)
    expect(connections.size).toBe(1)
    expect([...phases]).toEqual(['connected'])
    expect(tokens).toBeGreaterThan(30)
    expect(tokens).toBeLessThan(70)
    expect(ann.order('1')).toMatchObject({ customer: 'Zoe 59' })
  })

  it('brings what may be read since the user has other rights, and takes away what may not', async () => {
    let role = 'clerk'
    const world: OrderWorld = await OrderWorld.start({
      authenticate: async () => ({ actor: 'ann', claims: { role }, expiresAt: world.clock.now() + 120_000 }),
      rules: { order: { canRead: (order, { claims }) => !order.isSecret || claims['role'] === 'head' } },
    })
    await world.foreign(
      { ...created('1'), payload: { id: '1', customer: 'Ada', isSecret: true } },
      created('2'),
    )
    const ann = await world.connected()
    ann.sync.subscribe(orders)
    await world.run(1_000)
    expect(ann.store.getState().order.ids).toEqual(['2'])
    role = 'head'
    await world.run(120_000)
    expect(ann.store.getState().order.ids).toEqual(['2', '1'])
    role = 'clerk'
    await world.run(120_000)
    expect(ann.store.getState().order.ids).toEqual(['2'])
    expect(ann.sync.status.phase).toBe('connected')
  })
})

describe('a login that ends', () => {
  /** A token is good until its time; there is another one after that. */
  async function dispatchAround(offsetMs: number): Promise<void> {
    const lastsMs = 5_000
    let token = 'first'
    const authenticate = async (given: string | undefined) =>
      given === 'second'
        ? { actor: 'ann', claims: {} }
        : { actor: 'ann', claims: {}, expiresAt: startsAt + lastsMs }
    const world = await OrderWorld.start({ authenticate, seed: offsetMs + 1 })
    const startsAt = world.clock.now()
    const ann = await world.connected({ token: () => token })
    await world.run(startsAt + lastsMs + offsetMs - world.clock.now())
    const texts: string[] = []
    for (let count = 0; count < 10; count++) {
      texts.push(`note ${count}`)
      ann.dispatch(noteSlice.actions.written(`note ${count}`))
      await world.run(15)
    }
    await world.runUntil(() => ann.sync.status.phase === 'signed-out')
    expect(ann.sync.status.error?.code).toBe('login-expired')
    ann.dispatch(noteSlice.actions.written('signed out'))
    await world.run(600_000)
    expect(ann.sync.status).toMatchObject({ phase: 'signed-out' })
    expect(ann.sync.status.pending).toBeGreaterThan(0)

    token = 'second'
    ann.sync.connect()
    await world.runUntil(() => ann.sync.status.pending === 0)
    const logged = world.memory.log.map(({ action }) => (JSON.parse(action) as { payload: string }).payload)
    expect(logged).toEqual([...texts, 'signed out'])
    expect(ann.store.getState().note.text).toBe('signed out')
    expect(world.incidents).toEqual([])
  }

  it.each([-300, -200, -150, -120, -100, -80, -60, -40, -20, 0, 20])(
    'loses and doubles nothing of what is on its way then: dispatched from %d ms on',
    (offsetMs) => dispatchAround(offsetMs),
  )
})

describe('a connection that leads nowhere any more', () => {
  it('is noticed by the client, which sends by the next one what the first had swallowed', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected()
    ann.sync.subscribe(orders, '1')
    ann.dispatch(created('1'))
    await world.run(1_000)
    world.network.misleadAll()
    ann.dispatch(renamed('1', 'Eve'))
    await world.foreign(noteSlice.actions.written('from Zoe'))
    await world.run(10_000)
    expect(ann.sync.status).toMatchObject({ phase: 'connected', pending: 1 })
    await world.run(35_000)
    expect(ann.sync.status).toMatchObject({ phase: 'connected', pending: 0 })
    expect(ann.store.getState().note.text).toBe('from Zoe')
    expect(world.logged).toHaveLength(3)
  })

  it('is noticed by the server, which lets go of the session', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected()
    world.network.misleadAll()
    ann.sync.disconnect()
    await world.run(59_000)
    expect(world.network.openCount).toBe(1)
    await world.run(2_000)
    expect(world.network.openCount).toBe(0)
  })
})
