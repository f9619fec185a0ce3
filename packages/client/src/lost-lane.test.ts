import type { Hello } from '@foldback/core'
import { SimulatedDevice } from '@foldback/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { noteSlice } from '../../../test-support/order-models.ts'
import { createUser } from '../../../test-support/store-user.ts'

/* Two pages have to do with one lane, against a server that says what a test wants it to say. */

const { written } = noteSlice.actions

let server: FakeServer
let device: SimulatedDevice

beforeEach(() => {
  server = new FakeServer()
  device = new SimulatedDevice(server.clock, server.random)
})

function open() {
  const life = device.openPage()
  const ports = life.ports({ random: server.random, connect: server.connect, warn: () => {} })
  return { life, ...createUser(ports, { outbox: life.storage }) }
}

/** Hears the hello of the page that has connected last. */
async function heardHello(): Promise<Hello> {
  const { connection } = server
  connection.open()
  await server.run(100)
  const [hello] = connection.take('hello')
  // A page that finds its lane lost connects again.
  return hello ?? (await heardHello())
}

/** All lanes of the hello have come as far as the mark. */
function sayWelcome({ models, lanes }: Hello, mark: number): void {
  server.connection.say({
    type: 'welcome',
    actor: 'ann',
    time: server.clock.now(),
    models,
    history: 'one',
    lanes: lanes.map(({ lane }) => ({ lane, mark, refusals: [] })),
    frameBytesMax: 1024 * 1024,
  })
}

/** Welcomes the page that has connected last; returns the lanes of its hello. */
async function welcome(mark = 0): Promise<Hello['lanes']> {
  const hello = await heardHello()
  sayWelcome(hello, mark)
  await server.run(100)
  return hello.lanes
}

/** Two pages; the first has sent actions, sleeps, and the second has taken its lane over. */
async function takenOver(...texts: readonly string[]) {
  const first = open()
  first.sync.connect()
  await server.run(100)
  await welcome()
  const actions = texts.map((text) => first.dispatch(written(text)))
  await server.run(100)
  const [push] = server.connection.take('push')
  expect(push!.actions).toHaveLength(texts.length)
  first.life.freeze()
  server.connection.close(1006)
  const second = open()
  second.sync.connect()
  await server.run(100)
  await welcome()
  expect(second.sync.status.pending).toBe(texts.length)
  return { first, second, actions, lane: push!.lane }
}

/** A page of whose two actions the first is settled, and the second on its way. */
async function settledOne() {
  const page = open()
  page.sync.connect()
  await server.run(100)
  await welcome()
  for (const text of ['settled', 'moving']) page.dispatch(written(text))
  await server.run(100)
  const [push] = server.connection.take('push')
  server.connection.say({ type: 'settled', lane: push!.lane, from: 1, to: 1, places: [] })
  await server.run(100)
  return page
}

describe('an action in a lane that another page has taken over', () => {
  it('is not called accepted when the server may have refused it and have told the other page', async () => {
    const { first, actions } = await takenOver('first')
    const outcome = first.sync.settled(actions[0]!)
    outcome.catch(() => {})
    first.life.wake()
    await server.run(5_000)
    await welcome(1)
    await expect(outcome).rejects.toMatchObject({ code: 'taken-over' })
    await expect(first.sync.settled(actions[0]!)).rejects.toMatchObject({ code: 'taken-over' })
    expect(first.sync.status.pending).toBe(0)
  })

  it('is sent as given up when that page has given it up, and has left it to the first', async () => {
    const { first, second, lane } = await takenOver('first')
    server.connection.close(1006)
    second.sync.discard(second.sync.pending()[0]!)
    await server.run(100)
    second.life.die()
    first.life.wake()
    await server.run(5_000)
    await welcome()
    expect(server.connection.take('push')).toEqual([
      { type: 'push', lane, n: 1, actions: [{ type: 'foldback/cancelled' }] },
    ])
  })

  it('is not spoken of any more by the page that has lost it', async () => {
    const { first, lane } = await takenOver('first', 'second')
    first.life.wake()
    await server.run(5_000)
    const lanes = await welcome()
    expect(lanes).toHaveLength(1)
    expect(lanes[0]!.lane).not.toBe(lane)
    expect(server.connection.take('push')).toEqual([])
    expect(first.sync.status.pending).toBe(0)
  })

  it('cannot be given up any more by the page that has lost it', async () => {
    const { first, actions } = await takenOver('first')
    const outcome = first.sync.settled(actions[0]!)
    outcome.catch(() => {})
    first.life.wake()
    first.sync.discard(actions[0]!)
    await server.run(5_000)
    await welcome()
    expect(server.connection.take('push')).toEqual([])
    await expect(outcome).rejects.toMatchObject({ code: 'taken-over' })
  })

  it('is let go of by a page that wakes up with its connection, and has nothing to write', async () => {
    const first = open()
    first.sync.connect()
    await server.run(100)
    await welcome()
    const outcome = first.sync.settled(first.dispatch(written('first')))
    outcome.catch(() => {})
    await server.run(100)
    first.life.freeze()
    const second = open()
    second.sync.connect()
    await server.run(100)
    first.life.wake()
    await server.run(10_000)
    expect(first.sync.status.pending).toBe(0)
    await expect(outcome).rejects.toMatchObject({ code: 'taken-over' })
  })

  it('is lost with it by a page that has only taken it over itself', async () => {
    const { second, lane } = await takenOver('first')
    second.life.freeze()
    server.connection.close(1006)
    const third = open()
    third.sync.connect()
    await server.run(100)
    expect(await welcome()).toContainEqual({ lane, settled: 0 })
    second.life.wake()
    await server.run(5_000)
    expect(await welcome()).not.toContainEqual({ lane, settled: 0 })
    expect(second.sync.status.pending).toBe(0)
  })
})

