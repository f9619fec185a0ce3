import { decodeFrame, type DownMessage } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, models, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser, UserPorts } from '../../../test-support/store-user.ts'
import { createUser } from '../../../test-support/store-user.ts'

const [orders] = models
let world: OrderWorld
let ann: StoreUser
/** What goes over Ann's connections, as it arrives or leaves. */
let sent: { readonly type: string; readonly [field: string]: unknown }[] = []
let received: DownMessage[] = []

function tapped({ clock, random, network }: OrderWorld): UserPorts {
  return {
    clock,
    random,
    connect: (url, subprotocol, handlers) => {
      const socket = network.connect(url, subprotocol, {
        ...handlers,
        received: (text) => {
          received.push(...(decodeFrame(text) as DownMessage[]))
          handlers.received(text)
        },
      })
      return {
        ...socket,
        send: (text) => {
          sent.push(...(decodeFrame(text) as typeof sent))
          socket.send(text)
        },
      }
    },
  }
}

const typesOf = (messages: readonly { type: string }[]): string[] => messages.map(({ type }) => type)
const of = <Message extends { type: string }>(messages: readonly Message[], type: string): Message[] =>
  messages.filter((message) => message.type === type)

beforeEach(async () => {
  world = await OrderWorld.start()
  ann = createUser(tapped(world))
  ann.sync.connect()
  ann.sync.subscribe(orders, '1')
  ann.dispatch(created('1'))
  await world.run(1_000)
  sent = []
  received = []
})

async function offlineWhile(run: () => void | Promise<void>): Promise<void> {
  ann.sync.disconnect()
  await run()
  ann.sync.connect()
  await world.runUntil(() => ann.sync.status.phase === 'connected')
  await world.run(1_000)
}

describe('connecting again', () => {
  it('sends nothing that is settled', async () => {
    await offlineWhile(() => {})
    expect(of(sent, 'push')).toEqual([])
    expect(of(sent, 'hello')).toMatchObject([{ lanes: [{ settled: 1 }] }])
  })

  it('sends what was dispatched in the meantime, in order, once', async () => {
    await offlineWhile(() => {
      ann.dispatch(renamed('1', 'Eve'))
      ann.dispatch(noteSlice.actions.written('hello'))
    })
    const pushes = of(sent, 'push') as unknown as { n: number; actions: { type: string }[] }[]
    expect(pushes.map(({ n, actions }) => [n, typesOf(actions)])).toEqual([
      [2, ['order/renamed', 'note/written']],
    ])
    expect(ann.sync.status.pending).toBe(0)
    expect(world.logged).toHaveLength(3)
  })

  it('brings the few events that were missed, and no record', async () => {
    await offlineWhile(() => world.foreign(renamed('1', 'Zoe'), renamed('1', 'Zoe the Second')))
    expect(of(received, 'events')).toMatchObject([{ id: '1', events: [{ version: 2 }, { version: 3 }] }])
    expect(of(received, 'snapshot').filter((message) => 'id' in message && message.id === '1')).toEqual([])
    expect(ann.order('1')?.customer).toBe('Zoe the Second')
  })

  it('brings nothing about what has not changed, and changes nothing on the screen', async () => {
    const { order } = ann.store.getState()
    await offlineWhile(() => {})
    expect(
      of(received, 'events').every((message) => 'events' in message && message.events.length === 0),
    ).toBe(true)
    expect(ann.store.getState().order).toBe(order)
  })

  it('brings the record instead, when too many events were missed', async () => {
    world = await OrderWorld.start({ limits: { resumeEventsMax: 2 } })
    ann = createUser(tapped(world))
    ann.sync.connect()
    ann.sync.subscribe(orders, '1')
    ann.dispatch(created('1'))
    await world.run(1_000)
    received = []
    await offlineWhile(() => world.foreign(...[1, 2, 3].map((count) => renamed('1', `Zoe ${count}`))))
    expect(of(received, 'events')).toEqual([])
    expect(of(received, 'snapshot')).toContainEqual(expect.objectContaining({ id: '1', version: 4 }))
    expect(ann.order('1')?.customer).toBe('Zoe 3')
  })

  it('folds what is pending on what was missed', async () => {
    const told: string[] = []
    await offlineWhile(async () => {
      ann.dispatch(renamed('1', 'Eve'))
      await world.foreign(renamed('1', 'Zoe'))
      ann.store.subscribe(() => told.push(ann.order('1')?.customer ?? ''))
    })
    expect(ann.order('1')?.customer).toBe('Eve')
    expect(told.every((customer) => customer === 'Eve')).toBe(true)
    expect(world.memory.log.at(-1)?.action).toContain('Eve')
  })

  it('resumes a whole model from where it was left', async () => {
    ann.sync.subscribe(orders)
    await world.run(1_000)
    received = []
    await world.foreign(created('2'))
    await world.run(1_000)
    sent = []
    received = []
    await offlineWhile(() => world.foreign(created('3')))
    expect(of(sent, 'subscribe')).toContainEqual({
      type: 'subscribe',
      model: 'order',
      sinceLog: { seq: 2, id: expect.any(String) },
    })
    expect(of(received, 'synced')).toMatchObject([{ complete: false }])
    const told = received.filter(
      (message) => 'model' in message && message.model === 'order' && 'id' in message,
    )
    expect(told.map((message) => 'id' in message && message.id)).toEqual(['3'])
    expect(ann.store.getState().order.ids).toEqual(['1', '2', '3'])
  })

  it('waits longer and longer while nobody answers, and goes on by itself', async () => {
    world.crashServer()
    await world.run(120_000)
    expect(ann.sync.status).toMatchObject({ phase: expect.stringMatching('waiting|connecting') })
    ann.dispatch(renamed('1', 'Eve'))
    await world.startServer()
    await world.run(60_000)
    expect(ann.sync.status).toMatchObject({
      phase: 'connected',
      pending: 0,
      retryAt: undefined,
      error: undefined,
    })
    expect(world.logged).toHaveLength(2)
  })

  it('is not tried after disconnect, and dispatching goes on', async () => {
    ann.sync.disconnect()
    ann.dispatch(renamed('1', 'Eve'))
    await world.run(600_000)
    expect(sent).toEqual([])
    expect(ann.sync.status).toMatchObject({ phase: 'disconnected', pending: 1 })
    expect(ann.order('1')?.customer).toBe('Eve')
  })
})

