import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { created, models, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser } from '../../../test-support/store-user.ts'
import type { DevToolsConnection, SyncLogAction } from './sync-log.ts'
import type { SyncStatus } from './status.ts'

/** The DevTools extension as its documentation has it: `connect(options)` gives `init(state)` and `send(action, state)`. */
class FakeExtension {
  readonly connected: object[] = []
  readonly lines: { readonly action: SyncLogAction; readonly state: SyncStatus }[] = []
  initial: unknown

  connect(options: object): DevToolsConnection {
    this.connected.push(options)
    return {
      init: (state) => void (this.initial = state),
      send: (action, state) => void this.lines.push({ action, state: state as SyncStatus }),
    }
  }

  get types(): readonly string[] {
    return this.lines.map(({ action }) => action.type)
  }

  /** Lines of that word, without it. */
  of(word: string): readonly SyncLogAction[] {
    return this.lines.map(({ action }) => action).filter(({ type }) => type.startsWith(`${word} `))
  }
}

let extension: FakeExtension
let world: OrderWorld
let ann: StoreUser

beforeEach(async () => {
  extension = new FakeExtension()
  vi.stubGlobal('__REDUX_DEVTOOLS_EXTENSION__', extension)
  world = await OrderWorld.start()
  ann = await world.connected()
})

afterEach(() => void vi.unstubAllGlobals())

const idOf = (index: number): string => ann.sync.pending()[index]!.meta.foldback.id

describe('the log in the Redux DevTools', () => {
  it('has a name of its own, and begins with how things stand', () => {
    expect(extension.connected).toEqual([expect.objectContaining({ name: 'Foldback sync' })])
    expect(extension.initial).toMatchObject({ phase: 'connecting', pending: 0 })
    expect(extension.types).toEqual(['connected'])
  })

  it('shows an action pending and then settled, for which the store has one entry', async () => {
    ann.dispatch(created('1'))
    const id = idOf(0)
    const heardBefore = ann.heard.length
    await world.run(1_000)
    expect(extension.lines.slice(1)).toEqual([
      {
        action: { type: 'pending order/created', id, payload: { id: '1', customer: 'Ada' } },
        state: expect.objectContaining({ phase: 'connected', pending: 1 }),
      },
      {
        action: { type: 'settled order/created', id, n: 1, payload: { id: '1', customer: 'Ada' } },
        state: expect.objectContaining({ phase: 'connected', pending: 0 }),
      },
    ])
    expect(ann.heard).toHaveLength(heardBefore)
  })

  it('shows what is refused with the reason, and how much was folded again for it', async () => {
    // Each action has its outcome in a frame of its own.
    world = await OrderWorld.start({ limits: { turnActionsMax: 1 } })
    ann = await world.connected()
    ann.dispatch(created('1'))
    await world.run(1_000)
    ann.sync.disconnect()
    ann.dispatch(renamed('1', 'refused'))
    ann.dispatch(renamed('1', 'Bea'))
    ann.dispatch(renamed('1', 'Cleo'))
    ann.sync.connect()
    await world.runUntil(() => ann.sync.status.pending === 0)
    expect(extension.of('rejected')).toEqual([
      expect.objectContaining({
        type: 'rejected order/renamed',
        n: 2,
        code: 'bad-name',
        message: 'Not this name.',
      }),
    ])
    expect(extension.of('rebased')).toContainEqual({ type: 'rebased order/1', count: 2 })
    expect(extension.of('settled').map(({ n }) => n)).toEqual([1, 3, 4])
    expect(extension.types).toContain('disconnected')
  })

  it('shows how much was folded again for what somebody else did', async () => {
    ann.dispatch(created('1'))
    await world.run(1_000)
    ann.sync.subscribe(models[0], '1')
    // It is pending just when the event comes.
    world.network.observe = ({ direction, text }) => {
      if (direction === 'down' && text.includes('Zoe')) ann.dispatch(renamed('1', 'Bea'))
    }
    await world.foreign(renamed('1', 'Zoe'))
    await world.runUntil(() => ann.sync.status.pending === 1)
    await world.runUntil(() => ann.sync.status.pending === 0)
    expect(ann.order('1')?.customer).toBe('Bea')
    expect(extension.of('rebased')).toContainEqual({ type: 'rebased order/1', count: 1 })
  })

  it('shows that the connection is lost and found', async () => {
    world.crashServer()
    await world.runUntil(() => ann.sync.status.phase === 'waiting')
    await world.startServer()
    await world.runUntil(() => ann.sync.status.phase === 'connected')
    expect(extension.types.slice(0, 3)).toEqual(['connected', 'waiting', 'connecting'])
    expect(extension.types.at(-1)).toBe('connected')
  })

  it('shows what went wrong', async () => {
    world = await OrderWorld.start({ limits: { frameBytesMax: 2_000, queuedActionsMax: 1 } })
    ann = await world.connected()
    for (let id = 1; id <= 20; id++) ann.dispatch(created(String(id)))
    await world.runUntil(() => ann.sync.status.pending === 0)
    expect(extension.of('error')[0]).toMatchObject({
      type: 'error busy',
      message: expect.stringContaining('more to do'),
    })
    expect(ann.sync.status.error).toBeUndefined()
  })

  it('counts what is pending after each line', () => {
    ann.sync.disconnect()
    ann.dispatch(created('1'))
    ann.dispatch(renamed('1', 'Bea'))
    expect(extension.lines.slice(-2).map(({ state }) => state.pending)).toEqual([1, 2])
  })

  it('shows an action that another reducer would not take as undone', () => {
    expect(() => ann.dispatch(created('1', 'throw in the journal'))).toThrow('The journal is full.')
    expect(extension.types.slice(-2)).toEqual(['pending order/created', 'undone order/created'])
  })
})

describe('without the log', () => {
  const works = async (user: StoreUser): Promise<void> => {
    user.sync.connect()
    user.dispatch(created('7'))
    await world.runUntil(() => user.sync.status.pending === 0)
    expect(user.order('7')?.customer).toBe('Ada')
  }

  it('all goes on where there is no extension, or another thing of its name', async () => {
    vi.stubGlobal('__REDUX_DEVTOOLS_EXTENSION__', undefined)
    await works(world.user())
    vi.stubGlobal('__REDUX_DEVTOOLS_EXTENSION__', {})
    await works(world.user())
  })

  it('nothing is asked of the extension when development is switched off', async () => {
    await works(world.user({ development: false }))
    expect(extension.connected).toHaveLength(1)
  })
})

it('an extension that throws harms nothing, and is named', async () => {
  vi.stubGlobal('__REDUX_DEVTOOLS_EXTENSION__', {
    connect: () => ({
      init: () => {},
      send() {
        throw new Error('The extension was reloaded.')
      },
    }),
  })
  const bob = await world.connected({ name: 'bob' })
  bob.dispatch(created('2'))
  await world.runUntil(() => bob.sync.status.pending === 0)
  expect(world.logged).toHaveLength(1)
  expect(bob.warnings).toContainEqual(expect.stringContaining('The extension was reloaded.'))
})
