import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { memoryStore, StoreMemory } from '@foldback/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { created, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { hello } from '../../../test-support/raw-sync-client.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import type { Authenticate, Identity } from './authenticate.ts'

/** How often a limit took effect, by the server's own count. On a busy machine asking may itself take too long. */
async function countOf(server: RunningServer, limit: string): Promise<number> {
  const line = new RegExp(`foldback_limit_reached_total\\{limit="${limit}"\\} (\\d+)`)
  for (;;) {
    const text = await server.fetch('/metrics').then(
      (response) => response.text(),
      () => '',
    )
    const found = line.exec(text)
    if (found !== null) return Number(found[1])
  }
}

/** A connection on which a test says each byte. */
async function rawSocket(
  server: RunningServer,
  text = '',
): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(server.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (data) => (answer += data.toString()))
  socket.on('error', () => {})
  const ended = once(socket, 'close').then(() => answer)
  await once(socket, 'connect')
  socket.write(text)
  return { socket, answer: ended }
}

/** Goes on to say one byte after the other, until nobody listens any more. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('x'), 5)
  socket.on('close', () => clearInterval(timer))
}

const requestHead = 'POST /actions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'

describe('connections', () => {
  it('over the bound of one address are answered with a code, and let in when others have gone', async () => {
    const server = await RunningServer.start({ limits: { connectionsPerAddressMax: 3 } })
    const clients = [await server.plain(), await server.plain(), await server.plain()]
    const { answer } = await rawSocket(server)
    expect(await answer).toMatch(/^HTTP\/1\.1 503 .*"code":"too-many-connections"/s)
    clients[0]!.socket.terminate()
    clients[1]!.socket.terminate()
    await Promise.all([clients[0]!.closed, clients[1]!.closed])
    const again = await untilLetIn(server)
    again.send(created('1'))
    expect(await again.record()).toMatchObject({ id: '1' })
    expect(await countOf(server, 'connectionsPerAddressMax')).toBeGreaterThan(0)
  })

  it('over the bound of the server too', async () => {
    const server = await RunningServer.start({ limits: { connectionsMax: 1 } })
    const client = await server.plain()
    expect(await (await rawSocket(server)).answer).toContain('"code":"too-many-connections"')
    client.socket.terminate()
    await client.closed
    expect(await untilLetIn(server)).toBeDefined()
  })

  /** The server hears a moment later that somebody has gone. */
  async function untilLetIn(server: RunningServer) {
    for (;;) {
      const client = await server.plain().catch(() => undefined)
      if (client !== undefined) return client
    }
  }
})

