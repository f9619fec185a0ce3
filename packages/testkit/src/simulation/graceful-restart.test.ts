import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { models, noteSlice, themeSlice, created, renamed } from '../../../../test-support/order-models.ts'
import { OrderWorld } from '../../../../test-support/order-world.ts'
import type { StoreUser } from '../../../../test-support/store-user.ts'

/*
 * A server that ends in good order and is started again: what it had taken is settled and told, what it had not waits,
 * nobody is shown an error, and nobody comes back together.
 */

const { written } = noteSlice.actions
const { painted } = themeSlice.actions
const userNames = ['ann', 'bob', 'eve']
const returnMsMax = 5_000

async function restart(world: OrderWorld, downMs = 0): Promise<void> {
  await world.stopServer()
  await world.run(downMs)
  await world.startServer()
}

function isConnected({ sync }: StoreUser): boolean {
  return sync.status.phase === 'connected'
}

interface History {
  readonly seed: number
  /** Milliseconds from one action to the next. */
  readonly pausesMs: readonly number[]
  /** For each restart, milliseconds from the one before it, and how long nobody is there. */
  readonly restarts: readonly { readonly afterMs: number; readonly downMs: number }[]
}

/** Three users act while the server is restarted, until all is settled. */
async function live({ seed, pausesMs, restarts }: History) {
  const world = await OrderWorld.start({ seed })
  const users = userNames.map((name) => world.user({ name }))
  const errors: string[] = []
  for (const { sync } of users) {
    sync.connect()
    sync.onChange(() => void (sync.status.error && errors.push(sync.status.error.code)))
  }
  let atMs = 0
  for (const [count, pauseMs] of pausesMs.entries()) {
    atMs += pauseMs
    const { dispatch } = users[count % users.length]!
    const action = count % 2 === 0 ? written(`${count}`) : painted(`${count}`)
    world.clock.after(atMs, () => void dispatch(action))
  }
  for (const { afterMs, downMs } of restarts) {
    await world.run(afterMs)
    await restart(world, downMs)
  }
  await world.run(atMs)
  await world.runUntil(() => users.every((user) => isConnected(user) && user.sync.status.pending === 0))
  await world.run(1_000)
  return { world, users, errors }
}

const histories = fc.record({
  seed: fc.nat(),
  pausesMs: fc.array(fc.nat(60), { minLength: 1, maxLength: 30 }),
  restarts: fc.array(fc.record({ afterMs: fc.nat(600), downMs: fc.nat(2_000) }), { maxLength: 3 }),
})

describe('a restart in good order', () => {
  it('loses nothing, doubles nothing and shows no error, whenever it comes', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const { world, users, errors } = await live(history)
        const texts = world.memory.log.map(
          ({ action }) => (JSON.parse(action) as { payload: string }).payload,
        )
        expect(texts.sort()).toEqual(history.pausesMs.map((_, count) => `${count}`).sort())
        const notes = users.map(({ store }) => store.getState().note)
        expect(notes).toEqual(notes.map(() => notes[0]))
        expect([...errors, ...world.incidents, ...world.warnings]).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('settles and tells what had arrived before it says goodbye', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected()
    const frames: string[] = []
    world.network.observe = ({ direction, text }) => frames.push(`${direction} ${text}`)
    const outcome = ann.sync.settled(ann.dispatch(created('1')))
    await world.runUntil(() => frames.some((frame) => frame.startsWith('up') && frame.includes('push')))
    await world.stopServer()
    await world.runUntil(() => ann.sync.status.phase === 'waiting')
    expect(await outcome).toMatchObject({ accepted: true })
    expect(ann.sync.status).toMatchObject({ pending: 0, error: undefined })
  })

  it('is no incident, whatever a session was at when it was told goodbye', async () => {
    for (let afterMs = 0; afterMs < 200; afterMs += 2) {
      const world = await OrderWorld.start({ seed: afterMs, limits: { cachedRecordBytesMax: 1 } })
      await world.foreign(...['1', '2', '3'].map((id) => created(id)))
      const ann = world.user()
      ann.sync.subscribe(models[0])
      ann.sync.subscribe(models[0], '1')
      ann.sync.connect()
      await world.run(afterMs)
      await world.stopServer()
      await world.run(200)
      expect(world.incidents).toEqual([])
    }
  })

  it('lets an action wait that came too late, until the server is back', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected()
    ann.dispatch(created('1'))
    const stopped = world.stopServer()
    ann.dispatch(renamed('1', 'Eve'))
    await stopped
    await world.run(60_000)
    ann.dispatch(renamed('1', 'Eva'))
    expect(ann.sync.status.pending).toBeGreaterThan(0)
    await world.startServer()
    await world.runUntil(() => ann.sync.status.pending === 0)
    expect(world.logged).toHaveLength(3)
    expect(ann.order('1')?.customer).toBe('Eva')
    expect(ann.sync.status.error).toBeUndefined()
  })
})

describe('coming back after a goodbye', () => {
  it('is spread at random over returnMsMax, also by those whom nobody was told of', async () => {
    const world = await OrderWorld.start()
    const users = await Promise.all(
      Array.from({ length: 100 }, (_, index) => Promise.resolve(world.user({ name: `user ${index}` }))),
    )
    for (const { sync } of users) sync.connect()
    await world.runUntil(() => users.every(isConnected))
    await world.stopServer()
    await world.runUntil(() => users.every(({ sync }) => sync.status.phase === 'waiting'))
    const now = world.clock.now()
    const waits = users.map(({ sync }) => sync.status.retryAt! - now)
    expect(Math.max(...waits)).toBeLessThanOrEqual(returnMsMax)
    // A tenth of the span has about a tenth of them.
    for (let tenth = 0; tenth < 10; tenth++) {
      const count = waits.filter((wait) => Math.floor((wait / returnMsMax) * 10) === tenth).length
      expect(count).toBeGreaterThan(1)
      expect(count).toBeLessThan(25)
    }
  })

  it('makes no later wait longer: the server said goodbye, it did not fail', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected()
    for (let round = 0; round < 6; round++) {
      await restart(world)
      await world.runUntil(() => ann.sync.status.phase === 'waiting')
      expect(ann.sync.status.retryAt! - world.clock.now()).toBeLessThanOrEqual(returnMsMax)
      await world.runUntil(() => isConnected(ann))
    }
    world.network.cutAll()
    await world.runUntil(() => ann.sync.status.phase === 'waiting')
    // As after a first failure.
    expect(ann.sync.status.retryAt! - world.clock.now()).toBeLessThanOrEqual(500)
  })

  it('takes as long as the client was told', async () => {
    const world = await OrderWorld.start()
    const ann = await world.connected({ limits: { returnMsMax: 1 } })
    await world.stopServer()
    await world.runUntil(() => ann.sync.status.phase === 'waiting')
    expect(ann.sync.status.retryAt! - world.clock.now()).toBeLessThanOrEqual(1)
  })
})
