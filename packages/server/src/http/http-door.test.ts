import { connect } from 'node:net'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { EventStore, Rules } from '@foldback/engine'
import { memoryStore } from '@foldback/testkit'
import { FoldbackError } from '@foldback/core'
import {
  created,
  type models,
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
    guard: (order, action) =>
      orderSlice.actions.created.match(action) && order !== null ? 'It exists already.' : true,
  },
}

describe('POST /actions', () => {
  it('tells where an accepted action has its place', async () => {
    const server = await RunningServer.start()
    const answer = await server.post(created('1'))
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'accepted' } })
    expect(answer.body.places).toEqual([{ model: 'order', id: '1', version: 1 }])
    expect(answer.headers.get('content-type')).toBe('application/json')
  })

  it('tells of a refusal as a problem, with the code and the action', async () => {
    const server = await RunningServer.start({ rules })
    await server.post(created('1'))
    const action = created('1')
    const { status, body } = await server.post(action)
    expect({ status, body }).toEqual({
      status: 409,
      body: {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        detail: 'It exists already.',
        code: 'refused',
        action,
      },
    })
  })

  it('gives each action of a list its outcome, in order', async () => {
    const server = await RunningServer.start()
    const actions = [created('1'), renamed('none', 'Ada'), renamed('1', 'Grace')]
    expect(await server.post(actions)).toMatchObject({
      status: 200,
      body: [
        { outcome: 'accepted', places: [{ version: 1 }] },
        { outcome: 'rejected', code: 'no-such-record', message: expect.any(String), action: actions[1] },
        { outcome: 'accepted', places: [{ version: 2 }] },
      ],
    })
    expect((await server.post([])).body).toEqual([])
  })

  it('reaches those who are connected', async () => {
    const server = await RunningServer.start()
    const plain = await server.plain()
    await server.post(created('1'))
    expect(await plain.record()).toMatchObject({ id: '1', version: 1 })
  })

  it('happens once with an Idempotency-Key, and has the first outcome again', async () => {
    const server = await RunningServer.start()
    const headers = { 'idempotency-key': 'monday-1' }
    const actions = [created('1'), renamed('none', 'Ada')]
    const first = await server.post(actions, headers)
    expect(await server.post(actions, headers)).toMatchObject({ status: 200, body: first.body })
    expect((await server.get('/events/order/1')).body.events).toHaveLength(1)
    await server.post(renamed('1', 'Grace'), { 'idempotency-key': 'monday-2' })
    expect((await server.get('/events/order/1')).body.events).toHaveLength(2)
  })

  it('keeps what is valid behind an action that is put off, also with an Idempotency-Key', async () => {
    const server = await RunningServer.start()
    const { body } = await server.post([{ type: 'order/sung' }, created('1')], { 'idempotency-key': 'k' })
    expect(body).toMatchObject([{ code: 'unknown-type' }, { outcome: 'accepted' }])
  })

  it("has keys of each user's own", async () => {
    const server = await RunningServer.start({ authenticate: users })
    for (const actor of ['ada', 'bob']) {
      const { body } = await server.post(created(actor), { ...as(actor), 'idempotency-key': 'k' })
      expect(body.places).toEqual([{ model: 'order', id: actor, version: 1 }])
    }
  })

  it('refuses a key that is too long', async () => {
    const server = await RunningServer.start()
    const answer = await server.post(created('1'), { 'idempotency-key': 'k'.repeat(201) })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
  })

  it('answers a deep action under a used key without being overwhelmed', async () => {
    const server = await RunningServer.start()
    const headers = { 'idempotency-key': 'k' }
    await server.post({}, headers)
    const answer = await server.postText('['.repeat(2) + '['.repeat(100_000) + ']'.repeat(100_002), headers)
    expect(answer).toMatchObject({ status: 200, body: [{ code: 'not-an-action', action: null }] })
  })
})

