import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AppendBatch, EventStore } from '@foldback/engine'
import { memoryStore } from '@foldback/testkit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { created, models, orderSlice, renamed } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import { createServer } from './create-server.ts'
import type { ServerOptions } from './server-options.ts'

type Options = ServerOptions<typeof models>

/** A store that takes an append only when it is let. */
function heldStore() {
  const store = memoryStore()
  let release = (): void => {}
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const released = new Promise<void>((resolve) => (release = resolve))
  const append = async (batch: AppendBatch) => {
    begin()
    await released
    return store.append(batch)
  }
  const close = vi.fn<EventStore['close']>(() => store.close())
  const held = new Proxy(store, {
    get: (_, name: keyof EventStore) => {
      if (name === 'append') return append
      return name === 'close' ? close : store[name].bind(store)
    },
  })
  return { store: held, begun, release, close }
}

describe('options', () => {
  const wrong: readonly [string, Partial<Record<keyof Options | 'port', unknown>>, RegExp][] = [
    ['that there are not', { port: 4000 }, /createServer has no option port/],
    ['without models', { models: undefined }, /models must be a list/],
    ['with a model in the place of a list', { models: models[0] }, /models must be a list/],
    ['with a slice in the place of a model', { models: [orderSlice] }, /not a model yet/],
    ['without a store', { store: undefined }, /store is missing/],
    ['with the path of a store', { store: 'orders.db' }, /store must be what sqlite\('data\.db'\) returns/],
    ['with a store that was not made', { store: memoryStore }, /store must be what sqlite/],
    ['with an authenticate that is none', { authenticate: 'jwt' }, /authenticate must be a function/],
    ['with a handler that is none', { handler: {} }, /handler must be a function/],
    ['with limits that are none', { limits: 5 }, /limits must be an object/],
    ['with one rule in the place of rules', { rules: () => true }, /rules must be an object/],
    ['with an unknown limit', { limits: { speedMax: 1 } }, /no limit is named speedMax/],
    [
      'with a limit that is no number',
      { limits: { frameBytesMax: '1mb' } },
      /frameBytesMax must be a whole number/,
    ],
    ['with a time that no timer waits', { limits: { restMs: 2 ** 31 } }, /restMs may be 2147483647/],
    ['with rules for no model', { rules: { song: {} } }, /rules for song/],
    ['with an unknown log level', { log: 'loud' }, /log must be false/],
    ['with the same model twice', { models: [models[0], models[0]] }, /two models are named order/],
  ]
  for (const [name, options, message] of wrong) {
    it(`${name} are refused by name`, async () => {
      const all = { models, store: memoryStore(), log: false, ...options } as Options
      await expect(createServer(all)).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringMatching(message),
      })
    })
  }

  it('that are missing altogether are asked for', async () => {
    const make = createServer as unknown as () => Promise<unknown>
    await expect(make()).rejects.toThrow(/such as \{ models, store \}/)
  })

  it('with a server that somebody else answers for are refused', async () => {
    const server = createHttpServer(() => {})
    await expect(createServer({ models, store: memoryStore(), server })).rejects.toThrow(/give it as handler/)
  })
})

describe('a server', () => {
  it('tells its address while it listens', async () => {
    const { server, port } = await RunningServer.start()
    expect(server.address).toMatchObject({ port, address: '127.0.0.1' })
    await server.close()
    expect(server.address).toBeUndefined()
  })

  it('says that its port is taken', async () => {
    const { port } = await RunningServer.start()
    const other = await createServer({ models, store: memoryStore(), log: false })
    await expect(other.listen(port, '127.0.0.1')).rejects.toThrow(`port ${port} is taken`)
    await expect(other.listen(Number('abc'))).rejects.toThrow(/NaN/)
    await expect(other.listen('4000' as unknown as number)).rejects.toThrow(
      /the text "4000"; make it one with Number\(\)/,
    )
    expect(await other.listen(0, '127.0.0.1')).toEqual({ port: expect.any(Number) })
    await expect(other.listen(0)).rejects.toMatchObject({ code: 'misconfigured' })
    await other.close()
  })

  it("opens its doors on a server of the application's", async () => {
    const server = createHttpServer()
    const running = await RunningServer.start({ server })
    expect(server.listening).toBe(true)
    const plain = await running.plain()
    await running.post(created('1'))
    expect(await plain.record()).toMatchObject({ id: '1' })
    // Nobody else is there to say no to what is not for a WebSocket.
    const refused = await running.get('/', { connection: 'upgrade', upgrade: 'h2c' }).catch(() => undefined)
    expect(refused?.status ?? 400).toBe(400)
  })

  it('does not start on a store that cannot be opened', async () => {
    const store = memoryStore()
    store.open = () => Promise.reject(new Error('no such disk'))
    await expect(createServer({ models, store })).rejects.toThrow('no such disk')
  })
})

