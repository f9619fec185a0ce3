import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created, models, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'

/* The client's half of the protocol, against a server that says what a test wants it to say. */

const [orders] = models
let server: FakeServer
let ann: StoreUser

beforeEach(() => {
  server = new FakeServer()
  ann = createUser(server)
})

async function connect(welcome: Parameters<FakeServer['welcome']>[0] = {}): Promise<void> {
  ann.sync.connect()
  await server.welcome(welcome)
}

/** The lane and the actions of everything pushed since this was asked last. */
const pushed = () => server.connection.take('push')
const customers = (pushes: ReturnType<typeof pushed>): string[] =>
  pushes.flatMap(({ actions }) =>
    (actions as { payload: { customer: string } }[]).map(({ payload }) => payload.customer),
  )
const busy = { type: 'rejected', final: false, code: 'busy', message: 'Later.' } as const

describe('what is sent', () => {
  it('is a hello first, then what is wanted, then what is pending', async () => {
    ann.dispatch(created('1', 'first'))
    ann.dispatch(renamed('1', 'second'))
    await connect()
    const sent = server.connection.frames.flatMap((frame) => JSON.parse(frame) as { type: string }[])
    expect(sent.map(({ type }) => type)).toEqual(['subscribe', 'subscribe', 'subscribe', 'push'])
    expect(pushed()).toMatchObject([
      { n: 1, actions: [{ type: 'order/created' }, { type: 'order/renamed' }] },
    ])
  })

  it('is what was dispatched together in one frame, and its numbers go on', async () => {
    await connect()
    server.connection.frames.length = 0
    ann.dispatch(created('1', 'first'))
    ann.dispatch(created('2', 'second'))
    await server.run(0)
    ann.dispatch(created('3', 'third'))
    await server.run(0)
    expect(pushed().map(({ n, actions }) => [n, actions.length])).toEqual([
      [1, 2],
      [3, 1],
    ])
  })

  it('is cut into frames that the server reads', async () => {
    const frameBytesMax = 8_000
    await connect({ frameBytesMax })
    server.connection.frames.length = 0
    const small = Array.from({ length: 50 }, (_, index) => `small ${index}`)
    const wide = '𝒳'.repeat(300)
    const sizes = [...small, wide, 'x'.repeat(7_000), 'last', 'x'.repeat(7_400)]
    for (const customer of sizes) ann.dispatch(created('1', customer))
    await server.run(0)
    for (const frame of server.connection.frames)
      expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(frameBytesMax)
    expect(customers(pushed())).toEqual(sizes)
  })

  it('is an empty place for an action that no frame could hold, so that those behind it are not held up', async () => {
    await connect({ frameBytesMax: 8_000 })
    server.connection.frames.length = 0
    const huge = ann.dispatch(created('1', 'x'.repeat(9_000)))
    const wide = ann.dispatch(created('1', '€'.repeat(3_000)))
    ann.dispatch(created('2', 'behind'))
    await server.run(0)
    const pushes = pushed()
    expect(pushes.flatMap(({ actions }) => actions)).toEqual([
      null,
      null,
      expect.objectContaining(created('2', 'behind')),
    ])
    const { lane } = pushes[0]!
    for (const n of [1, 2]) {
      server.connection.say({
        type: 'rejected',
        lane,
        n,
        final: true,
        code: 'not-an-action',
        message: 'null',
      })
    }
    server.connection.say({ type: 'settled', lane, from: 3, to: 3, places: [] })
    for (const action of [huge, wide]) {
      expect(await ann.sync.settled(action)).toMatchObject({ accepted: false, code: 'frame-too-large' })
    }
    expect(ann.sync.status.pending).toBe(0)
    expect(ann.order('1')).toBeUndefined()
    expect(ann.order('2')).toBeDefined()
  })
})