describe('GET /records/:model/:id', () => {
  it('gives the record as it is, was at a version, and was at a time', async () => {
    const server = await RunningServer.start()
    await server.post(created('1', 'Ada'))
    await server.post(renamed('1', 'Grace'))
    const { events } = (await server.get('/events/order/1')).body
    const record = async (query: string) => (await server.get(`/records/order/1${query}`)).body
    const named = (customer: string, version: number) => ({
      model: 'order',
      id: '1',
      version,
      state: { id: '1', customer, isSecret: false },
    })
    expect(await record('')).toEqual(named('Grace', 2))
    expect(await record('?version=1')).toEqual(named('Ada', 1))
    expect(await record('?version=2')).toEqual(named('Grace', 2))
    expect(await record('?version=0')).toMatchObject({ version: 0, state: null })
    const { receivedAt } = events[1]
    expect(await record(`?at=${receivedAt}`)).toEqual(named('Grace', 2))
    expect(await record(`?at=${new Date(receivedAt).toISOString()}`)).toEqual(named('Grace', 2))
    expect(await record('?at=2001-01-01T00:00:00+01:00')).toMatchObject({ version: 0, state: null })
    expect(await record('?at=2001-01-01')).toMatchObject({ version: 0 })
  })

  it('gives null for a record that was deleted, and its version', async () => {
    const server = await RunningServer.start()
    await server.post([created('1'), orderSlice.actions.deleted({ id: '1' })])
    expect(await server.get('/records/order/1')).toMatchObject({
      status: 200,
      body: { version: 2, state: null },
    })
  })

  it('finds ids of any characters, percent-encoded', async () => {
    const server = await RunningServer.start()
    for (const id of ['a/b', 'ä 1?', '%', 'null', '\u0000', 'x'.repeat(200)]) {
      await server.post(created(id))
      const answer = await server.get(`/records/order/${encodeURIComponent(id)}`)
      expect(answer).toMatchObject({ status: 200, body: { id, version: 1 } })
    }
    await server.post(created('..'))
    expect(await rawGet(server.port, '/records/order/..')).toMatch(/"id":"..","version":1/)
  })

  const wrong: readonly [string, number, string][] = [
    ['/records/order/%E0%A4%A', 400, 'invalid-request'],
    ['/records/order/1?version=1&at=1', 400, 'invalid-request'],
    ['/records/order/1?version=-1', 400, 'invalid-request'],
    ['/records/order/1?version=1.5', 400, 'invalid-request'],
    ['/records/order/1?version=1&version=2', 400, 'invalid-request'],
    ['/records/order/1?at=yesterday', 400, 'invalid-request'],
    ['/records/order/1?at=2026-01-31T12:00:00', 400, 'invalid-request'],
    ['/records/order/1?version=2', 404, 'no-such-version'],
    ['/records/order/2', 404, 'no-such-record'],
    ['/records/order/__proto__', 404, 'no-such-record'],
    [`/records/order/${'x'.repeat(201)}`, 404, 'no-such-record'],
    ['/records/note/1', 404, 'no-such-record'],
    ['/records/song/1', 404, 'unknown-model'],
    ['/records/__proto__/1', 404, 'unknown-model'],
    ['/records/order?limit=0', 400, 'invalid-request'],
    ['/records/order?limit=1001', 400, 'invalid-request'],
    ['/records/song', 404, 'unknown-model'],
    ['/events/order/1?after=x', 400, 'invalid-request'],
    ['/events/order/2', 404, 'no-such-record'],
    ['/records', 404, 'not-found'],
    ['/records/', 404, 'not-found'],
    ['/records/order/', 404, 'not-found'],
    ['/', 404, 'not-found'],
    ['//evil/records/order', 404, 'not-found'],
  ]
  for (const [path, status, code] of wrong) {
    it(`answers ${path.slice(0, 50)} with ${status} and ${code}`, async () => {
      const server = await RunningServer.start()
      await server.post(created('1'))
      const answer = await server.get(path)
      expect(answer).toMatchObject({ status, body: { status, code } })
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    })
  }
})

describe('GET /records/:model', () => {
  it('lists records page by page, in the order of their ids, without those that were deleted', async () => {
    const server = await RunningServer.start()
    await server.post(['3', '1', '2', '5', '4'].map((id) => created(id)))
    await server.post(orderSlice.actions.deleted({ id: '2' }))
    const pages: string[][] = []
    let query = '?limit=2'
    for (;;) {
      const { records, next } = (await server.get(`/records/order${query}`)).body
      pages.push(records.map(({ id }: { id: string }) => id))
      if (next === null) break
      query = `?limit=2&after=${next}`
    }
    expect(pages).toEqual([['1', '3'], ['4', '5'], []])
  })

  it('gives 100 where nobody says how many', async () => {
    const server = await RunningServer.start()
    await server.post(Array.from({ length: 101 }, (_, index) => created(String(1_000 + index))))
    const { records, next } = (await server.get('/records/order')).body
    expect([records.length, next]).toEqual([100, '1099'])
    expect((await server.get(`/records/order?limit=1000`)).body.records).toHaveLength(101)
  })
})

describe('GET /events/:model/:id', () => {
  it('lists the events of a record from the first, page by page', async () => {
    const server = await RunningServer.start({ authenticate: users })
    const renames = ['B', 'C'].map((name) => renamed('1', name))
    await server.post([created('1', 'A'), ...renames], as('ada'))
    const first = (await server.get('/events/order/1?limit=2', as('ada'))).body
    expect(first).toMatchObject({ events: [{ version: 1 }, { version: 2 }], next: 2 })
    const second = (await server.get('/events/order/1?limit=2&after=2', as('ada'))).body
    expect(second).toEqual({
      events: [
        {
          id: expect.any(String),
          model: 'order',
          stream: '1',
          version: 3,
          seq: 3,
          action: {
            ...renames[1],
            meta: { foldback: { id: expect.any(String), at: expect.any(Number), actor: 'ada' } },
          },
          actor: 'ada',
          receivedAt: expect.any(Number),
        },
      ],
      next: null,
    })
  })
})

