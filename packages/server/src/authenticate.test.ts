import { describe, expect, it } from 'vitest'
import { created } from '../../../test-support/order-models.ts'
import { hello, RawSyncClient } from '../../../test-support/raw-sync-client.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import type { Authenticate } from './authenticate.ts'

/** Knows its users by a cookie, as a server with sessions does; or by a token. */
const byCookieOrToken: Authenticate = ({ headers, token }) => {
  const cookie = /(?:^|; )session=(\w+)/.exec(headers.cookie ?? '')?.[1]
  const actor = cookie ?? token
  return actor === undefined || actor === 'stranger' ? undefined : { actor }
}

const start = () => RunningServer.start({ authenticate: byCookieOrToken })
const connect = (server: RunningServer, headers: Record<string, string>) =>
  RawSyncClient.connect(`ws://127.0.0.1:${server.port}`, undefined, { headers })

describe('a user is known', () => {
  it('by the cookie of the request, on every door', async () => {
    const server = await start()
    const headers = { cookie: 'theme=dark; session=ada' }
    const sync = await connect(server, headers)
    expect(await sync.hello()).toMatchObject({ actor: 'ada' })
    const plain = await server.plain('/', headers)
    plain.send(created('1'))
    await plain.record()
    await server.post(created('2'), headers)
    for (const id of ['1', '2']) {
      const { body } = await server.get(`/events/order/${id}`, headers)
      expect(body.events).toMatchObject([{ actor: 'ada' }])
    }
  })

  it('by the header Authorization, on every door', async () => {
    const server = await start()
    const headers = { authorization: 'Bearer ada' }
    expect(await (await connect(server, headers)).hello()).toMatchObject({ actor: 'ada' })
    await server.plain('/', headers)
    expect(await server.get('/records/order', headers)).toMatchObject({ status: 200 })
  })

  it('by the token of the hello, before that of the header', async () => {
    const server = await start()
    const client = await connect(server, { authorization: 'Bearer ada' })
    expect(await client.hello({ token: 'bob' })).toMatchObject({ actor: 'bob' })
  })
})

describe('a stranger', () => {
  it('gets no plain WebSocket, and no answer over HTTP', async () => {
    const server = await start()
    await expect(server.plain()).rejects.toThrow('401')
    await expect(server.plain('/', { cookie: 'session=stranger' })).rejects.toThrow('401')
    expect(await server.post(created('1'))).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  it('gets nothing of a session but why there is none, whatever is sent behind the hello', async () => {
    const server = await start()
    await server.post(created('1'), { authorization: 'Bearer ada' })
    const client = await server.sync()
    const told: unknown[] = []
    client.socket.on('message', (data: Buffer) => told.push(...(JSON.parse(data.toString()) as unknown[])))
    client.send(
      hello(),
      { type: 'subscribe', model: 'order' },
      { type: 'subscribe', model: 'order', id: '1' },
    )
    expect(await client.closed).toEqual({ code: 4401, reason: 'unauthenticated' })
    expect(told).toMatchObject([{ type: 'problem', code: 'unauthenticated' }])
  })

  it('can do nothing before the hello', async () => {
    const server = await start()
    const client = await server.sync()
    client.send({ type: 'subscribe', model: 'order' }, { type: 'token', token: 'ada' })
    client.push(1, created('1'))
    for (let message = 0; message < 3; message++)
      expect(await client.next('problem')).toMatchObject({ code: 'out-of-turn' })
    expect(await server.get('/records/order/1', { authorization: 'Bearer ada' })).toMatchObject({
      status: 404,
    })
  })
})
