import type { SimulatedDevice } from '@foldback/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, noteSlice, orderSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser } from '../../../test-support/store-user.ts'

/* Actions that the option `local` keeps on this device. */

const { deleted } = orderSlice.actions
const secret = (id: string) => orderSlice.actions.created({ id, customer: 'local', isSecret: true })
let world: OrderWorld
let device: SimulatedDevice
let ann: StoreUser
let release: () => void

/** A page of ann's in which renaming is local, and making secret. */
function open(): Promise<StoreUser> {
  return world.connected({
    outbox: device.openPage().storage,
    local: (action) =>
      orderSlice.actions.renamed.match(action) ||
      (orderSlice.actions.created.match(action) && action.payload.isSecret === true),
    limits: { localMax: 3, cacheMs: 0, keepMs: 1_000 },
  })
}

beforeEach(async () => {
  world = await OrderWorld.start()
  device = world.makeDevice()
  await world.foreign(created('1', 'Ada'), created('2', 'Bob'))
  ann = await open()
  release = ann.sync.subscribe(ann.sync.models[0])
  await world.run(5_000)
})

const kept = (): string => JSON.stringify(device.list(''))

describe('a local action', () => {
  it('changes the screen at once, and is neither sent nor kept nor pending', async () => {
    const frames: string[] = []
    world.network.observe = ({ text }) => void frames.push(text)
    const action = renamed('1', 'local')
    expect(ann.dispatch(action)).toBe(action)
    expect(ann.order('1')?.customer).toBe('local')
    expect(ann.sync.pending()).toEqual([])
    expect(ann.sync.status.pending).toBe(0)
    await world.run(20_000)
    expect(ann.order('1')?.customer).toBe('local')
    expect(world.logged).toHaveLength(2)
    expect(frames.join()).not.toContain('local')
    expect(kept()).toContain('Ada')
    expect(kept()).not.toContain('local')
  })

  it('has no outcome', async () => {
    const action = ann.dispatch(renamed('1', 'local'))
    await expect(ann.sync.settled(action)).rejects.toMatchObject({ code: 'not-dispatched' })
    expect(() => ann.sync.discard(action)).toThrow('not dispatched')
  })

  it('is seen once by other slices and listeners', async () => {
    const before = ann.seen.length
    ann.dispatch(renamed('1', 'local'))
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.seen.slice(before)).toEqual(['order/renamed', 'foldback/received'])
  })

  it('stays on top of what others do, and of what is settled here', async () => {
    ann.dispatch(renamed('1', 'local'))
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('local')
    ann.dispatch(created('1', 'Eve'))
    expect(ann.order('1')?.customer).toBe('Eve')
    await world.run(1_000)
    expect(ann.sync.status.pending).toBe(0)
    expect(ann.order('1')?.customer).toBe('local')
  })

  it('stays on top through a reconnect and a server that starts afresh', async () => {
    ann.dispatch(renamed('1', 'local'))
    world.crashServer()
    await world.startServer()
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(60_000)
    expect(ann.sync.status.phase).toBe('connected')
    expect(ann.order('1')?.customer).toBe('local')
  })

  it('is there again when the record was let go and is loaded again', async () => {
    ann.dispatch(renamed('1', 'local'))
    release()
    await world.run(5_000)
    expect(ann.store.getState().order.ids).toEqual([])
    ann.sync.subscribe(ann.sync.models[0], '1')
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('local')
  })

  it('does not bring back a record that is deleted', async () => {
    ann.dispatch(renamed('1', 'local'))
    await world.foreign(deleted({ id: '1' }))
    await world.run(1_000)
    expect(ann.order('1')).toBeUndefined()
    expect(ann.sync.record(ann.sync.models[0], '1')).toBeNull()
  })

  it('does not keep what is dispatched after it from being sent', async () => {
    ann.dispatch(renamed('1', 'local'))
    const action = ann.dispatch(noteSlice.actions.written('sent'))
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: true })
  })

  it('is gone with the page', async () => {
    ann.dispatch(renamed('1', 'local'))
    await world.run(5_000)
    const next = await open()
    next.sync.subscribe(next.sync.models[0])
    await world.run(1_000)
    expect(next.order('1')?.customer).toBe('Ada')
  })

  it('is gone with its user', async () => {
    ann.dispatch(renamed('1', 'local'))
    await world.waitFor(ann.sync.signOut())
    expect(ann.order('1')).toBeUndefined()
    ann.sync.connect()
    await world.run(5_000)
    expect(ann.order('1')?.customer).toBe('Ada')
  })
})

describe('many local actions', () => {
  it('of one record are kept up to localMax, the newest ones', async () => {
    for (const id of ['1', '2']) ann.dispatch(secret(id))
    for (const customer of ['second', 'third']) ann.dispatch(renamed('1', customer))
    expect(ann.order('1')).toMatchObject({ customer: 'third', isSecret: true })
    ann.dispatch(renamed('1', 'fourth'))
    const shown = {
      1: { id: '1', customer: 'fourth', isSecret: false },
      2: { id: '2', customer: 'local', isSecret: true },
    }
    expect(ann.store.getState().order.entities).toEqual(shown)
    await world.foreign(renamed('1', 'Zoe'), renamed('2', 'Zoe'))
    await world.run(1_000)
    expect(ann.store.getState().order.entities).toEqual(shown)
  })
})

describe('a reducer of another slice that throws on a local action', () => {
  it('throws to the caller, and nothing has happened', async () => {
    const state = ann.store.getState()
    expect(() => ann.dispatch(renamed('1', 'throw in the journal'))).toThrow('The journal is full.')
    expect(ann.store.getState()).toBe(state)
    ann.dispatch({ type: 'ui/opened' })
    expect(ann.order('1')?.customer).toBe('Ada')
    await world.foreign(created('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
    expect(ann.warnings).toEqual([])
  })

  it('leaves the local ones before it as they were, also when they are as many as are kept', async () => {
    ann.dispatch(secret('1'))
    for (const customer of ['second', 'third']) ann.dispatch(renamed('1', customer))
    expect(() => ann.dispatch(renamed('1', 'throw in the journal'))).toThrow('The journal is full.')
    await world.foreign(created('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')).toMatchObject({ customer: 'third', isSecret: true })
    ann.dispatch(renamed('1', 'fourth'))
    expect(ann.order('1')).toMatchObject({ customer: 'fourth', isSecret: false })
  })
})
