import type { DownMessage } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { created } from '../../../test-support/order-models.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'

const hourMs = 3_600_000
let server: FakeServer
let ann: StoreUser
/** What the application has, and how often it was asked. */
let token: string | undefined
let asked: number
let isDown: boolean

beforeEach(() => {
  server = new FakeServer()
  token = 'first'
  asked = 0
  isDown = false
  ann = createUser(server, {
    token: async () => {
      asked++
      if (isDown) throw new Error('the directory is down')
      return token
    },
  })
})

async function connect(lastsMs: number | undefined): Promise<void> {
  ann.sync.connect()
  await server.welcome({ ...(lastsMs !== undefined && { expiresAt: server.clock.now() + lastsMs }) })
}

const renewals = (): (string | undefined)[] => server.connection.take('token').map((message) => message.token)

async function refuse(code: 'unauthenticated' | 'login-expired' | 'other-user'): Promise<void> {
  const problem: DownMessage = { type: 'problem', code, message: `${code}.` }
  server.connection.say(problem)
  server.connection.close(4401)
  await server.run(0)
}

/** The hello of the next connection. */
async function nextHello(): Promise<string | undefined> {
  const count = server.connections.length
  await server.run(500)
  expect(server.connections).toHaveLength(count + 1)
  server.connection.open()
  await server.run(0)
  return server.connection.take('hello')[0]!.token
}

describe('what the application gives', () => {
  it.each([undefined, null])('%s is no token', async (none) => {
    const page = createUser(server, { token: () => none })
    page.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    const [hello] = server.connection.take('hello')
    expect(hello).not.toHaveProperty('token')
  })

  it.each([7, { token: 'first' }, true])(
    '%j is no token either, and is named instead of sent',
    async (wrong) => {
      const page = createUser(server, { token: () => wrong as unknown as string })
      page.sync.connect()
      await server.run(0)
      server.connection.open()
      await server.run(0)
      expect(server.connection.frames).toEqual([])
      expect(page.warnings[0]).toContain('the token could not be had')
      expect(page.causes[0]).toMatchObject({
        code: 'misconfigured',
        message: expect.stringMatching(/must return a string/),
      })
      page.sync.disconnect()
    },
  )
})

describe('before the login expires', () => {
  it('the application is asked for a newer token, which is shown to the server', async () => {
    await connect(hourMs)
    token = 'second'
    await server.run(hourMs - 60_001)
    expect(renewals()).toEqual([])
    expect(asked).toBe(1)
    await server.run(30_001)
    expect(renewals()).toEqual(['second'])
    server.connection.say({ type: 'renewed', expiresAt: server.clock.now() + hourMs })
    token = 'third'
    await server.run(hourMs - 60_001)
    expect(renewals()).toEqual([])
    await server.run(30_001)
    expect(renewals()).toEqual(['third'])
    expect(server.connections).toHaveLength(1)
  })

  it('clients that have signed in at one moment do not ask at one moment', async () => {
    const users = Array.from({ length: 20 }, () => createUser(server))
    for (const user of users) {
      user.sync.connect()
      await server.welcome({ expiresAt: server.clock.now() + hourMs })
    }
    const times = new Set<number>()
    const heard = server.connections.map(() => 0)
    for (let ms = 0; ms < hourMs; ms += 1_000) {
      await server.run(1_000)
      server.connections.forEach((connection, index) => {
        if (connection.take('token').length > 0 && heard[index]!++ === 0) times.add(ms)
      })
    }
    expect(heard.every((count) => count > 0)).toBe(true)
    expect(times.size).toBeGreaterThan(10)
  })

  it('a token that could not be had is asked for again in time', async () => {
    await connect(hourMs)
    isDown = true
    await server.run(hourMs - 30_000)
    expect(asked).toBe(2)
    expect(ann.warnings).toEqual([expect.stringContaining('token')])
    isDown = false
    await server.run(20_000)
    expect(renewals()).toEqual(['first'])
    expect(ann.sync.status.phase).toBe('connected')
  })

  it('a server whose clock is another is understood', async () => {
    const aheadMs = 10 * hourMs
    ann.sync.connect()
    await server.welcome({
      time: server.clock.now() + aheadMs,
      expiresAt: server.clock.now() + aheadMs + hourMs,
    })
    await server.run(hourMs - 60_001)
    expect(renewals()).toEqual([])
    await server.run(30_001)
    expect(renewals()).toEqual(['first'])
  })

  it('a login that lasts longer than a timer can wait asks no sooner than that', async () => {
    await connect(100 * 24 * hourMs)
    await server.run(hourMs)
    expect(asked).toBe(1)
  })

  it('a login without an end asks nothing', async () => {
    await connect(undefined)
    await server.run(hourMs)
    expect(asked).toBe(1)
  })

  it('nothing is asked any more after disconnect', async () => {
    await connect(hourMs)
    ann.sync.disconnect()
    await server.run(hourMs)
    expect(asked).toBe(1)
    expect(server.clock.nextAt).toBeUndefined()
  })
})

