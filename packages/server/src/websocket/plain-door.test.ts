import { once } from 'node:events'
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { Rules } from '@foldback/engine'
import {
  created,
  type models,
  noteSlice,
  orderSlice,
  renamed,
  themeSlice,
} from '../../../../test-support/order-models.ts'
import { RunningServer } from '../../../../test-support/running-server.ts'
import type { Authenticate } from '../authenticate.ts'

const users: Authenticate = ({ token }) => (token === undefined ? undefined : { actor: token })
const as = (actor: string) => ({ authorization: `Bearer ${actor}` })

const rules: Rules<typeof models> = {
  order: {
    canRead: (order, { actor }) => !order.isSecret || actor === 'ada',
    guard: (_, action) =>
      orderSlice.actions.renamed.match(action) && action.payload.customer === 'Nobody'
        ? { code: 'no-such-customer', message: 'There is no such customer. Choose another.' }
        : undefined,
  },
}

it('brings a record to everybody who is connected plainly, the sender included', async () => {
  const server = await RunningServer.start()
  const [sender, other] = [await server.plain(), await server.plain()]
  sender.send({ type: 'order/created', payload: { id: '1', customer: 'Ada' } })
  const record = { model: 'order', id: '1', version: 1, state: { id: '1', customer: 'Ada', isSecret: false } }
  expect(await sender.next()).toEqual({ type: 'foldback/record', payload: record })
  expect(await other.next()).toEqual({ type: 'foldback/record', payload: record })
  other.send(orderSlice.actions.deleted({ id: '1' }))
  expect(await sender.record()).toEqual({ model: 'order', id: '1', version: 2, state: null })
})

it('brings what is committed together as one message for each record, with its newest state', async () => {
  const server = await RunningServer.start()
  const client = await server.plain()
  await server.post([created('1'), renamed('1', 'Grace'), created('2')])
  expect(await client.record()).toMatchObject({ id: '1', version: 2, state: { customer: 'Grace' } })
  expect(await client.record()).toMatchObject({ id: '2', version: 1 })
})

it('tells of a refusal the sender alone, with the code and sentence of the rule', async () => {
  const server = await RunningServer.start({ rules })
  const [sender, other] = [await server.plain(), await server.plain()]
  sender.send(created('1'))
  expect(await sender.record()).toMatchObject({ version: 1 })
  const action = renamed('1', 'Nobody')
  sender.send(action)
  expect(await sender.rejected()).toEqual({
    code: 'no-such-customer',
    message: 'There is no such customer. Choose another.',
    action,
  })
  sender.send(renamed('1', 'Grace'))
  expect(await other.record()).toMatchObject({ version: 1 })
  expect(await other.record()).toMatchObject({ version: 2, state: { customer: 'Grace' } })
})

it('tells what the reducer threw, and keeps the record as it was', async () => {
  const server = await RunningServer.start()
  const client = await server.plain()
  client.send(created('1'))
  expect(await client.record()).toMatchObject({ version: 1 })
  client.send(orderSlice.actions.exploded({ id: '1' }))
  expect(await client.rejected()).toMatchObject({
    code: 'reducer-threw',
    message: expect.stringContaining('the reducer exploded'),
  })
  client.send(renamed('1', 'Grace'))
  expect(await client.record()).toMatchObject({ version: 2, state: { customer: 'Grace' } })
})

it('takes everything that was sent before the goodbye, however much at once', async () => {
  const server = await RunningServer.start()
  const [sender, other] = [await server.plain(), await server.plain()]
  const count = 500
  sender.send(created('1'))
  for (let sent = 1; sent < count; sent++) sender.send(renamed('1', `Ada ${sent}`))
  sender.socket.close()
  let version = 0
  while (version < count) version = (await other.record()).version
  expect((await server.get('/records/order/1')).body).toMatchObject({
    version: count,
    state: { customer: `Ada ${count - 1}` },
  })
})

describe('the address', () => {
  it('narrows what is told of to a model and to a record', async () => {
    const server = await RunningServer.start()
    const notes = await server.plain('/?model=note')
    const second = await server.plain('/anywhere?model=order&id=2')
    const sender = await server.plain('/?model=order&id=')
    sender.send(created('1'))
    sender.send(created('2'))
    expect(await second.record()).toMatchObject({ id: '2', version: 1 })
    sender.send(noteSlice.actions.written('hello'))
    sender.send(renamed('2', 'Grace'))
    expect(await notes.record()).toMatchObject({ model: 'note', id: 'shared', state: { text: 'hello' } })
    expect(await second.record()).toMatchObject({ id: '2', version: 2 })
    for (const id of ['1', '2', '2']) expect(await sender.record()).toMatchObject({ model: 'order', id })
  })

  it('that names an unknown model is refused', async () => {
    const server = await RunningServer.start()
    const { status, body } = await refusedUpgrade(server, '/?model=__proto__')
    expect(status).toBe(404)
    expect(body).toMatchObject({ code: 'unknown-model', status: 404 })
  })
})