describe('a refusal for now', () => {
  it('keeps the action, says why, and sends it again later with those behind it', async () => {
    await connect()
    server.connection.frames.length = 0
    for (const customer of ['first', 'second', 'third']) ann.dispatch(created('1', customer))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    for (const n of [2, 3]) server.connection.say({ ...busy, lane, n })
    ann.dispatch(created('1', 'fourth'))
    await server.run(0)
    expect(pushed()).toEqual([])
    expect(ann.sync.status).toMatchObject({ pending: 3, error: { code: 'busy' } })
    await server.run(500)
    const again = pushed()
    expect(again[0]!.n).toBe(2)
    expect(customers(again)).toEqual(['second', 'third', 'fourth'])
    server.connection.say({ type: 'settled', lane, from: 2, to: 4, places: [] })
    expect(ann.sync.status).toMatchObject({ pending: 0, error: undefined })
  })

  it('is waited for longer each time, up to a bound', async () => {
    await connect()
    ann.dispatch(created('1'))
    await server.run(0)
    let waited = 0
    let times = 0
    for (; times < 30; times++) {
      const [push] = pushed()
      server.connection.say({ ...busy, lane: push!.lane, n: 1 })
      const since = server.clock.now()
      while (server.connection.frames.length === 0) await server.run(100)
      waited = Math.max(waited, server.clock.now() - since)
    }
    expect(waited).toBeGreaterThan(5_000)
    expect(waited).toBeLessThanOrEqual(30_100)
  })

  it('is waited for as long as the server says, and sent then', async () => {
    await connect()
    ann.dispatch(created('1'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.say({ ...busy, code: 'rate-limited', lane, n: 1, retryAfterMs: 7_000 })
    await server.run(6_999)
    expect(pushed()).toEqual([])
    await server.run(2_000)
    expect(customers(pushed())).toEqual(['Ada'])
    expect(ann.sync.status).toMatchObject({ pending: 1, error: { code: 'rate-limited' } })
  })

  it('is sent again also when the one named was sent twice and has been settled meanwhile', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    ann.dispatch(renamed('1', 'second'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    server.connection.say({ ...busy, lane, n: 1 })
    await server.run(500)
    expect(customers(pushed())).toEqual(['second'])
  })

  it('does not outlive the connection: the next one sends at once', async () => {
    await connect()
    ann.dispatch(created('1'))
    await server.run(0)
    const [push] = pushed()
    server.connection.say({ ...busy, lane: push!.lane, n: 1 })
    server.connection.close(1006)
    await server.run(500)
    await server.welcome()
    expect(customers(pushed())).toEqual(['Ada'])
    await server.run(60_000)
    expect(pushed()).toEqual([])
  })
})

describe('an outcome', () => {
  it('is taken once, and only for the own lane', async () => {
    await connect()
    ann.dispatch(created('1'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.say({ type: 'settled', lane: 'another', from: 1, to: 1, places: [] })
    server.connection.say({ ...busy, final: true, lane: 'another', n: 1 })
    server.connection.say({ ...busy, final: true, lane, n: 2 })
    server.connection.say({ type: 'settled', lane, from: 7, to: 9, places: [] })
    expect(ann.sync.status.pending).toBe(1)
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    server.connection.say({ ...busy, final: true, lane, n: 1 })
    expect(ann.sync.status.pending).toBe(0)
    expect(ann.heard.map(({ type }) => type)).not.toContain('foldback/rejected')
  })

  it('may come with the welcome: what was settled while the connection was down', async () => {
    await connect()
    const accepted = ann.dispatch(created('1'))
    const refused = ann.dispatch(renamed('1', 'refused'))
    ann.dispatch(renamed('1', 'pending'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.close(1006)
    await server.run(500)
    await server.welcome({
      lanes: [{ lane, mark: 2, refusals: [{ n: 2, code: 'bad-name', message: 'No.' }] }],
    })
    expect(await ann.sync.settled(accepted)).toMatchObject({ accepted: true })
    expect(await ann.sync.settled(refused)).toMatchObject({ accepted: false, code: 'bad-name' })
    expect(customers(pushed())).toEqual(['pending'])
    expect(ann.heard.filter(({ type }) => type === 'foldback/rejected')).toHaveLength(1)
  })

  it('may come with a welcome in the middle, after which nothing is lost or doubled', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    ann.dispatch(renamed('1', 'second'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.say(
      {
        type: 'welcome',
        actor: 'ann',
        time: server.clock.now(),
        models: {},
        history: 'one',
        lanes: [{ lane, mark: 1, refusals: [] }],
        frameBytesMax: 1024,
      },
      {
        type: 'snapshot',
        model: 'order',
        id: '1',
        version: 1,
        eventId: 'e',
        state: { id: '1', customer: 'first, as the server has it' },
        marks: { [lane]: 1 },
      },
    )
    await server.run(0)
    // It asks for no record again: the server tells everything afresh by itself.
    expect(server.connection.frames.join()).not.toContain('subscribe')
    expect(server.connections).toHaveLength(1)
    expect(customers(pushed())).toEqual(['second'])
    expect(ann.sync.status).toMatchObject({ phase: 'connected', pending: 1 })
    expect(ann.order('1')).toMatchObject({ customer: 'second' })
    server.connection.say({ ...busy, final: true, lane, n: 2 })
    expect(ann.order('1')).toMatchObject({ customer: 'first, as the server has it' })
  })
})

describe('a frame', () => {
  it('that cannot be read is left alone with a warning, and what is known in it is taken', async () => {
    await connect()
    const note = {
      type: 'snapshot',
      model: 'note',
      id: 'shared',
      version: 1,
      eventId: 'e',
      state: { text: 'hello' },
      marks: {},
    }
    for (const text of ['no JSON', '{"type":"gone"}', '1']) server.connection.sayText(text)
    server.connection.say({ type: 'fromTheFuture' }, { type: 'settled' }, note)
    server.connection.sayText('[null, 1, [], "x"]')
    expect(ann.warnings).toHaveLength(9)
    expect(ann.store.getState().note).toEqual({ text: 'hello' })
    expect(ann.sync.status.phase).toBe('connected')
  })

  it('about what is not wanted, or of an unknown model, changes nothing', async () => {
    await connect()
    const before = ann.store.getState()
    const event = { id: 'e', version: 1, seq: 1, action: created('9'), actor: 'zoe', receivedAt: 1 }
    for (const model of ['order', 'unheardOf']) {
      server.connection.say({ type: 'events', model, id: '9', events: [event] })
      server.connection.say({
        type: 'snapshot',
        model,
        id: '9',
        version: 1,
        eventId: 'e',
        state: {},
        marks: {},
      })
      server.connection.say({ type: 'gone', model, id: '9' })
      server.connection.say({ type: 'synced', model, complete: true, position: { seq: 1, id: 'e' } })
    }
    expect(ann.store.getState()).toBe(before)
    expect(ann.sync.record(orders, '9')).toBeUndefined()
  })

  it('with events that are known already tells of them no second time', async () => {
    ann.sync.subscribe(orders, '1')
    await connect()
    const action = { ...renamed('1', 'Zoe'), meta: { foldback: { id: 'e2', at: 1, actor: 'zoe' } } }
    const event = { id: 'e2', version: 2, seq: 2, action, actor: 'zoe', receivedAt: 1 }
    const state = { id: '1', customer: 'Ada', isSecret: false }
    server.connection.say({
      type: 'snapshot',
      model: 'order',
      id: '1',
      version: 1,
      eventId: 'e1',
      state,
      marks: {},
    })
    for (let times = 0; times < 2; times++)
      server.connection.say({ type: 'events', model: 'order', id: '1', events: [event] })
    const received = ann.heard.filter(({ type }) => type === 'foldback/received')
    expect(received).toHaveLength(2)
    expect(ann.order('1')?.customer).toBe('Zoe')
  })

  it('with a hole before its events asks for the record, once', async () => {
    ann.sync.subscribe(orders, '1')
    await connect()
    const state = { id: '1', customer: 'Ada', isSecret: false }
    const snapshot = { type: 'snapshot', model: 'order', id: '1', eventId: 'e', marks: {} }
    const action = { ...renamed('1', 'Zoe'), meta: { foldback: { id: 'e', at: 1, actor: 'zoe' } } }
    server.connection.say({ ...snapshot, version: 1, state })
    server.connection.take('subscribe')
    for (const version of [3, 4]) {
      const event = { id: `e${version}`, version, seq: version, action, actor: 'zoe', receivedAt: 1 }
      server.connection.say({ type: 'events', model: 'order', id: '1', events: [event] })
    }
    await server.run(0)
    expect(server.connection.take('subscribe')).toEqual([{ type: 'subscribe', model: 'order', id: '1' }])
    expect(ann.order('1')?.customer).toBe('Ada')
    server.connection.say({ ...snapshot, version: 4, state: { ...state, customer: 'Zoe' } })
    expect(ann.order('1')?.customer).toBe('Zoe')
  })

  it('that says what went wrong is warned of, and shown in the status', async () => {
    await connect()
    server.connection.say({
      type: 'problem',
      code: 'not-readable',
      message: 'You may not.',
      model: 'order',
      id: '1',
    })
    expect(ann.sync.status).toMatchObject({
      phase: 'connected',
      error: { code: 'not-readable', message: 'You may not.' },
    })
    expect(ann.warnings.join()).toContain('You may not.')
  })
})

describe('who is speaking', () => {
  it('is asked for before each connection', async () => {
    const tokens = ['one', 'two']
    ann = createUser(server, { token: () => tokens.shift() })
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    expect(server.connection.take('hello')).toMatchObject([{ token: 'one' }])
    server.connection.close(1006)
    await server.run(500)
    server.connection.open()
    await server.run(0)
    expect(server.connection.take('hello')).toMatchObject([{ token: 'two' }])
  })

  it('may be nobody: then there is no token', async () => {
    ann = createUser(server, { token: () => undefined })
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    expect(server.connection.take('hello')[0]).not.toHaveProperty('token')
  })

  it.each<[string, () => Promise<string>]>([
    ['rejects', () => Promise.reject(new Error('The login is down.'))],
    [
      'throws',
      () => {
        throw new Error('The login is down.')
      },
    ],
  ])('is asked for again later when that %s', async (_how, fail) => {
    let isDown = true
    ann = createUser(server, { token: () => (isDown ? fail() : 'ann') })
    ann.dispatch(created('1'))
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    expect(server.connection).toMatchObject({ isClosed: true, frames: [] })
    expect(ann.sync.status.phase).toBe('waiting')
    expect(ann.warnings).toEqual([expect.stringContaining('token')])
    isDown = false
    await server.run(500)
    await server.welcome()
    expect(ann.sync.status.phase).toBe('connected')
    expect(customers(pushed())).toEqual(['Ada'])
  })

  it('has no say any more when the connection is gone before it is known', async () => {
    let give: (token: string) => void = () => {}
    ann = createUser(server, { token: () => new Promise((resolve) => (give = resolve)) })
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    ann.sync.disconnect()
    give('ann')
    await server.run(0)
    expect(server.connection.frames).toEqual([])
  })

  it('is said once on each connection, however late the answer for one before comes', async () => {
    const answers: ((token: string) => void)[] = []
    ann = createUser(server, { token: () => new Promise((resolve) => answers.push(resolve)) })
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    server.connection.close(1006)
    await server.run(500)
    server.connection.open()
    for (const [index, answer] of answers.entries()) answer(`token ${index}`)
    await server.run(0)
    expect(server.connection.take('hello')).toMatchObject([{ token: 'token 1' }])
  })

  it('that the server does not know is told of, and not tried again until the application says so', async () => {
    ann.dispatch(created('1'))
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    server.connection.say({ type: 'problem', code: 'unauthenticated', message: 'Sign in first.' })
    server.connection.close(4401)
    await server.run(0)
    expect(ann.sync.status).toMatchObject({
      phase: 'signed-out',
      pending: 1,
      error: { code: 'unauthenticated' },
    })
    await server.run(600_000)
    expect(server.connections).toHaveLength(1)
    await connect()
    expect(ann.sync.status).toMatchObject({ phase: 'connected', error: undefined })
    expect(customers(pushed())).toEqual(['Ada'])
  })

  it.each([4400, 4403])('is not tried again after %d either', async (code) => {
    await connect()
    server.connection.close(code)
    await server.run(600_000)
    expect(ann.sync.status.phase).toBe('failed')
    expect(server.connections).toHaveLength(1)
  })
})

describe('another user than before', () => {
  const note = { type: 'snapshot', model: 'note', id: 'shared', version: 1, eventId: 'e', marks: {} }

  beforeEach(async () => {
    await connect()
    server.connection.say({ ...note, state: { text: 'for ann' } })
  })

  async function signInAsBob(): Promise<void> {
    server.connection.close(1006)
    await server.run(500)
    await server.welcome({ actor: 'bob' })
  }

  it('gets nothing of the first one’s, neither shown nor sent, until that one is back', async () => {
    const dispatched = ann.dispatch(created('1'))
    const outcome = ann.sync.settled(dispatched)
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    await signInAsBob()
    expect(server.connections[1]).toMatchObject({ isClosed: true, frames: [] })
    await server.welcome({ actor: 'bob' })
    expect(ann.sync.status).toMatchObject({ phase: 'connected', actor: 'bob', pending: 0 })
    expect(ann.order('1')).toBeUndefined()
    ann.dispatch(created('2', 'by bob'))
    await server.run(600)
    expect(customers(pushed())).toEqual(['by bob'])

    server.connection.close(1006)
    await server.run(500)
    await server.welcome({ actor: 'ann' })
    await server.welcome({ actor: 'ann' })
    expect(ann.sync.status).toMatchObject({ phase: 'connected', actor: 'ann', pending: 1 })
    expect(ann.order('1')).toBeDefined()
    expect(ann.order('2')).toBeUndefined()
    expect(pushed()).toMatchObject([{ lane, n: 1, actions: [created('1')] }])
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    expect(await outcome).toMatchObject({ accepted: true })
  })

  it('begins afresh, in a lane of its own, when nothing was waiting', async () => {
    ann.sync.subscribe(orders, '1')
    await signInAsBob()
    expect(ann.store.getState().note).toEqual({ text: '' })
    expect(server.connections).toHaveLength(3)
    await server.welcome({ actor: 'bob' })
    expect(ann.sync.status).toMatchObject({ phase: 'connected', actor: 'bob' })
    ann.dispatch(created('1'))
    await server.run(0)
    expect(pushed()).toMatchObject([{ n: 1, actions: [created('1')] }])
    expect(ann.sync.pending()[0]!.meta.foldback.actor).toBe('bob')
  })

  describe('whom the server does not let into the first one’s lane', () => {
    async function refuseLane(): Promise<void> {
      server.connection.close(1006)
      await server.run(500)
      const { connection } = server
      connection.open()
      await server.run(0)
      connection.say({ type: 'problem', code: 'lane-taken', message: 'This lane belongs to another user.' })
      connection.close(4403)
      await server.run(0)
    }

    beforeEach(async () => {
      server.connection.frames.length = 0
      ann.dispatch(noteSlice.actions.written('by ann'))
      await server.run(0)
      const [{ lane } = { lane: '' }] = pushed()
      server.connection.say({
        type: 'settled',
        lane,
        from: 1,
        to: 1,
        places: [{ model: 'note', id: 'shared', version: 2 }],
      })
    })

    it('begins afresh when nothing was waiting', async () => {
      await refuseLane()
      expect(ann.store.getState().note).toEqual({ text: '' })
      await server.welcome({ actor: 'bob' })
      expect(ann.sync.status).toMatchObject({ phase: 'connected', actor: 'bob', error: undefined })
    })

    it('leaves what was waiting to the first one', async () => {
      ann.dispatch(created('1'))
      await refuseLane()
      expect(ann.sync.status.pending).toBe(0)
      await server.welcome({ actor: 'bob' })
      expect(pushed()).toEqual([])
      expect(ann.sync.status).toMatchObject({ phase: 'connected', actor: 'bob', pending: 0 })
    })
  })
})

describe('a server that knows less of the lane than was settled', () => {
  it('gets a new lane with everything that is pending, from 1', async () => {
    await connect()
    ann.dispatch(created('1', 'settled'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places: [] })
    ann.dispatch(renamed('1', 'pending'))
    await server.run(0)
    server.connection.close(1006)
    await server.run(500)
    await server.welcome({ mark: 0 })
    expect(server.connections).toHaveLength(3)
    await server.welcome()
    const pushes = pushed()
    expect(customers(pushes)).toEqual(['pending'])
    expect(pushes[0]).toMatchObject({ n: 1 })
    expect(pushes[0]!.lane).not.toBe(lane)
  })

  it('gets one also when what was settled stands behind what is pending: its number is used up', async () => {
    await connect()
    ann.dispatch(created('1', 'first'))
    ann.dispatch(created('2', 'refused'))
    ann.dispatch(created('3', 'last'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    const refused = { type: 'rejected', lane, n: 2, final: true, code: 'no', message: 'No.' } as const
    server.connection.say(refused)
    server.connection.close(1006)
    await server.run(500)
    await server.welcome({ mark: 0 })
    await server.welcome()
    const pushes = pushed()
    expect(customers(pushes)).toEqual(['first', 'last'])
    expect(pushes).toHaveLength(1)
    expect(pushes[0]).toMatchObject({ n: 1 })
    expect(pushes[0]!.lane).not.toBe(lane)
  })

  it('decides what the record is: an accepted action that it has lost is not shown any more', async () => {
    ann.sync.subscribe(orders, '1')
    await connect()
    ann.dispatch(created('1'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    // Accepted, before anything of the record has been loaded.
    const places = [{ model: 'order', id: '1', version: 1 }]
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places })
    server.connection.close(1006)
    await server.run(500)
    await server.welcome({ mark: 0 })
    await server.welcome()
    server.connection.say({
      type: 'snapshot',
      model: 'order',
      id: '1',
      version: 0,
      eventId: '',
      state: null,
      marks: {},
    })
    await server.run(0)
    expect(ann.order('1')).toBeUndefined()
    expect(server.connection.take('subscribe').filter(({ model }) => model === 'order')).toHaveLength(1)
  })
})

describe('a server whose log has another history', () => {
  it('has to tell what a record is: nothing is folded on what was known of it', async () => {
    ann.sync.subscribe(orders, '1')
    await connect()
    const told = { type: 'snapshot', model: 'order', id: '1', marks: {} } as const
    const state = (customer: string) => ({ id: '1', customer, lines: [] })
    server.connection.say({ ...told, version: 5, eventId: 'e5', state: state('of the lost history') })
    server.connection.close(1006)
    await server.run(500)
    await server.welcome({ history: 'another' })
    server.connection.take('subscribe')
    ann.dispatch(renamed('1', 'mine'))
    await server.run(0)
    const [{ lane } = { lane: '' }] = pushed()
    const places = [{ model: 'order', id: '1', version: 1 }]
    server.connection.say({ type: 'settled', lane, from: 1, to: 1, places })
    await server.run(0)
    expect(ann.order('1')).toMatchObject({ customer: 'mine' })
    expect(server.connection.take('subscribe')).toMatchObject([{ model: 'order', id: '1' }])
    server.connection.say({ ...told, version: 1, eventId: 'e1', state: state('of this one') })
    await server.run(0)
    expect(ann.order('1')).toMatchObject({ customer: 'of this one' })
  })
})

describe('the server’s clock', () => {
  it('is the one that actions are stamped by', async () => {
    await connect({ time: server.clock.now() + 3_600_000 })
    await server.run(1_000)
    ann.dispatch(created('1'))
    expect(ann.sync.pending()[0]!.meta.foldback.at).toBe(server.clock.now() + 3_600_000)
  })
})

describe('a server with other versions of the models', () => {
  it('is told of in the status', async () => {
    await connect({ models: { order: 2, note: 1, theme: 1 } })
    expect(ann.sync.status).toMatchObject({ phase: 'connected', isOutdated: true })
  })
})

describe('a server that does not answer', () => {
  it('is tried again', async () => {
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(10_000)
    expect(server.connections[0]!.isClosed).toBe(true)
    await server.run(500)
    expect(server.connections).toHaveLength(2)
    await server.welcome()
    expect(ann.sync.status.phase).toBe('connected')
  })
})

describe('an address that cannot even be tried', () => {
  it('ends as failed, with the reason in the console, and can be tried again', async () => {
    let isForbidden = true
    const user = createUser({
      clock: server.clock,
      random: server.random,
      connect: (...given) => {
        if (isForbidden) throw new Error('ws:// is not allowed on a page that came by https.')
        return server.connect(...given)
      },
    })
    user.sync.connect()
    await server.run(0)
    expect(user.sync.status).toMatchObject({ phase: 'failed', error: { code: 'misconfigured' } })
    expect(user.warnings).toEqual([expect.stringContaining('ws://simulated')])
    isForbidden = false
    user.sync.connect()
    await server.welcome()
    expect(user.sync.status.phase).toBe('connected')
  })

  it('that is closed for good without a word says what the close code means', async () => {
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    server.connection.close(4401)
    await server.run(0)
    expect(ann.sync.status).toMatchObject({ phase: 'signed-out', error: { code: 'unauthenticated' } })
  })
})

describe('disconnect', () => {
  it('leaves no timer behind that would keep a program alive', async () => {
    await connect()
    ann.sync.subscribe(orders, '1')()
    ann.dispatch(created('2'))
    await server.run(0)
    ann.sync.disconnect()
    await server.run(0)
    expect(server.clock.nextAt).toBeUndefined()
  })
})
