import { request } from 'node:http'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { created } from '../../../test-support/order-models.ts'
import { opening } from '../../../test-support/plain-client.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import type { OriginsOption } from './origins.ts'

const app = 'https://app.example.com'
const evil = 'https://evil.example'

/** What becomes of a WebSocket that a page of this origin opens: the protocol it gets, or the status it is refused with. */
async function upgrade(port: number, origin: string | undefined, protocol?: string, host?: string) {
  const headers = host === undefined ? {} : { host }
  const options = { headers, ...(origin !== undefined && { origin }) }
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, protocol === undefined ? [] : [protocol], options)
  try {
    await opening(socket)
    return 'open'
  } catch (thrown) {
    return /\d{3}$/.exec((thrown as Error).message)?.[0]
  } finally {
    socket.terminate()
  }
}

/** Both WebSocket doors and the HTTP door say the same of a page. */
async function verdictOn(server: RunningServer, origin: string, host?: string): Promise<'open' | '403'> {
  const plain = await upgrade(server.port, origin, undefined, host)
  const sync = await upgrade(server.port, origin, 'foldback.v1', host)
  expect(sync).toBe(plain)
  return plain as 'open' | '403'
}

describe('without the option, a page is let in', () => {
  it.each([
    ['of the same host', 'app.example.com', 'https://app.example.com'],
    ['of the same host, by a port that is the default', 'app.example.com:443', 'https://app.example.com'],
    ['of the same host and port', 'app.example.com:8443', 'https://app.example.com:8443'],
    ['of this machine at another port, as in development', 'localhost:4000', 'http://localhost:5173'],
    ['of this machine by another name', '127.0.0.1:4000', 'http://localhost:5173'],
  ])('%s', async (_what, host, origin) => {
    expect(await verdictOn(await RunningServer.start(), origin, host)).toBe('open')
  })

  it('and so is whoever is no browser, and says no origin', async () => {
    const server = await RunningServer.start()
    expect(await upgrade(server.port, undefined)).toBe('open')
    expect(await server.post(created('1'))).toMatchObject({ status: 200 })
  })
})

describe('without the option, a page is not let in', () => {
  it.each([
    ['of another host', 'app.example.com', evil],
    ['of a host that ends the same', 'app.example.com', 'https://evil-app.example.com'],
    ['of another port of the host', 'app.example.com', 'https://app.example.com:8443'],
    ['of another host, on a server of this machine', 'localhost:4000', evil],
    ['of this machine, on a server that is elsewhere', 'app.example.com', 'http://localhost:5173'],
    ['without an origin of its own', 'app.example.com', 'null'],
    ['of an app in a shell', 'localhost', 'capacitor://localhost'],
    ['that hides its host in a path', 'app.example.com', 'https://evil.example/app.example.com'],
    ['that hides its host behind a name', 'app.example.com', 'https://app.example.com@evil.example'],
  ])('%s', async (_what, host, origin) => {
    expect(await verdictOn(await RunningServer.start(), origin, host)).toBe('403')
  })

  it('and nothing it asks for happens', async () => {
    const server = await RunningServer.start()
    const refused = await server.post(created('1'), { origin: evil })
    expect(refused).toMatchObject({ status: 403, body: { code: 'foreign-origin' } })
    expect(refused.body.detail).toContain("origins: ['https://app.example.com']")
    expect(refused.body.detail).toContain(evil)
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    expect(await server.get('/records/order/1')).toMatchObject({ status: 404 })
    for (const path of ['/records/order', '/events/order/1', '/metrics', '/healthz']) {
      expect(await server.get(path, { origin: evil })).toMatchObject({ body: { code: 'foreign-origin' } })
    }
    const preflight = await server.fetch('/actions', { method: 'OPTIONS', headers: { origin: evil } })
    expect(preflight.status).toBe(403)
  })

  it('and neither is what it embeds, which has no Origin; a link to a record is followed', async () => {
    const server = await RunningServer.start()
    await server.post(created('1'))
    // Not with fetch, which says a mode of its own.
    const get = (site: string, mode: string, dest: string) =>
      new Promise<number | undefined>((resolve) => {
        const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest }
        request(server.url('/records/order/1'), { headers }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).end()
      })
    expect(await get('cross-site', 'no-cors', 'image')).toBe(403)
    expect(await get('same-site', 'no-cors', 'script')).toBe(403)
    expect(await get('cross-site', 'navigate', 'iframe')).toBe(403)
    expect(await get('cross-site', 'navigate', 'document')).toBe(200)
    expect(await get('same-origin', 'cors', 'empty')).toBe(200)
    expect(await get('none', 'navigate', 'document')).toBe(200)
  })
})

describe('a form of another page', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'cannot dispatch as %j, even where a browser says no origin',
    async (type) => {
      const server = await RunningServer.start()
      const answer = await server.postText(JSON.stringify(created('1')), { 'content-type': type })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    },
  )
})

describe('with the option', () => {
  const listed = () => RunningServer.start({ origins: [app, 'capacitor://localhost'] })

  it.each([app, 'capacitor://localhost'])('%s is let in, and may read the answers', async (origin) => {
    const server = await listed()
    expect(await verdictOn(server, origin)).toBe('open')
    const answer = await server.post(created('1'), { origin })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    expect(answer.headers.get('vary')).toBe('origin')
    const refusal = await server.get('/records/order/none', { origin })
    expect(refusal.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it('a browser hears beforehand that it may send', async () => {
    const server = await listed()
    const headers = { origin: app, 'access-control-request-method': 'POST' }
    const { status, headers: said } = await server.fetch('/actions', { method: 'OPTIONS', headers })
    expect(status).toBe(204)
    expect(said.get('access-control-allow-origin')).toBe(app)
    expect(said.get('access-control-allow-methods')).toContain('POST')
    expect(said.get('access-control-allow-headers')).toContain('idempotency-key')
    expect(said.get('access-control-allow-headers')).toContain('x-request-id')
  })

  it('nobody else is, not even a page of the host itself or of this machine', async () => {
    const server = await listed()
    for (const origin of [
      evil,
      `http://127.0.0.1:${server.port}`,
      'http://localhost:5173',
      `${app}.evil.example`,
    ])
      expect(await verdictOn(server, origin)).toBe('403')
  })

  it('a function decides, and anything but true is no', async () => {
    const ending: OriginsOption = (origin) => origin.endsWith('.example.com')
    const server = await RunningServer.start({ origins: ending })
    expect(await verdictOn(server, app)).toBe('open')
    expect(await verdictOn(server, evil)).toBe('403')
    const promising = (async () => true) as unknown as OriginsOption
    expect(await verdictOn(await RunningServer.start({ origins: promising }), app)).toBe('403')
  })

  it.each([[['app.example.com']], [[`${app}/`]], [['*']], [['null']], [app]])(
    '%j is named as no origin',
    async (origins) => {
      await expect(RunningServer.start({ origins: origins as string[] })).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringContaining('origins'),
      })
    },
  )
})

it('says in the log what to set, once for each origin', async () => {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const server = await RunningServer.start({ log })
  for (const origin of [evil, evil, app]) await verdictOn(server, origin, 'orders.example.com')
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { code: 'foreign-origin', origin: evil, msg: expect.stringContaining('option origins') },
    { origin: app },
  ])
})