describe('an action that brings its own meta.foldback.id', () => {
  const action = { ...created('1'), meta: { foldback: { id: 'mine-1' } } }

  it('happens once, and tells who sends it again how things stand', async () => {
    const server = await RunningServer.start()
    const [one, other] = [await server.plain(), await server.plain()]
    one.send(action)
    expect(await one.record()).toMatchObject({ version: 1, state: { customer: 'Ada' } })
    one.send(action)
    expect(await one.record()).toMatchObject({ version: 1 })
    one.send(renamed('1', 'Grace'))
    expect(await one.record()).toMatchObject({ version: 2 })
    expect(await other.record()).toMatchObject({ version: 1 })
    expect(await other.record()).toMatchObject({ version: 2 })
    expect((await server.get('/events/order/1')).body.events).toHaveLength(2)
  })

  it('is refused with the same words when it is sent again', async () => {
    const server = await RunningServer.start({ rules })
    const client = await server.plain()
    const refused = { ...renamed('1', 'Nobody'), meta: { foldback: { id: 'mine-2' } } }
    client.send(refused)
    const first = await client.rejected()
    expect(first.code).toBe('no-such-record')
    client.send(created('1'))
    await client.record()
    client.send(refused)
    expect(await client.rejected()).toEqual(first)
  })

  it('is nothing to those whose address leaves the record out', async () => {
    const server = await RunningServer.start()
    const client = await server.plain('/?model=note')
    client.send(action)
    client.send(action)
    for (const text of ['one', 'two', 'three']) {
      client.send(noteSlice.actions.written(text))
      expect(await client.record()).toMatchObject({ model: 'note', state: { text } })
    }
  })
})

describe('who may read', () => {
  it('hears of a record, and nobody else', async () => {
    const server = await RunningServer.start({ rules, authenticate: users })
    const [ada, bob] = [await server.plain('/', as('ada')), await server.plain('/', as('bob'))]
    bob.send(orderSlice.actions.created({ id: '1', customer: 'Bob', isSecret: true }))
    bob.send(created('2'))
    expect(await ada.record()).toMatchObject({ id: '1' })
    expect(await ada.record()).toMatchObject({ id: '2' })
    expect(await bob.record()).toMatchObject({ id: '2' })
  })

  it("hears of a user's own record, and no other user", async () => {
    const server = await RunningServer.start({ authenticate: users })
    const [ada, bob] = [await server.plain('/', as('ada')), await server.plain('/', as('bob'))]
    ada.send(themeSlice.actions.painted('red'))
    ada.send(noteSlice.actions.written('hello'))
    expect(await ada.record()).toMatchObject({ model: 'theme', id: 'ada', state: { color: 'red' } })
    expect(await ada.record()).toMatchObject({ model: 'note' })
    expect(await bob.record()).toMatchObject({ model: 'note' })
  })

  it('is nobody, when the rule answers with a promise of yes, which the types forbid', async () => {
    const asynchronous = { order: { canRead: (async () => true) as unknown as () => boolean } }
    const server = await RunningServer.start({ rules: asynchronous })
    const client = await server.plain()
    await server.post([created('1'), noteSlice.actions.written('hello')])
    expect(await client.record()).toMatchObject({ model: 'note' })
  })

  it('is asked at the door: a stranger gets no WebSocket', async () => {
    const server = await RunningServer.start({ authenticate: users })
    const { status, headers, body } = await refusedUpgrade(server, '/', { 'x-request-id': 'proxy-17' })
    expect(status).toBe(401)
    expect(headers['x-request-id']).toBe('proxy-17')
    expect(headers['content-type']).toBe('application/problem+json')
    expect(body).toMatchObject({ code: 'unauthenticated', detail: expect.stringMatching(/^Sign in first/) })
  })

  it('is given what authenticate may want to know', async () => {
    const callers: unknown[] = []
    const server = await RunningServer.start({
      authenticate: async (caller) => {
        callers.push(caller)
        return { actor: 'ada', claims: { role: 'clerk' } }
      },
    })
    await server.plain('/?model=note', { ...as('secret'), 'x-tenant': '7' })
    expect(callers).toEqual([
      {
        token: 'secret',
        headers: expect.objectContaining({ 'x-tenant': '7' }),
        url: '/?model=note',
        remoteAddress: '127.0.0.1',
      },
    ])
  })

  it("cannot be told when authenticate fails, which is the server's fault", async () => {
    for (const authenticate of [
      () => Promise.reject(new Error('the directory is down')),
      () => ({ actor: '' }),
    ]) {
      const server = await RunningServer.start({ authenticate })
      const { status, body } = await refusedUpgrade(server, '/')
      expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal' })
      expect(JSON.stringify(body)).not.toContain('directory')
    }
  })
})

it('refuses a request to become a WebSocket that is not complete', async () => {
  const server = await RunningServer.start()
  const { status, body } = await refusedUpgrade(server, '/', { 'sec-websocket-version': '7' })
  expect(status).toBe(400)
  expect(body).toMatchObject({
    code: 'invalid-request',
    detail: expect.stringContaining('Sec-WebSocket-Version'),
  })
})

interface Refusal {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: { readonly code?: string }
}

/** What a request to become a WebSocket gets instead. */
async function refusedUpgrade(
  server: RunningServer,
  path: string,
  more: Record<string, string> = {},
): Promise<Refusal> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    ...more,
  }
  const request = get(server.url(path), { headers })
  request.on('upgrade', () => request.destroy(new Error('it became a WebSocket')))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = (await json(response)) as { code?: string }
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}