describe('who may read', () => {
  it('is asked on each way to read', async () => {
    const server = await RunningServer.start({ rules, authenticate: users })
    await server.post(orderSlice.actions.created({ id: '1', customer: 'Ada', isSecret: true }), as('bob'))
    await server.post(created('2'), as('bob'))
    await server.post(themeSlice.actions.painted('red'), as('ada'))
    for (const [path, code] of [
      ['/records/order/1', 'no-such-record'],
      ['/records/order/1?version=1', 'no-such-record'],
      ['/records/order/1?version=0', 'no-such-record'],
      ['/events/order/1', 'no-such-record'],
      ['/records/theme/ada', 'not-readable'],
      ['/events/theme/ada', 'not-readable'],
    ] as const) {
      expect(await server.get(path, as('bob'))).toMatchObject({ body: { code } })
      expect((await server.get(path, as('ada'))).status).toBe(200)
    }
    const ids = async (model: string, actor: string) =>
      (await server.get(`/records/${model}`, as(actor))).body.records.map(({ id }: { id: string }) => id)
    expect(await ids('order', 'ada')).toEqual(['1', '2'])
    expect(await ids('order', 'bob')).toEqual(['2'])
    expect(await ids('theme', 'ada')).toEqual(['ada'])
    expect(await ids('theme', 'bob')).toEqual([])
  })

  it('must be known: strangers get 401 everywhere but where no records are', async () => {
    const server = await RunningServer.start({ authenticate: users })
    for (const path of ['/records/order', '/records/order/1', '/events/order/1']) {
      const answer = await server.get(path)
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
    expect(await server.post(created('1'))).toMatchObject({ status: 401 })
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await server.fetch(path)).status).toBe(200)
  })

  it('is none of the answer when authenticate fails', async () => {
    const server = await RunningServer.start({
      authenticate: () => Promise.reject(new Error('the directory is down')),
    })
    const { status, body } = await server.get('/records/order')
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal' })
    expect(JSON.stringify(body)).not.toContain('directory')
  })
})

describe('methods', () => {
  const doors = {
    '/actions': 'POST, OPTIONS',
    '/records/order': 'GET, HEAD, OPTIONS',
    '/healthz': 'GET, HEAD, OPTIONS',
  }

  for (const [path, allow] of Object.entries(doors)) {
    it(`of ${path} are named by OPTIONS and with a 405`, async () => {
      const server = await RunningServer.start()
      const options = await server.fetch(path, { method: 'OPTIONS' })
      expect([options.status, options.headers.get('allow')]).toEqual([204, allow])
      for (const method of ['PUT', 'DELETE', allow.startsWith('POST') ? 'GET' : 'POST']) {
        const response = await server.fetch(path, { method })
        expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
        expect(await response.json()).toMatchObject({ code: 'method-not-allowed' })
      }
    })
  }

  it('include HEAD, which has the headers of GET and no body', async () => {
    const server = await RunningServer.start()
    await server.post(created('1'))
    const get = await server.fetch('/records/order/1')
    const head = await server.fetch('/records/order/1', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'))
  })
})

describe('/readyz', () => {
  const failing = (method: 'tip' | 'append' | 'expireKeyedLanes') => {
    const store = memoryStore()
    let isFailing = false
    const proxy = new Proxy(store, {
      get(_, name: keyof EventStore) {
        if (name === method && isFailing) return () => Promise.reject(new FoldbackError('writer-superseded'))
        return store[name].bind(store)
      },
    })
    return { store: proxy, fail: (fails: boolean) => (isFailing = fails) }
  }

  for (const method of ['tip', 'append', 'expireKeyedLanes'] as const) {
    it(`says no while the store cannot ${method}, and yes again when it can`, async () => {
      const { store, fail } = failing(method)
      const server = await RunningServer.start({ store })
      expect((await server.fetch('/readyz')).status).toBe(200)
      fail(true)
      expect(await server.get('/readyz')).toMatchObject({ status: 503, body: { code: 'writer-superseded' } })
      expect((await server.fetch('/healthz')).status).toBe(200)
      fail(false)
      expect((await server.fetch('/readyz')).status).toBe(200)
    })
  }
})

describe('/metrics', () => {
  it('counts connections, actions and incidents, with few labels', async () => {
    const server = await RunningServer.start({
      rules: {
        order: {
          guard: (_, { type }) =>
            type === 'order/renamed' ? { code: `code-${Math.random()}`, message: 'No.' } : true,
        },
      },
    })
    await server.plain()
    const sync = await server.sync()
    await sync.hello()
    sync.push(1, created('1'), renamed('1', 'Grace'))
    await sync.next('settled')
    await sync.next('rejected')
    await server.post([{ type: 'order/sung' }, created('2'), 42])
    await server.post(created('3'), { 'idempotency-key': 'k' })
    await server.post(created('3'), { 'idempotency-key': 'k' })
    const response = await server.fetch('/metrics')
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const lines = (await response.text()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'foldback_connections{door="sync"} 1',
        'foldback_connections{door="plain"} 1',
        'foldback_actions_total{outcome="accepted",code=""} 3',
        'foldback_actions_total{outcome="rejected",code="rule"} 1',
        'foldback_actions_total{outcome="rejected",code="not-an-action"} 1',
        'foldback_actions_total{outcome="put-off",code="unknown-type"} 1',
        'foldback_actions_total{outcome="repeated",code=""} 1',
        'foldback_actions_under_way 0',
        'foldback_cached_records 3',
        '# TYPE foldback_process_cpu_seconds_total counter',
        '# TYPE foldback_incidents_total counter',
      ]),
    )
  })

  it('counts incidents by their codes', async () => {
    const server = await RunningServer.start({
      rules: {
        order: {
          guard: () => {
            throw new Error('oops')
          },
        },
      },
    })
    expect(await server.post(created('1'))).toMatchObject({ status: 500, body: { code: 'rule-threw' } })
    expect(await (await server.fetch('/metrics')).text()).toContain(
      'foldback_incidents_total{code="rule-threw"} 1\n',
    )
  })
})

