import { beforeEach, describe, expect, it } from 'vitest'
import { FakeServer } from '../../../test-support/fake-server.ts'
import { createUser, type StoreUser } from '../../../test-support/store-user.ts'
import type { Hint } from './ports.ts'

let server: FakeServer
let ann: StoreUser
/** Those who listen to the device. */
let listeners: ((hint: Hint) => void)[]
/** What the device says as soon as somebody listens. */
let atFirst: Hint | undefined

beforeEach(() => {
  server = new FakeServer()
  server.answersPings = false
  listeners = []
  atFirst = undefined
  ann = createPage()
})

function createPage(): StoreUser {
  return createUser({
    clock: server.clock,
    random: server.random,
    connect: server.connect,
    hints: (listener) => {
      listeners.push(listener)
      if (atFirst !== undefined) listener(atFirst)
      return () => void (listeners = listeners.filter((other) => other !== listener))
    },
  })
}

function hint(what: Hint): void {
  for (const listener of listeners) listener(what)
}

async function connect(): Promise<void> {
  ann.sync.connect()
  await server.welcome()
  server.connection.frames.length = 0
}

/** The connection is lost so often that the next try is a while away. */
async function loseOften(): Promise<void> {
  ann.sync.connect()
  await server.run(0)
  for (let times = 0; times < 200; times++) {
    server.connection.close(1006)
    if (ann.sync.status.retryAt! - server.clock.now() > 10_000) return
    await server.run(30_000)
  }
  throw new Error('It never waited long.')
}

describe('while there is no connection', () => {
  it.each(['online', 'visible'] as const)('%s tries within the first pause', async (what) => {
    await loseOften()
    const count = server.connections.length
    hint(what)
    expect(ann.sync.status.retryAt! - server.clock.now()).toBeLessThanOrEqual(500)
    await server.run(500)
    expect(server.connections).toHaveLength(count + 1)
  })

  it('many clients do not come back at one moment when they are online again', async () => {
    const pages = Array.from({ length: 100 }, createPage)
    for (const page of pages) page.sync.connect()
    await server.run(0)
    for (const connection of server.connections) connection.close(1006)
    hint('offline')
    await server.run(1_000)
    hint('online')
    const times = new Set(pages.map(({ sync }) => sync.status.retryAt! - server.clock.now()))
    expect(times.size).toBeGreaterThan(50)
    expect(Math.max(...times)).toBeLessThanOrEqual(500)
    expect(Math.max(...times)).toBeGreaterThan(400)
  })

  it('offline tries rarely, says no time, and does not make the tries after it rarer', async () => {
    ann.sync.connect()
    await server.run(0)
    server.connection.close(1006)
    hint('offline')
    expect(ann.sync.status).toMatchObject({ phase: 'waiting', retryAt: undefined })
    await server.run(29_999)
    expect(server.connections).toHaveLength(1)
    // The device can be wrong, as when the server is on it.
    await server.run(30_001)
    expect(server.connections).toHaveLength(2)
    server.connection.close(1006)
    expect(ann.sync.status.retryAt).toBeUndefined()
    hint('online')
    await server.run(500)
    expect(server.connections).toHaveLength(3)
    server.connection.close(1006)
    expect(ann.sync.status.retryAt! - server.clock.now()).toBeLessThanOrEqual(1_000)
  })

  it('a device that is offline from the start tries once, and then rarely', async () => {
    atFirst = 'offline'
    ann.sync.connect()
    await server.run(0)
    expect(server.connections).toHaveLength(1)
    server.connection.close(1006)
    expect(ann.sync.status).toMatchObject({ phase: 'waiting', retryAt: undefined })
    await server.run(29_999)
    expect(server.connections).toHaveLength(1)
  })

  it('who looks at the page again while the device is offline gets one try, and no more', async () => {
    ann.sync.connect()
    await server.run(0)
    server.connection.close(1006)
    hint('offline')
    hint('visible')
    await server.run(500)
    expect(server.connections).toHaveLength(2)
    server.connection.close(1006)
    expect(ann.sync.status.retryAt).toBeUndefined()
    await server.run(29_999)
    expect(server.connections).toHaveLength(2)
  })

  it('hints are heeded after a connection that was open, too', async () => {
    await connect()
    server.connection.close(1006)
    hint('offline')
    expect(ann.sync.status).toMatchObject({ phase: 'waiting', retryAt: undefined })
    hint('online')
    await server.run(500)
    expect(server.connections).toHaveLength(2)
  })

  it('hints are heard only while a connection is wanted', async () => {
    expect(listeners).toHaveLength(0)
    await connect()
    expect(listeners).toHaveLength(1)
    ann.sync.disconnect()
    expect(listeners).toHaveLength(0)
    await connect()
    server.connection.close(4403)
    expect(listeners).toHaveLength(0)
  })

  it('a try under way is left to go on', async () => {
    ann.sync.connect()
    await server.run(0)
    for (const what of ['visible', 'offline', 'online'] as const) hint(what)
    expect(ann.sync.status.phase).toBe('connecting')
    await server.welcome()
    expect(server.connections).toHaveLength(1)
    expect(ann.sync.status.phase).toBe('connected')
  })
})

describe('on a connection', () => {
  it.each(['online', 'offline', 'visible'] as const)(
    '%s asks at once whether it still leads anywhere, and does not wait long',
    async (what) => {
      await connect()
      hint(what)
      expect(server.connection.take('ping')).toHaveLength(1)
      await server.run(4_999)
      expect(ann.sync.status.phase).toBe('connected')
      await server.run(1)
      expect(ann.sync.status.phase).toBe('waiting')
      expect(server.connections[0]!.isClosed).toBe(true)
    },
  )

  it('that answers nothing happens', async () => {
    await connect()
    hint('visible')
    server.connection.say({ type: 'pong' })
    await server.run(15_000)
    expect(server.connections).toHaveLength(1)
    expect(ann.sync.status.phase).toBe('connected')
  })

  it('the short time counts also when an answer was being waited for already', async () => {
    await connect()
    await server.run(20_000)
    hint('visible')
    expect(server.connection.take('ping')).toHaveLength(2)
    await server.run(5_000)
    expect(ann.sync.status.phase).toBe('waiting')
  })
})
