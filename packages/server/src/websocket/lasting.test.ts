import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { created, renamed } from '../../../../test-support/order-models.ts'
import { PlainClient } from '../../../../test-support/plain-client.ts'
import { hello } from '../../../../test-support/raw-sync-client.ts'
import { RunningServer } from '../../../../test-support/running-server.ts'
import type { Authenticate } from '../authenticate.ts'

/* How long connections last: while the other end is there, and the login has not expired. */

const silentMsMax = 1_000

/** The token is the user, and for how many milliseconds. */
const brief: Authenticate = ({ token }) => {
  const [actor = '', lastsMs] = token?.split(' ') ?? []
  return actor === '' ? undefined : { actor, expiresAt: Date.now() + Number(lastsMs) }
}

describe('a plain connection', () => {
  it('whose other end has gone without a word ends, and one that answers pings stays', async () => {
    const server = await RunningServer.start({ limits: { silentMsMax } })
    const url = `ws://127.0.0.1:${server.port}`
    const alive = await server.plain()
    const gone = await PlainClient.connect(url, { autoPong: false })
    expect(await gone.closed).toMatchObject({ code: 1006 })
    // As long again, measured by another one that goes.
    const next = await PlainClient.connect(url, { autoPong: false })
    await next.closed
    alive.send(created('1'))
    expect(await alive.record()).toMatchObject({ id: '1' })
  })

  it('that only sends stays too', async () => {
    const server = await RunningServer.start({ limits: { silentMsMax } })
    const url = `ws://127.0.0.1:${server.port}`
    const sender = await PlainClient.connect(url, { autoPong: false })
    const gone = await PlainClient.connect(url, { autoPong: false })
    sender.send(created('1'))
    for (let count = 0; gone.socket.readyState === gone.socket.OPEN; count++) {
      await sender.record()
      sender.send(renamed('1', `Ada ${count}`))
    }
    expect(await sender.record()).toMatchObject({ id: '1' })
  })

  it('ends with its login', async () => {
    const server = await RunningServer.start({ authenticate: ({ headers }) => briefly(headers['x-user']) })
    const client = await server.plain('/', { 'x-user': 'ada' })
    client.send(created('1'))
    expect(await client.record()).toMatchObject({ id: '1' })
    expect(await client.closed).toEqual({ code: 4401, reason: 'login-expired' })
  })
})

const briefly = (user: unknown) => ({ actor: String(user), expiresAt: Date.now() + 1_000 })

describe('a sync connection', () => {
  it('that says nothing is closed with the reason, and one that pings stays', async () => {
    const server = await RunningServer.start({ limits: { silentMsMax } })
    const silent = await server.sync()
    expect(await silent.hello()).toMatchObject({ silentMsMax })
    const talking = await server.sync()
    await talking.hello({ lanes: [] })
    while (silent.socket.readyState === silent.socket.OPEN) {
      talking.send({ type: 'ping' })
      await talking.next('pong')
    }
    expect(await silent.next('problem')).toMatchObject({ code: 'silent' })
    expect(await silent.closed).toMatchObject({ code: 1013 })
  })

  it('lasts as long as the newest token', async () => {
    const server = await RunningServer.start({ authenticate: brief })
    const client = await server.sync()
    const { expiresAt } = await client.hello({ token: 'ada 60000' })
    expect(expiresAt! - Date.now()).toBeLessThanOrEqual(60_000)
    client.send({ type: 'token', token: 'ada 1000' })
    const renewed = await client.next('renewed')
    expect(renewed.expiresAt! - Date.now()).toBeLessThanOrEqual(1_000)
    client.push(1, created('1'))
    expect(await client.next('settled')).toMatchObject({ from: 1 })
    expect(await client.next('problem')).toMatchObject({ code: 'login-expired' })
    expect(await client.closed).toEqual({ code: 4401, reason: 'login-expired' })
    expect(Date.now()).toBeGreaterThanOrEqual(renewed.expiresAt!)
  })

  it('stays with the user it began with', async () => {
    const server = await RunningServer.start({ authenticate: brief })
    const client = await server.sync()
    await client.hello({ token: 'ada 60000' })
    client.send({ type: 'token', token: 'bob 60000' })
    expect(await client.next('problem')).toMatchObject({ code: 'other-user' })
    expect(await client.closed).toEqual({ code: 4401, reason: 'other-user' })
  })
})

describe('a login that has expired', () => {
  it('is answered with 401 and what to do', async () => {
    const expired: Authenticate = () => ({ actor: 'ada', expiresAt: Date.now() - 1 })
    const server = await RunningServer.start({ authenticate: expired })
    expect(await server.get('/records/order')).toMatchObject({ status: 401, body: { code: 'login-expired' } })
    await expect(server.plain()).rejects.toThrow('401')
    const client = await server.sync()
    client.send(hello())
    expect(await client.next('problem')).toMatchObject({ code: 'login-expired' })
    expect(await client.closed).toMatchObject({ code: 4401 })
  })

  it('whose end is in seconds, as a JWT has it, is named as a mistake and not as expired', async () => {
    const stream = new PassThrough()
    const seconds: Authenticate = () => ({ actor: 'ada', expiresAt: Math.floor(Date.now() / 1_000) + 3_600 })
    const server = await RunningServer.start({ authenticate: seconds, log: pino(stream) })
    expect(await server.get('/records/order')).toMatchObject({ status: 500 })
    expect(String(stream.read())).toContain('in seconds')
  })
})
