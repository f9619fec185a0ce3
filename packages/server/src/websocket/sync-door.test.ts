import { expect, it } from 'vitest'
import type { Rules } from '@foldback/engine'
import {
  created,
  type models,
  orderSlice,
  renamed,
  themeSlice,
} from '../../../../test-support/order-models.ts'
import { hello, lane, RawSyncClient } from '../../../../test-support/raw-sync-client.ts'
import { RunningServer } from '../../../../test-support/running-server.ts'
import type { Authenticate } from '../authenticate.ts'

const users: Authenticate = ({ token }) => (token === undefined ? undefined : { actor: token })
const rules: Rules<typeof models> = {
  order: { canRead: (order, { actor }) => !order.isSecret || actor === 'ada' },
}

it('leads from hello to welcome, subscribe, push and settled', async () => {
  const server = await RunningServer.start()
  const client = await server.sync()
  const before = Date.now()
  client.send(hello())
  const welcome = await client.next('welcome')
  expect(welcome).toEqual({
    type: 'welcome',
    actor: 'anonymous',
    time: expect.any(Number),
    models: { order: 1, note: 1, theme: 1 },
    history: expect.any(String),
    lanes: [{ lane, mark: 0, refusals: [] }],
    frameBytesMax: 1024 * 1024,
    silentMsMax: 60_000,
  })
  expect(welcome.time).toBeGreaterThanOrEqual(before)

  client.send({ type: 'subscribe', model: 'order', id: '1' })
  expect(await client.next('snapshot')).toMatchObject({
    id: '1',
    version: 0,
    eventId: '',
    state: null,
    marks: {},
  })
  const stamp = (id: string) => ({ foldback: { id, at: before, actor: 'anonymous' } })
  client.push(1, { ...created('1'), meta: stamp('a') }, { ...renamed('1', 'Grace'), meta: stamp('b') })
  expect(await client.next('settled')).toEqual({
    type: 'settled',
    lane,
    from: 1,
    to: 2,
    places: [{ model: 'order', id: '1', version: 1 }],
  })

  const other = await server.plain()
  other.send(renamed('1', 'Edsger'))
  const { events } = await client.next('events')
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({ version: 3, actor: 'anonymous', action: renamed('1', 'Edsger') })
})

it('gives an action that is sent again its first outcome, also in the next session', async () => {
  const server = await RunningServer.start()
  const client = await server.sync()
  await client.hello()
  client.push(1, created('1'), renamed('none', 'Grace'))
  expect(await client.next('settled')).toMatchObject({ from: 1, to: 1 })
  expect(await client.next('rejected')).toMatchObject({ n: 2, final: true, code: 'no-such-record' })
  client.socket.terminate()

  const again = await server.sync()
  const { lanes } = await again.hello()
  expect(lanes).toEqual([
    { lane, mark: 2, refusals: [{ n: 2, code: 'no-such-record', message: expect.any(String) }] },
  ])
  again.push(1, created('1'))
  expect(await again.next('settled')).toMatchObject({ from: 1, to: 1, places: [] })
  expect((await server.get('/events/order/1')).body.events).toHaveLength(1)
})

it('is told by the token of the hello who speaks', async () => {
  const server = await RunningServer.start({ authenticate: users })
  const ada = await server.sync()
  expect(await ada.hello({ token: 'ada' })).toMatchObject({ actor: 'ada' })
  const stranger = await server.sync()
  stranger.send(hello())
  expect(await stranger.next('problem')).toMatchObject({ code: 'unauthenticated' })
  expect(await stranger.closed).toEqual({ code: 4401, reason: 'unauthenticated' })
})

it('closes with 1013 when authenticate fails, so that the client tries again', async () => {
  const authenticate = () => Promise.reject(new Error('the directory is down'))
  const server = await RunningServer.start({ authenticate })
  const client = await server.sync()
  client.send(hello())
  const problem = await client.next('problem')
  expect(problem.code).toBe('internal')
  expect(problem.message).not.toContain('directory')
  expect(await client.closed).toMatchObject({ code: 1013 })
})

it('refuses a lane of another user', async () => {
  const server = await RunningServer.start({ authenticate: users })
  const ada = await server.sync()
  await ada.hello({ token: 'ada' })
  ada.push(1, created('1'))
  await ada.next('settled')
  const bob = await server.sync()
  bob.send(hello({ token: 'bob' }))
  expect(await bob.next('problem')).toMatchObject({ code: 'lane-taken' })
  expect(await bob.closed).toMatchObject({ code: 4403 })
})

it('shows a record to those who may read it, one by one and all at once', async () => {
  const server = await RunningServer.start({ authenticate: users, rules })
  const writer = await server.sync()
  await writer.hello({ token: 'ada' })
  writer.push(1, orderSlice.actions.created({ id: '1', customer: 'Ada', isSecret: true }), created('2'))
  await writer.next('settled')
  await writer.next('settled')

  const bob = await server.sync()
  await bob.hello({ token: 'bob', lanes: [] })
  bob.send({ type: 'subscribe', model: 'order', id: '1' })
  expect(await bob.next('gone')).toEqual({ type: 'gone', model: 'order', id: '1' })
  bob.send({ type: 'unsubscribe', model: 'order', id: '1' }, { type: 'subscribe', model: 'order' })
  expect(await bob.next('snapshot')).toMatchObject({ id: '2' })
  expect(await bob.next('synced')).toMatchObject({ model: 'order', complete: true })
  bob.send({ type: 'subscribe', model: 'theme', id: 'ada' })
  expect(await bob.next('problem')).toMatchObject({ code: 'not-readable', model: 'theme', id: 'ada' })

  // A change to what is hidden is not told either, a change to what is not is.
  writer.push(3, renamed('1', 'Grace'), renamed('2', 'Grace'))
  expect(await bob.next('events')).toMatchObject({ id: '2' })
})

it('shows everybody a theme of their own', async () => {
  const server = await RunningServer.start({ authenticate: users })
  const ada = await server.sync()
  await ada.hello({ token: 'ada' })
  ada.push(1, themeSlice.actions.painted('red'))
  await ada.next('settled')
  for (const [actor, color] of [
    ['ada', 'red'],
    ['bob', 'grey'],
  ]) {
    const client = await server.sync()
    await client.hello({ token: actor, lanes: [] })
    client.send({ type: 'subscribe', model: 'theme' })
    expect(await client.next('snapshot')).toMatchObject({ id: actor, state: { color } })
  }
})

it('answers what it cannot subscribe to with the names that were asked for', async () => {
  const server = await RunningServer.start()
  const client = await server.sync()
  await client.hello()
  client.send({ type: 'subscribe', model: 'song', id: '1' })
  expect(await client.next('problem')).toMatchObject({ code: 'unknown-model', model: 'song', id: '1' })
})

it('has words with another version of the protocol, and closes', async () => {
  const server = await RunningServer.start()
  const client = await RawSyncClient.connect(`ws://127.0.0.1:${server.port}`, ['foldback.v2', 'foldback.v3'])
  expect(client.socket.protocol).toBe('foldback.v2')
  expect(await client.next('problem')).toEqual({
    type: 'problem',
    code: 'protocol-version',
    message: expect.stringContaining('foldback.v1'),
  })
  expect(await client.closed).toEqual({ code: 4400, reason: 'protocol-version' })
})

it('speaks the version it knows when a client offers several', async () => {
  const server = await RunningServer.start()
  const url = `ws://127.0.0.1:${server.port}`
  const client = await RawSyncClient.connect(url, ['foldback.v2', 'foldback.v1'])
  expect(client.socket.protocol).toBe('foldback.v1')
  await client.hello()
})