describe('a server with another history', () => {
  /** A server restored from a backup that has only so many events. */
  async function restore(actions: number): Promise<void> {
    world.crashServer()
    const { memory } = world
    for (const event of memory.log.splice(actions)) {
      for (const [key, stream] of memory.streams) {
        const index = stream.events.indexOf(event)
        if (index !== -1) stream.events.splice(index)
        if (stream.record !== undefined && stream.record.version > stream.events.length)
          stream.record = undefined
        if (stream.events.length === 0) memory.streams.delete(key)
      }
    }
    for (const [name, lane] of memory.lanes) {
      lane.n = Math.max(0, ...memory.log.map((event) => (event.lane === name ? event.n! : 0)))
      if (lane.n === 0) memory.lanes.delete(name)
    }
    await world.startServer()
    await world.runUntil(() => ann.sync.status.phase === 'connected')
    await world.run(60_000)
  }

  it('sends the record as it is there, and takes new actions in a new lane', async () => {
    ann.dispatch(renamed('1', 'Eve'))
    await world.run(1_000)
    await restore(1)
    expect(ann.order('1')?.customer).toBe('Ada')
    const action = ann.dispatch(renamed('1', 'Eve the Second'))
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: true })
    expect(world.logged).toHaveLength(2)
    expect(new Set(world.memory.log.map(({ lane }) => lane)).size).toBe(2)
    expect(ann.order('1')?.customer).toBe('Eve the Second')
  })

  it('gets what was pending, once', async () => {
    ann.dispatch(renamed('1', 'Eve'))
    await world.run(1_000)
    ann.sync.disconnect()
    ann.dispatch(renamed('1', 'Eve the Second'))
    ann.dispatch(renamed('1', 'Eve the Third'))
    ann.sync.connect()
    await restore(1)
    expect(ann.sync.status.pending).toBe(0)
    expect(world.logged).toHaveLength(3)
    expect(ann.order('1')?.customer).toBe('Eve the Third')
  })

  it('that is empty leaves only what is pending', async () => {
    ann.sync.disconnect()
    ann.dispatch(created('2'))
    ann.sync.connect()
    await restore(0)
    expect(ann.store.getState().order.ids).toEqual([])
    expect(ann.sync.record(orders, '1')).toBeNull()
    expect(world.logged).toHaveLength(1)
  })

  it('that has other events by the same numbers is told apart', async () => {
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    ann.sync.disconnect()
    await world.run(1_000)
    world.crashServer()
    const stream = [...world.memory.streams.values()].find(({ model }) => model === 'order')!
    const other = {
      ...stream.events[1]!,
      id: 'another',
      action: stream.events[1]!.action.replace('Zoe', 'Yan'),
    }
    stream.events[1] = world.memory.log[1] = other
    stream.record = undefined
    await world.startServer()
    ann.sync.connect()
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Yan')
  })
})