describe('a server that does not take the token any more', () => {
  it('is shown another one, when the application has it', async () => {
    await connect(hourMs)
    ann.dispatch(created('1'))
    token = 'second'
    await refuse('login-expired')
    expect(await nextHello()).toBe('second')
    expect(ann.sync.status.pending).toBe(1)
  })

  it('leaves the user signed out when there is no other, with everything that waits', async () => {
    await connect(hourMs)
    ann.dispatch(created('1'))
    await refuse('login-expired')
    expect(ann.sync.status).toMatchObject({
      phase: 'signed-out',
      pending: 1,
      retryAt: undefined,
      error: { code: 'login-expired' },
    })
    ann.dispatch(created('2'))
    await server.run(hourMs)
    expect(server.connections).toHaveLength(1)

    token = 'second'
    await connect(hourMs)
    expect(ann.sync.status).toMatchObject({ phase: 'connected', error: undefined })
    expect(server.connection.take('push')).toMatchObject([{ n: 1, actions: [created('1'), created('2')] }])
  })

  it('gets a second chance again after the application has connected again', async () => {
    await connect(hourMs)
    await refuse('login-expired')
    token = 'second'
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    token = 'third'
    await refuse('unauthenticated')
    expect(await nextHello()).toBe('third')
  })

  it('is asked once more only, even if the application has another token each time', async () => {
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    token = 'second'
    await refuse('unauthenticated')
    expect(await nextHello()).toBe('second')
    token = 'third'
    await refuse('unauthenticated')
    expect(ann.sync.status).toMatchObject({ phase: 'signed-out', error: { code: 'unauthenticated' } })
    expect(asked).toBe(3)
    await server.run(hourMs)
    expect(server.connections).toHaveLength(2)
  })

  it('gets the token that it was shown too late to look at', async () => {
    await connect(hourMs)
    token = 'second'
    await server.run(hourMs - 30_000)
    expect(renewals()).toEqual(['second'])
    await refuse('login-expired')
    expect(await nextHello()).toBe('second')
  })

  it('does not get again a newer token that it has refused', async () => {
    await connect(hourMs)
    token = 'second'
    await server.run(hourMs - 30_000)
    await refuse('unauthenticated')
    expect(ann.sync.status).toMatchObject({ phase: 'signed-out', error: { code: 'unauthenticated' } })
  })

  it('that it takes for another user’s is the one of the next connection', async () => {
    await connect(hourMs)
    token = 'bob’s'
    await server.run(hourMs - 30_000)
    await refuse('other-user')
    expect(await nextHello()).toBe('bob’s')
  })

  it('is tried again later when no token can be had for now', async () => {
    await connect(hourMs)
    isDown = true
    await refuse('login-expired')
    expect(ann.sync.status.phase).toBe('waiting')
    isDown = false
    token = 'second'
    expect(await nextHello()).toBe('second')
  })

  it('leaves somebody signed out who has no token at all', async () => {
    ann = createUser(
      { clock: server.clock, random: server.random, connect: server.connect },
      { token: () => undefined },
    )
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    await server.run(0)
    await refuse('unauthenticated')
    expect(ann.sync.status.phase).toBe('signed-out')
  })

  it('has no say any more when the application disconnects, or connects itself, in the meantime', async () => {
    const answers: ((token: string) => void)[] = []
    ann = createUser(server, { token: () => new Promise((resolve) => answers.push(resolve)) })
    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    answers.shift()!('first')
    await server.run(0)
    await refuse('unauthenticated')
    expect(ann.sync.status.phase).toBe('connecting')
    ann.sync.disconnect()
    answers.shift()!('second')
    await server.run(hourMs)
    expect(ann.sync.status.phase).toBe('disconnected')
    expect(server.connections).toHaveLength(1)

    ann.sync.connect()
    await server.run(0)
    server.connection.open()
    answers.shift()!('third')
    await server.run(0)
    await refuse('unauthenticated')
    ann.sync.connect()
    answers.shift()!('fourth')
    await server.run(1_000)
    expect(ann.sync.status.phase).toBe('connecting')
    expect(server.connections).toHaveLength(3)
    server.connection.open()
    expect(answers).toHaveLength(1)
  })
})
