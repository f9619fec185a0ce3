import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSync } from '@foldback/client'
import { configureStore } from '@reduxjs/toolkit'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RunningServer } from '../../test-support/running-server.ts'
import { jwtLogin } from './jwt-login.ts'
import { models, noticeSlice, rules } from './notices.ts'

const issuer = 'https://login.example.com/'
const audience = 'notices'
const { posted } = noticeSlice.actions

/** Whoever signs tokens: it has a private key, and shows the public one at an address. */
class Issuer {
  readonly jwksUrl: string
  readonly publicKey: JWK
  readonly #privateKey: CryptoKey

  private constructor(jwksUrl: string, publicKey: JWK, privateKey: CryptoKey) {
    this.jwksUrl = jwksUrl
    this.publicKey = publicKey
    this.#privateKey = privateKey
  }

  static async start(): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256' }
    const server = createHttpServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })))
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return new Issuer(`http://127.0.0.1:${port}/`, jwk, privateKey)
  }

  /** A token of ada's that is right but for what is said here. */
  token({ aud = audience, iss = issuer, exp = inSeconds(3_600), sub = 'ada', key = this.#privateKey } = {}) {
    return new SignJWT({ roles: ['editor'] })
      .setProtectedHeader({ alg: 'ES256', kid: 'key-1' })
      .setIssuer(iss)
      .setAudience(aud)
      .setSubject(sub)
      .setExpirationTime(exp)
      .sign(key)
  }
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function start() {
  const authority = await Issuer.start()
  const authenticate = jwtLogin({ jwksUrl: authority.jwksUrl, issuer, audience })
  const server = await RunningServer.start({ models, rules, authenticate })
  const read = async (token: string) => {
    const { status, body } = await server.get('/records/notice/shared', bearer(token))
    return { status, code: body.code as string | undefined }
  }
  return { authority, server, read }
}

const unauthenticated = { status: 401, code: 'unauthenticated' }

describe('a token', () => {
  it('that is right says who speaks, what they may do, and until when', async () => {
    const { authority, server } = await start()
    const exp = inSeconds(3_600)
    const answer = await server.post(posted('Closed on Friday.'), bearer(await authority.token({ exp })))
    expect(answer).toMatchObject({ status: 200 })
    const { body } = await server.get('/events/notice/shared', bearer(await authority.token()))
    expect(body.events).toMatchObject([{ actor: 'ada' }])
    const client = await server.sync()
    const welcome = await client.hello({ token: await authority.token({ exp }), models: { notice: 1 } })
    expect(welcome).toMatchObject({ actor: 'ada', expiresAt: exp * 1_000 })
  })

  it('that has expired is answered so, and a newer one is taken', async () => {
    const { authority, server, read } = await start()
    const expired = await authority.token({ exp: inSeconds(-10) })
    expect(await read(expired)).toEqual({ status: 401, code: 'login-expired' })
    const client = await server.sync()
    client.send({ type: 'hello', protocol: 1, models: {}, lanes: [], token: expired })
    expect(await client.next('problem')).toMatchObject({ code: 'login-expired' })
    expect(await client.closed).toMatchObject({ code: 4401 })
    expect(await read(await authority.token())).toMatchObject({ status: 200 })
  })

  it("that is newer makes the session last longer, and another user's does not", async () => {
    const { authority, server } = await start()
    const client = await server.sync()
    await client.hello({ token: await authority.token({ exp: inSeconds(600) }) })
    const exp = inSeconds(7_200)
    client.send({ type: 'token', token: await authority.token({ exp }) })
    expect(await client.next('renewed')).toMatchObject({ expiresAt: exp * 1_000 })
    client.send({ type: 'token', token: await authority.token({ sub: 'bob' }) })
    expect(await client.next('problem')).toMatchObject({ code: 'other-user' })
    expect(await client.closed).toMatchObject({ code: 4401 })
  })

  it("of nobody, of another issuer, for another audience or of another key is nobody's", async () => {
    const { authority, server, read } = await start()
    expect(await server.get('/records/notice/shared')).toMatchObject({ status: 401 })
    expect(await read(await authority.token({ iss: 'https://evil.example/' }))).toEqual(unauthenticated)
    expect(await read(await authority.token({ aud: 'another-service' }))).toEqual(unauthenticated)
    const { privateKey } = await generateKeyPair('ES256')
    expect(await read(await authority.token({ key: privateKey }))).toEqual(unauthenticated)
  })

  it('of another audience that has expired too does not even tell so', async () => {
    const { authority, read } = await start()
    expect(await read(await authority.token({ aud: 'x', exp: inSeconds(-10) }))).toEqual(unauthenticated)
  })

  it("that is changed after it was signed is nobody's", async () => {
    const { authority, read } = await start()
    const [header, payload, signature] = (await authority.token()).split('.')
    const changed = { ...(JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object), sub: 'root' }
    const forged = Buffer.from(JSON.stringify(changed)).toString('base64url')
    expect(await read(`${header}.${forged}.${signature}`)).toEqual(unauthenticated)
    expect(await read('not.a.token')).toEqual(unauthenticated)
  })

  it("without a signature (alg: none) is nobody's", async () => {
    const { read } = await start()
    const token = new UnsecuredJWT({ roles: ['editor'] })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ada')
      .setExpirationTime('1h')
      .encode()
    expect(await read(token)).toEqual(unauthenticated)
  })

  it("signed with the public key as if it were a secret (HS256) is nobody's", async () => {
    const { authority, read } = await start()
    const secret = new TextEncoder().encode(JSON.stringify(authority.publicKey))
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(secret)
    expect(await read(token)).toEqual(unauthenticated)
  })
})

it("does not send users away when the keys cannot be had: that is the server's fault", async () => {
  const closed = createHttpServer()
  closed.listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const { authority } = await start()
  const authenticate = jwtLogin({ jwksUrl: `http://127.0.0.1:${port}/`, issuer, audience })
  const server = await RunningServer.start({ models, rules, authenticate })
  const answer = await server.get('/records/notice/shared', bearer(await authority.token()))
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
})

it('lets an app go on by itself that comes with an expired token and has a newer one', async () => {
  const { authority, server } = await start()
  const tokens = [await authority.token({ exp: inSeconds(-10) }), await authority.token()]
  const sync = createSync({
    url: `ws://127.0.0.1:${server.port}`,
    models,
    token: () => (tokens.length > 1 ? tokens.shift() : tokens[0]),
  })
  onTestFinished(() => sync.disconnect())
  const store = configureStore({
    reducer: sync.reducers,
    middleware: (getDefault) => getDefault().concat(sync.middleware),
  })
  sync.connect()
  const outcome = await sync.settled(store.dispatch(posted('Closed on Friday.')))
  expect(outcome.accepted).toBe(true)
  expect(sync.status).toMatchObject({ phase: 'connected', actor: 'ada' })
})

it('says what to set when it is started without', async () => {
  await expect(import('./server.ts')).rejects.toThrow('set JWKS_URL, ISSUER and AUDIENCE')
})