describe('what a client has otherwise than the server', () => {
  it('is counted by model, and logged with its place', async () => {
    const logged: string[] = []
    const log = pino({ level: 'info' }, { write: (line) => void logged.push(line) })
    const server = await RunningServer.start({ log })
    await server.post([created('1')])
    const sync = await server.sync()
    await sync.hello()
    sync.send({ type: 'subscribe', model: 'order', id: '1' })
    const { eventId } = await sync.next('snapshot')
    sync.send({ type: 'check', model: 'order', id: '1', version: 1, eventId, hash: 'another' })
    const { hash } = await sync.next('diverged')
    await sync.next('snapshot')
    const lines = (await (await server.fetch('/metrics')).text()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'foldback_divergences_total{model="order"} 1',
        'foldback_incidents_total{code="diverged"} 1',
      ]),
    )
    expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([
      { code: 'diverged', model: 'order', id: '1', version: 1, msg: expect.stringContaining(hash) },
    ])
  })
})

describe('a handler', () => {
  it('answers what is for none of the doors', async () => {
    const server = await RunningServer.start({
      handler: (request, response) => response.end(`page ${request.url}`),
    })
    expect(await (await server.fetch('/orders/1?tab=2')).text()).toBe('page /orders/1?tab=2')
    expect((await server.fetch('/healthz')).status).toBe(200)
    expect((await server.get('/records/order/1')).body.code).toBe('no-such-record')
  })

  it('is not asked for what is below a door and does not exist: a page would look like an answer', async () => {
    const server = await RunningServer.start({ handler: (_request, response) => response.end('a page') })
    for (const path of ['/records', '/records/order/1/2', '/events/order', '/actions/1']) {
      expect(await server.get(path)).toMatchObject({ status: 404, body: { code: 'not-found' } })
    }
  })

  it('may pass on, and fail', async () => {
    const server = await RunningServer.start({
      handler: (request, _response, next) => {
        if (request.url === '/throws') throw new Error('thrown')
        if (request.url === '/rejects') return Promise.reject(new Error('rejected'))
        return next(request.url === '/fails' ? new Error('failed') : undefined)
      },
    })
    expect(await server.get('/passed')).toMatchObject({ status: 404, body: { code: 'not-found' } })
    for (const path of ['/throws', '/rejects', '/fails']) {
      expect(await server.get(path)).toMatchObject({ status: 500, body: { code: 'internal' } })
    }
  })
})

it('passes over the offer of HTTP/2 that some clients make', async () => {
  const server = await RunningServer.start()
  const headers = {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
  }
  expect(await rawGet(server.port, '/healthz', headers)).toMatch(/^HTTP\/1\.1 200 OK/)
})

/** The answer to a path as it is: `fetch` would tidy it up first. */
function rawGet(port: number, path: string, headers: Record<string, string> = {}): Promise<string> {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\n${head}\r\n`))
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (/\r\n\r\n.+/s.test(text)) socket.end()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}
