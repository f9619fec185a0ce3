import { beforeEach, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created } from '../../../test-support/order-models.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'

const heartbeatMs = 20_000
let server: FakeServer
let ann: StoreUser

beforeEach(() => {
  server = new FakeServer()
  server.answersPings = false
  ann = createUser(server)
})

async function connect(welcome: Parameters<FakeServer['welcome']>[0] = {}): Promise<void> {
  ann.sync.connect()
  await server.welcome(welcome)
  server.connection.frames.length = 0
}

const pings = (): number => server.connection.take('ping').length
const answer = (): void => server.connection.say({ type: 'pong' })

it('asks whether the server is there when nothing has been heard for a while, and not before', async () => {
  await connect()
  await server.run(heartbeatMs - 1)
  expect(pings()).toBe(0)
  await server.run(1)
  expect(pings()).toBe(1)
  answer()
  await server.run(heartbeatMs)
  expect(pings()).toBe(1)
})

it('does not ask while both sides talk', async () => {
  await connect()
  for (let count = 0; count < 10; count++) {
    await server.run(heartbeatMs / 2)
    ann.dispatch(created(`${count}`))
    await server.run(0)
    server.connection.say({ type: 'synced', model: 'order', complete: false, position: { seq: 1, id: 'e' } })
  }
  expect(pings()).toBe(0)
})

it('says something before the server takes a client for gone that only listens', async () => {
  await connect()
  let count = 0
  for (let seconds = 0; seconds < 60; seconds++) {
    await server.run(1_000)
    answer()
    count += pings()
  }
  expect(count).toBeGreaterThanOrEqual(2)
})

it('does so as often as the server wants to hear', async () => {
  await connect({ silentMsMax: 5_000 })
  await server.run(2_500)
  expect(pings()).toBe(1)
})

it('gives a connection up by which no answer comes, and sends by the next what the first had swallowed', async () => {
  await connect()
  ann.dispatch(created('1'))
  await server.run(heartbeatMs)
  expect(pings()).toBe(1)
  await server.run(heartbeatMs - 1)
  expect(ann.sync.status.phase).toBe('connected')
  await server.run(1)
  expect(server.connections[0]!.isClosed).toBe(true)
  expect(ann.sync.status).toMatchObject({ phase: 'waiting', pending: 1 })
  await server.run(500)
  await server.welcome()
  expect(server.connection.take('push')).toMatchObject([{ n: 1, actions: [created('1')] }])
})

it('waits for anything, not for the pong alone', async () => {
  await connect()
  await server.run(heartbeatMs * 2 - 1)
  server.connection.say({ type: 'synced', model: 'order', complete: false, position: { seq: 1, id: 'e' } })
  await server.run(heartbeatMs - 1)
  expect(server.connections).toHaveLength(1)
  expect(ann.sync.status.phase).toBe('connected')
})

it('waits twice as long on the next connection, so that a large frame on a slow line arrives at last', async () => {
  await connect()
  await server.run(heartbeatMs * 2 + 500)
  await server.welcome()
  await server.run(heartbeatMs * 3 - 501)
  expect(ann.sync.status.phase).toBe('connected')
  answer()
  await server.run(heartbeatMs * 2)
  expect(ann.sync.status.phase).not.toBe('connected')
})

it('stops with the connection', async () => {
  await connect()
  await server.run(heartbeatMs)
  server.connection.close(1006)
  await server.run(500)
  await server.run(9_000)
  expect(server.connections).toHaveLength(2)
  expect(server.connection.frames).toEqual([])
})

it('leaves no timer after disconnect, whether it waits for an answer or not', async () => {
  await connect()
  ann.sync.disconnect()
  await server.run(0)
  expect(server.clock.nextAt).toBeUndefined()
  await connect()
  await server.run(heartbeatMs)
  ann.sync.disconnect()
  await server.run(0)
  expect(server.clock.nextAt).toBeUndefined()
})