describe('slow-loris', () => {
  it.each([
    ['nothing at all', ''],
    ['half of a request line', 'GET /rec'],
    ['headers without an end', 'GET /records/order HTTP/1.1\r\nhost: a\r\nx-'],
  ])('a connection that says %s is closed with 408', async (_name, text) => {
    const server = await RunningServer.start({ limits: { headersMsMax: 100 } })
    const { socket, answer } = await rawSocket(server, text)
    if (text !== '') drip(socket)
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(await countOf(server, 'headersMsMax')).toBeGreaterThan(0)
  })

  it('a body without an end is closed', async () => {
    const server = await RunningServer.start({ limits: { requestMsMax: 1_000 } })
    const { socket, answer } = await rawSocket(server, `${requestHead}content-length: 100000\r\n\r\n`)
    drip(socket)
    await answer
    expect(await countOf(server, 'requestMsMax')).toBeGreaterThan(0)
  })

  it('a WebSocket that never says hello is closed', async () => {
    const server = await RunningServer.start({ limits: { helloMsMax: 50 } })
    const client = await server.sync()
    expect(await client.next('problem')).toMatchObject({ code: 'no-hello' })
    expect(await client.closed).toMatchObject({ code: 1013, reason: 'no-hello' })
  })

  it('a request in time is answered on a connection that is kept', async () => {
    const server = await RunningServer.start({ limits: { headersMsMax: 10_000 } })
    for (let count = 0; count < 3; count++) expect((await server.post(created('1'))).status).toBe(200)
  })

  it('what is no request is answered as such', async () => {
    const server = await RunningServer.start()
    const { answer } = await rawSocket(server, 'hello\r\n\r\n')
    expect(await answer).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('callers whose authentication takes long', () => {
  function slowly(): { authenticate: Authenticate; go: () => void; begun: () => number } {
    const waiting: ((identity: Identity) => void)[] = []
    return {
      authenticate: () => new Promise((resolve) => waiting.push(resolve)),
      go: () => {
        for (const resolve of waiting.splice(0)) resolve({ actor: 'ada' })
      },
      begun: () => waiting.length,
    }
  }

  it('are put off when there are too many, at each door', async () => {
    const { authenticate, go, begun } = slowly()
    const server = await RunningServer.start({ authenticate, limits: { authenticationsMax: 1 } })
    const first = server.get('/records/order')
    while (begun() === 0) await server.fetch('/healthz')
    expect(await server.get('/records/order')).toMatchObject({ status: 503, body: { code: 'busy' } })
    await expect(server.plain()).rejects.toThrow('503')
    const client = await server.sync()
    client.send(hello())
    expect(await client.next('problem')).toMatchObject({ code: 'busy' })
    expect(await client.closed).toMatchObject({ code: 1013 })
    expect(await countOf(server, 'authenticationsMax')).toBe(3)
    go()
    expect(await first).toMatchObject({ status: 200 })
    const next = server.get('/records/order')
    while (begun() === 0) await server.fetch('/healthz')
    go()
    expect(await next).toMatchObject({ status: 200 })
  })

  it('are put off when it takes too long, and make room for others', async () => {
    const limits = { authenticationsMax: 1, authenticationMsMax: 20 }
    const { authenticate } = slowly()
    const server = await RunningServer.start({ authenticate, limits })
    for (let count = 0; count < 2; count++)
      expect(await server.get('/records/order')).toMatchObject({ status: 503, body: { code: 'busy' } })
    expect(await countOf(server, 'authenticationMsMax')).toBe(2)
  })

  it('come in when it fails, as ever', async () => {
    const authenticate = () => Promise.reject(new Error('the directory is down'))
    const server = await RunningServer.start({ authenticate, limits: { authenticationsMax: 1 } })
    for (let count = 0; count < 2; count++) expect((await server.get('/records/order')).status).toBe(500)
  })
})

describe('requests', () => {
  it('that are too many at one time are put off', async () => {
    const store = memoryStore()
    const list = store.list.bind(store)
    const held: (() => void)[] = []
    store.list = async (request) => {
      await new Promise<void>((go) => held.push(go))
      return list(request)
    }
    const server = await RunningServer.start({ store, limits: { requestsMax: 1 } })
    const first = server.get('/records/order')
    while (held.length === 0) await server.fetch('/healthz')
    const refused = await server.get('/records/order')
    expect(refused).toMatchObject({ status: 503, body: { code: 'busy' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await server.fetch('/readyz')).status).toBe(200)
    held.splice(0).forEach((go) => go())
    expect(await first).toMatchObject({ status: 200 })
    expect(await countOf(server, 'requestsMax')).toBe(1)
    const next = server.get('/records/order')
    while (held.length === 0) await server.fetch('/healthz')
    held.splice(0).forEach((go) => go())
    expect(await next).toMatchObject({ status: 200 })
  })

  it('with too many actions count for that limit, and too large ones for theirs', async () => {
    const server = await RunningServer.start({ limits: { requestActionsMax: 1, frameBytesMax: 1_000 } })
    expect((await server.post([created('1'), created('2')])).status).toBe(413)
    expect(await countOf(server, 'requestActionsMax')).toBe(1)
    expect(await countOf(server, 'frameBytesMax')).toBe(0)
    expect((await server.post(created('1', 'Ada'.repeat(1_000)))).status).toBe(413)
    expect(await countOf(server, 'requestActionsMax')).toBe(1)
    expect(await countOf(server, 'frameBytesMax')).toBe(1)
  })

  it('whose bodies do not come take no place of others', async () => {
    const server = await RunningServer.start({ limits: { requestsMax: 1 } })
    await rawSocket(server, `${requestHead}content-length: 10\r\n\r\n`)
    await server.fetch('/healthz')
    expect(await server.post(created('1'))).toMatchObject({ status: 200 })
  })

  it('whose answer nobody takes are given up', async () => {
    const memory = new StoreMemory()
    // More than the buffers of the operating system take.
    const text = 'x'.repeat(20_000_000)
    const large = { frameBytesMax: 30_000_000, recordBytesMax: 30_000_000 }
    const writer = await RunningServer.start({ store: memoryStore(memory), limits: large })
    expect((await writer.post(noteSlice.actions.written(text))).status).toBe(200)
    const server = await RunningServer.start({ store: memoryStore(memory), limits: { requestMsMax: 200 } })
    const { socket, answer } = await rawSocket(server)
    socket.pause()
    socket.write('GET /records/note/shared HTTP/1.1\r\nhost: a\r\n\r\n')
    while ((await countOf(server, 'requestMsMax')) === 0);
    socket.resume()
    expect((await answer).length).toBeLessThan(text.length)
  })

  it('with more actions than one user may send tell when to come back', async () => {
    const server = await RunningServer.start({ limits: { actionsPerSecondMax: 1, actionsBurstMax: 1 } })
    expect((await server.post(created('1'))).status).toBe(200)
    const refused = await server.post(renamed('1', 'Grace'))
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'rate-limited', retryAfterMs: expect.any(Number) },
    })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const { body } = await server.post([renamed('1', 'Grace')])
    expect(body).toMatchObject([
      { outcome: 'rejected', code: 'rate-limited', retryAfterMs: expect.any(Number) },
    ])
  })

  it('with more bytes than one user may send are put off', async () => {
    const server = await RunningServer.start({ limits: { bytesPerSecondMax: 10, bytesBurstMax: 10 } })
    expect((await server.post(created('1'))).status).toBe(200)
    const refused = await server.post(created('2'))
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited' } })
    // More than 512 bytes are owed, at 10 bytes in a second.
    expect(refused.body.retryAfterMs).toBeGreaterThan(50_000)
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(refused.body.retryAfterMs / 1_000))
    expect(await countOf(server, 'bytesPerSecondMax')).toBe(1)
  })

  it('that read more bytes than one user may are put off', async () => {
    const authenticate: Authenticate = ({ token }) => (token === undefined ? undefined : { actor: token })
    const server = await RunningServer.start({
      authenticate,
      limits: { bytesPerSecondMax: 10, bytesBurstMax: 3_000 },
    })
    const large = created('1', 'Ada'.repeat(500))
    expect((await server.post(large, { authorization: 'Bearer ada' })).status).toBe(200)
    const read = () => server.get('/records/order', { authorization: 'Bearer bob' })
    expect([await read(), await read(), await read()].map(({ status }) => status)).toEqual([200, 200, 429])
  })
})

describe('requests count for the rate of their user', () => {
  const rated = (burst: number, frameBytesMax = 1_000_000) =>
    RunningServer.start({ limits: { frameBytesMax, bytesPerSecondMax: 1, bytesBurstMax: burst } })
  const statuses = async (count: number, ask: () => Promise<{ status: number }>) => {
    const found: number[] = []
    for (let each = 0; each < count; each++) found.push((await ask()).status)
    return found
  }

  it('when there is nothing to read', async () => {
    const server = await rated(2_500)
    expect(await statuses(6, () => server.get('/records/order/none'))).toEqual([404, 404, 404, 404, 404, 429])
  })

  it('when they are too large', async () => {
    const server = await rated(6_000, 1_000)
    const large = { type: 'x', payload: 'x'.repeat(3_900) }
    expect(await statuses(3, () => server.post(large))).toEqual([413, 413, 429])
  })

  it('by what is answered to many actions', async () => {
    const server = await rated(50_000)
    const many = Array.from({ length: 1_000 }, () => 1)
    expect(await statuses(2, () => server.post(many))).toEqual([200, 429])
  })

  it('when they come all at once', async () => {
    const held: (() => void)[] = []
    const store = memoryStore()
    const list = store.list.bind(store)
    store.list = async (request) => {
      await new Promise<void>((go) => held.push(go))
      return list(request)
    }
    const limits = { bytesPerSecondMax: 1, bytesBurstMax: 1_000 }
    const server = await RunningServer.start({ store, limits })
    const read = () => server.get('/records/order')
    const first = [read(), read()]
    while (held.length < 2) await server.fetch('/healthz')
    expect(await read()).toMatchObject({ status: 429 })
    for (const go of held) go()
    expect(await Promise.all(first)).toMatchObject([{ status: 200 }, { status: 200 }])
  })
})

describe('a WebSocket that sends faster than it may', () => {
  it('waits, and loses nothing', async () => {
    const limits = { bytesPerSecondMax: 20_000, bytesBurstMax: 2_000 }
    const server = await RunningServer.start({ limits })
    const client = await server.sync()
    await client.hello()
    const other = await server.plain()
    for (let n = 1; n <= 10; n++) client.push(n, created(`${n}`))
    for (let n = 1; n <= 10; n++) expect(await other.record()).toMatchObject({ id: `${n}` })
    expect(await countOf(server, 'bytesPerSecondMax')).toBeGreaterThan(0)
  })

  it('at the plain door hears which actions are put off', async () => {
    const server = await RunningServer.start({ limits: { actionsPerSecondMax: 1, actionsBurstMax: 1 } })
    const client = await server.plain()
    client.send(created('1'))
    client.send(created('2'))
    // A refusal leaves at once, a record when it is committed.
    const [one, other] = [await client.next(), await client.next()]
    expect([one.type, other.type].toSorted()).toEqual(['foldback/record', 'foldback/rejected'])
    const { payload } = one.type === 'foldback/rejected' ? one : other
    expect(payload).toMatchObject({ code: 'rate-limited', retryAfterMs: expect.any(Number) })
  })
})

describe('identity', () => {
  it('may say as whom somebody is counted, and nothing that is no name', async () => {
    const authenticate: Authenticate = ({ headers }) => ({
      actor: 'guest',
      countedAs: headers['x-address'] as string,
    })
    const server = await RunningServer.start({
      authenticate,
      limits: { actionsPerSecondMax: 1, actionsBurstMax: 1 },
    })
    expect((await server.post(created('1'), { 'x-address': 'here' })).status).toBe(200)
    expect((await server.post(created('2'), { 'x-address': 'here' })).status).toBe(429)
    expect((await server.post(created('3'), { 'x-address': 'there' })).status).toBe(200)
    expect((await server.post(created('4'), { 'x-address': 'x'.repeat(201) })).status).toBe(500)
  })
})