describe('close', () => {
  it('settles what has arrived before it says goodbye and closes the store', async () => {
    const { store, begun, release, close } = heldStore()
    const running = await RunningServer.start({ store })
    const plain = await running.plain()
    const sync = await running.sync()
    await sync.hello()
    const posted = running.post(created('http'))
    await begun
    plain.send(created('plain'))
    sync.push(1, created('sync'))
    // Both have arrived when a message sent after them has been answered.
    sync.send({ type: 'subscribe', model: 'song' })
    await sync.next('problem')
    plain.socket.ping()
    await once(plain.socket, 'pong')

    const closed = running.server.close()
    await nextTurn()
    expect(close).not.toHaveBeenCalled()
    release()
    const before = Date.now()
    expect(await posted).toMatchObject({ status: 200, body: { outcome: 'accepted' } })
    expect(await sync.next('settled')).toMatchObject({ from: 1 })
    const ids = [await plain.record(), await plain.record(), await plain.record()].map(({ id }) => id)
    expect(ids.sort()).toEqual(['http', 'plain', 'sync'])
    expect(await plain.closed).toMatchObject({ code: 1012 })
    expect(await sync.closed).toMatchObject({ code: 1012 })
    await closed
    expect(close).toHaveBeenCalledOnce()
    // Nobody waited for until their time was up.
    expect(Date.now() - before).toBeLessThan(900)
  })

  it('lets nobody in any more, and puts off what comes from those inside', async () => {
    const { store, begun, release } = heldStore()
    const running = await RunningServer.start({ store })
    const plain = await running.plain()
    const posted = running.post(created('1'))
    await begun
    const closed = running.server.close()
    plain.send(created('2'))
    expect(await plain.rejected()).toMatchObject({ code: 'closing' })
    await expect(running.plain()).rejects.toThrow(/ECONNREFUSED/)
    release()
    await posted
    await closed
    await expect(running.fetch('/healthz')).rejects.toThrow('fetch failed')
  })

  it('waits without an end when it is told to', async () => {
    const { store, begun, release } = heldStore()
    const running = await RunningServer.start({ store, limits: { idempotencyMs: 2 ** 40 } })
    const posted = running.post(created('1'))
    await begun
    const closed = running.server.close({ withinMs: Infinity })
    await expect(running.plain()).rejects.toThrow(/ECONNREFUSED/)
    release()
    expect((await posted).status).toBe(200)
    await closed
    expect(running.server.isCutOff).toBe(false)
  })

  it('can be called twice, and waits for nobody who only keeps a connection', async () => {
    const running = await RunningServer.start()
    await running.post(created('1'))
    const before = Date.now()
    await Promise.all([running.server.close(), running.server.close()])
    expect(Date.now() - before).toBeLessThan(1_000)
  })

  it.each([
    ['nothing', ''],
    ['half of a request', 'GET /records/order HTTP/1.1\r\n'],
  ])('ends connections that have said %s yet, and is not cut off by them', async (_name, text) => {
    const running = await RunningServer.start()
    const socket = connect(running.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const ended = once(socket, 'close')
    await once(socket, 'connect')
    socket.write(text)
    // Whoever came before is known by now.
    await running.fetch('/healthz')
    await running.server.close({ withinMs: 5_000 })
    expect(running.server.isCutOff).toBe(false)
    await ended
  })

  it('refuses at once whoever waits for authenticate to become a WebSocket', async () => {
    let ask = (): void => {}
    const asked = new Promise<void>((resolve) => (ask = resolve))
    const authenticate: Options['authenticate'] = () => {
      ask()
      return new Promise(() => {})
    }
    const running = await RunningServer.start({ authenticate })
    const refused = running.plain().catch(String)
    await asked
    await running.server.close({ withinMs: 5_000 })
    expect(running.server.isCutOff).toBe(false)
    expect(await refused).toContain('503')
  })

  it('does not wait for ever for a request that does not end', async () => {
    const { store, close } = heldStore()
    const running = await RunningServer.start({ store, handler: () => {} })
    const hanging = running.fetch('/page').catch(() => 'cut')
    await running.get('/records/order')
    await running.server.close({ withinMs: 200 })
    expect(running.server.isCutOff).toBe(true)
    expect(await hanging).toBe('cut')
    // The store is closed in good order all the same.
    expect(close).toHaveBeenCalledOnce()
  })

  it('says that its store could not be closed', async () => {
    const { lines, log } = kept('info')
    const { store, close } = heldStore()
    close.mockRejectedValueOnce(new Error('the disk is gone'))
    const server = await createServer({ models, store, log })
    await server.listen(0, '127.0.0.1')
    await expect(server.close()).rejects.toThrow('the disk is gone')
    expect(lines.at(-1)).toMatchObject({
      level: 50,
      err: { message: 'the disk is gone' },
      msg: 'The store could not be closed.',
    })
  })

  it('does not wait for ever for a store that does not answer, and says so', async () => {
    const { lines, log } = kept('info')
    const { store, begun } = heldStore()
    const running = await RunningServer.start({ store, log, limits: { closeMsMax: 200 } })
    const sync = await running.sync()
    await sync.hello()
    sync.push(1, created('1'))
    await begun
    await running.server.close()
    expect(running.server.isCutOff).toBe(true)
    expect(await sync.closed).toMatchObject({ code: 1006 })
    expect(lines.at(-1)).toMatchObject({
      level: 50,
      actionsUnderWay: 1,
      msg: expect.stringMatching(/cut off/),
    })
  })

  it('fails /readyz at once, for whoever is still connected', async () => {
    const { store, begun, release } = heldStore()
    const running = await RunningServer.start({ store })
    const posted = running.post(created('1'))
    await begun
    // The server reads half a request, and so keeps its connection when it begins to close.
    const socket = connect(running.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const answers: string[] = []
    socket.on('data', (data) => answers.push(data.toString()))
    const half = 'GET /readyz HTTP/1.1\r\nhost: localhost\r\n'
    socket.write(`${half.replace('readyz', 'healthz')}\r\n${half}`)
    await vi.waitFor(() => expect(answers.join('')).toContain('ok'))
    const closed = running.server.close()
    socket.write('\r\n')
    await vi.waitFor(() => expect(answers.join('')).toContain('"code":"closing"'))
    expect(answers.join('')).toContain('503 Service Unavailable')
    release()
    expect((await posted).status).toBe(200)
    await closed
    expect(running.server.isCutOff).toBe(false)
  })
})

describe('the log', () => {
  const throwing = {
    order: {
      guard: () => {
        throw new Error('a rule is broken')
      },
    },
  }

  it('names the action that something went wrong with, and not what it holds', async () => {
    const { lines, log } = kept('error')
    const running = await RunningServer.start({ log, rules: throwing })
    await running.post({ ...created('1', 'a private name'), meta: { foldback: { id: 'mine' } } })
    const [line] = lines
    expect(line).toMatchObject({
      code: 'rule-threw',
      actionType: 'order/created',
      actionId: 'mine',
      err: { message: 'a rule is broken' },
    })
    expect(JSON.stringify(line)).not.toContain('private')
  })

  it('is quiet while all goes well, also when clients are at fault', async () => {
    const { lines, log } = kept('info')
    const running = await RunningServer.start({ log })
    const plain = await running.plain()
    plain.sendText('garbage')
    await plain.rejected()
    await running.post([created('1'), renamed('none', 'Ada')])
    await running.get('/records/%')
    await running.server.close()
    expect(lines.map(({ msg }) => msg)).toEqual(['The server closes.', 'The server has closed.'])
  })

  it('names the request that an incident came by, by the id of a proxy in front', async () => {
    const { lines, log } = kept('error')
    const running = await RunningServer.start({ log, rules: throwing })
    const answer = await running.post(created('1'), { 'x-request-id': 'proxy-17' })
    expect(answer.headers.get('x-request-id')).toBe('proxy-17')
    expect(lines).toMatchObject([{ code: 'rule-threw', requestId: 'proxy-17' }])
    const other = await running.post(created('1'), { 'x-request-id': 'not an id\tat all' })
    expect(other.headers.get('x-request-id')).toMatch(/^[\w-]{16}$/)
    expect(lines[1]).toMatchObject({ requestId: other.headers.get('x-request-id') })
  })

  it('names the connection and the action that an incident came by, on both WebSocket doors', async () => {
    const { lines, log } = kept('debug')
    const running = await RunningServer.start({ log, rules: throwing })
    const plain = await running.plain()
    plain.send({ ...created('1'), meta: { foldback: { id: 'from-wscat' } } })
    await plain.rejected()
    const sync = await running.sync()
    await sync.hello()
    const meta = { foldback: { id: 'from-a-page-0123456', at: 1, actor: 'anonymous' } }
    sync.push(1, { ...created('1', 'a private name'), meta })
    await sync.next('rejected')
    const opened = lines.filter(({ msg }) => msg === 'A connection was opened.')
    expect(opened).toMatchObject([{ door: 'plain' }, { door: 'sync' }])
    const incidents = lines.filter(({ level }) => level === 50)
    expect(incidents).toMatchObject([
      { code: 'rule-threw', connectionId: opened[0]!.connectionId, actionId: 'from-wscat' },
      { code: 'rule-threw', connectionId: opened[1]!.connectionId, actionId: 'from-a-page-0123456' },
    ])
    expect(JSON.stringify(lines)).not.toContain('private')
  })

  it('names the connection of an incident that is about what it reads', async () => {
    const { lines, log } = kept('error')
    const canRead = (): boolean => {
      throw new Error('a rule is broken')
    }
    const running = await RunningServer.start({ log, rules: { order: { canRead } } })
    await running.post(created('1'))
    const sync = await running.sync()
    await sync.hello()
    sync.send({ type: 'subscribe', model: 'order', id: '1' })
    await sync.any()
    expect(lines).toMatchObject([
      { code: 'rule-threw', model: 'order', id: '1', connectionId: expect.any(String) },
    ])
  })

  it('has one line for a WebSocket that is refused, and for one that is ended, without the token', async () => {
    const { lines, log } = kept('info')
    const authenticate: Options['authenticate'] = ({ token }) =>
      token === 'good' ? { actor: 'ada' } : undefined
    const running = await RunningServer.start({ log, authenticate })
    await expect(running.plain('/', { authorization: 'Bearer secret-token' })).rejects.toThrow('401')
    const sync = await running.sync()
    sync.send({ type: 'hello', protocol: 1, models: {}, lanes: [], token: 'secret-token' })
    expect(await sync.closed).toMatchObject({ code: 4401 })
    expect(lines).toMatchObject([
      { level: 30, code: 'unauthenticated', status: 401, connectionId: expect.any(String) },
      { level: 30, code: 'unauthenticated', closeCode: 4401, connectionId: expect.any(String), door: 'sync' },
    ])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  it('tells of each request at the level debug, by its route and not by its address', async () => {
    const { lines, log } = kept('debug')
    const running = await RunningServer.start({ log })
    await running.get('/records/order/a-private-id?version=1')
    await vi.waitFor(() =>
      expect(lines.at(-1)).toMatchObject({
        method: 'GET',
        route: 'record',
        status: 404,
        requestId: expect.any(String),
      }),
    )
    expect(JSON.stringify(lines)).not.toContain('private')
  })
})

interface Line {
  readonly level: number
  readonly msg: string
  readonly connectionId?: string
}

function kept(level: string) {
  const lines: Line[] = []
  const log = pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) })
  return { lines, log }
}
