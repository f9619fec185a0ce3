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

/** Welcomes the page that has connected last; returns the lanes of its hello. */
async function welcome(mark = 0): Promise<readonly { lane: string; settled: number }[]> {
  const { connection } = server
  connection.open()
  await server.run(100)
  const [hello] = connection.take('hello')
  // A page that finds its lane lost connects again.
  if (hello === undefined) return await welcome(mark)
  const lanes = hello.lanes.map(({ lane }) => ({ lane, mark, refusals: [] }))
  const time = server.clock.now()
  const { models } = hello
  const welcomed = { actor: 'ann', time, models, history: 'one', lanes, frameBytesMax: 1024 * 1024 }
  connection.say({ type: 'welcome', ...welcomed })
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

  it('is not let go of by the server for what the page says that has lost it', async () => {
    const { first, lane } = await takenOver('first', 'second')
    first.life.wake()
    await server.run(5_000)
    await welcome()
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    await server.run(100)
    server.connection.close(1006)
    await server.run(5_000)
    expect(await welcome()).toContainEqual({ lane, settled: 0 })
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