describe('an action that is to be moved to another lane, as the server was restored', () => {
  /** A page that has just heard that the server knows nothing of what it had settled. */
  async function moving() {
    const page = await settledOne()
    const [action] = page.sync.pending()
    const outcome = page.sync.settled(action!)
    outcome.catch(() => {})
    server.connection.close(1006)
    await server.run(5_000)
    sayWelcome(await heardHello(), 0)
    return { page, action: action!, outcome }
  }

  /** Another page opens, and has the action. */
  async function takeOver(): Promise<void> {
    const other = open()
    other.sync.connect()
    await server.run(100)
    await welcome()
    expect(other.sync.status.pending).toBe(1)
  }

  it('is left to the page that has taken it over before that was written', async () => {
    const { page, outcome } = await moving()
    page.life.freeze()
    await takeOver()
    page.life.wake()
    await server.run(5_000)
    expect(page.sync.status.pending).toBe(0)
    await expect(outcome).rejects.toMatchObject({ code: 'taken-over' })
  })

  it('is not told to be discarded when another page has taken it over by then', async () => {
    const { page, action, outcome } = await moving()
    page.sync.discard(action)
    page.life.freeze()
    await takeOver()
    page.life.wake()
    await server.run(5_000)
    await expect(outcome).rejects.toMatchObject({ code: 'taken-over' })
  })

  it('is left to the page that has taken it over while its user was away', async () => {
    const { page, outcome } = await moving()
    device.failsAt = () => true
    const leaving = page.sync.signOut()
    await server.run(100)
    // Who comes next does not wait for a device that does not write.
    page.sync.connect()
    page.sync.disconnect()
    await server.run(60_000)
    device.failsAt = () => false
    await leaving
    await takeOver()
    page.sync.connect()
    await server.run(5_000)
    await welcome()
    expect(page.sync.status.pending).toBe(0)
    await expect(outcome).rejects.toMatchObject({ code: 'taken-over' })
  })
})

describe('an action that is being adopted while its adopter hears that the server was restored', () => {
  async function adopting() {
    const page = await settledOne()
    server.connection.close(1006)
    await server.run(5_000)
    const hello = await heardHello()
    const other = open()
    other.dispatch(written('adopted'))
    await server.run(100)
    other.life.die()
    // The device has given it to the page, which has not heard that yet.
    const { lane } = hello.lanes.at(-1)!
    while (!device.list(`action/${lane}/`).some(([, row]) => !('n' in (row as object)))) await server.run(1)
    sayWelcome(hello, 0)
    return { page, lane }
  }

  it('is kept in the lane in which it is sent', async () => {
    const { lane } = await adopting()
    await server.run(5_000)
    await welcome()
    const [push] = server.connection.take('push')
    expect(push!.lane).not.toBe(lane)
    expect(push!.actions).toMatchObject([written('moving'), written('adopted')])
    expect(device.list('action/')).toHaveLength(2)
    expect(device.list(`action/${push!.lane}/`)).toHaveLength(2)
  })

  it('is still there when that page dies as it writes the others to its new lane', async () => {
    const { page, lane } = await adopting()
    while (device.list('lane/').every(([key]) => key.endsWith(lane))) await server.run(1)
    page.life.die()
    const next = open()
    await server.run(100)
    next.sync.connect()
    await server.run(100)
    expect(next.sync.status.pending).toBe(2)
  })
})

describe('an action that was adopted', () => {
  it('is replaced by its event, though its lane is settled and named no more', async () => {
    const { second, lane } = await takenOver('first')
    const { connection } = server
    connection.say({
      type: 'snapshot',
      model: 'note',
      id: 'shared',
      version: 0,
      eventId: '',
      marks: {},
      state: { text: '' },
    })
    const [pending] = second.sync.pending()
    connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await server.run(100)
    connection.close(1006)
    await server.run(5_000)
    await welcome()
    const id = pending!.meta.foldback.id
    const action = { ...pending!, payload: 'by the server' }
    const event = { id, version: 1, seq: 1, actor: 'ann', receivedAt: 0, action }
    server.connection.say({ type: 'events', model: 'note', id: 'shared', events: [event] })
    expect(second.store.getState().note).toEqual({ text: 'by the server' })
  })

  it('is settled before what is dispatched behind it leaves', async () => {
    const { second, lane } = await takenOver('first')
    const { connection } = server
    expect(connection.take('push').map((push) => push.lane)).toEqual([lane])
    second.dispatch(written('second'))
    await server.run(1_000)
    expect(connection.take('push')).toEqual([])
    connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await server.run(1_000)
    expect(connection.take('push')).toMatchObject([{ n: 1, actions: [{ payload: 'second' }] }])
  })
})
