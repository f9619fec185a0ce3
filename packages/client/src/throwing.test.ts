import { beforeEach, describe, expect, it, vi } from 'vitest'
import { created, noteSlice, orderSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser } from '../../../test-support/store-user.ts'

let world: OrderWorld
let ann: StoreUser

beforeEach(async () => {
  world = await OrderWorld.start()
  ann = await world.connected()
  ann.dispatch(created('1'))
  await world.run(1_000)
})

/** What the user sees, what waits to be sent, and what the server has. */
const look = () => ({ state: ann.store.getState(), pending: ann.sync.pending(), logged: world.logged })

describe('a reducer that throws', () => {
  it('of a synced slice throws to the caller, changes nothing and queues nothing', async () => {
    const before = look()
    expect(() => ann.dispatch(orderSlice.actions.exploded({ id: '1' }))).toThrow('the reducer exploded')
    await world.run(1_000)
    expect(look()).toEqual(before)
    expect(ann.store.getState()).toBe(before.state)
  })

  it('of another slice throws to the caller, changes nothing and queues nothing', async () => {
    const before = look()
    expect(() => ann.dispatch(renamed('1', 'throw in the journal'))).toThrow('The journal is full.')
    expect(ann.store.getState()).toBe(before.state)
    expect(ann.sync.status.pending).toBe(0)
    await world.run(1_000)
    expect(look()).toEqual(before)
  })

  it('of another slice queues nothing even when the record would not have changed', async () => {
    const before = look()
    // Not loaded here, so it folds to nothing.
    expect(() => ann.dispatch(renamed('2', 'throw in the journal'))).toThrow('The journal is full.')
    await world.run(1_000)
    expect(look()).toEqual(before)
  })

  it('of another slice leaves what was pending before as it was', async () => {
    ann.dispatch(renamed('1', 'Eve'))
    ann.dispatch(noteSlice.actions.written('hello'))
    const before = look()
    expect(() => ann.dispatch(renamed('1', 'throw in the journal'))).toThrow('The journal is full.')
    expect(ann.store.getState()).toBe(before.state)
    await world.run(1_000)
    expect(world.logged).toHaveLength(3)
    expect(ann.order('1')?.customer).toBe('Eve')
    expect(ann.store.getState()).toBe(before.state)
    ann.dispatch({ type: 'order/lookedAt' })
    expect(ann.store.getState().order).toBe(before.state.order)
    expect(ann.warnings).toEqual([])
  })

  it('lets the same action be dispatched again', async () => {
    const action = renamed('1', 'throw in the journal')
    expect(() => ann.dispatch(action)).toThrow('The journal is full.')
    action.payload.customer = 'Eve'
    ann.dispatch(action)
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: true })
  })
})

describe('a subscriber that throws', () => {
  const throwing = vi.fn(() => {
    throw new Error('I cannot render.')
  })

  it('throws to the caller of dispatch, and the action stands: it is on the screen, and is sent', async () => {
    const stop = ann.store.subscribe(throwing)
    const action = renamed('1', 'Eve')
    expect(() => ann.dispatch(action)).toThrow('I cannot render.')
    stop()
    expect(ann.order('1')?.customer).toBe('Eve')
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: true })
    expect(ann.order('1')?.customer).toBe('Eve')
  })

  it('does not keep what else the server says from the screen', async () => {
    const refused = renamed('1', 'refused')
    const stop = ann.store.subscribe(throwing)
    expect(() => ann.dispatch(refused)).toThrow('I cannot render.')
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    stop()
    expect(ann.order('1')?.customer).toBe('Zoe')
    expect(ann.seen).toContain('foldback/received')
    expect(ann.seen).toContain('foldback/rejected')
    expect(ann.sync.status).toMatchObject({ phase: 'connected', pending: 0 })
    expect(ann.warnings.join()).toContain('I cannot render.')
  })

  it('to the status does not keep anything from anybody', async () => {
    const stop = ann.sync.onChange(throwing)
    const told = vi.fn()
    ann.sync.onChange(told)
    const action = renamed('1', 'Eve')
    ann.dispatch(action)
    expect(told).toHaveBeenCalled()
    await world.foreign(renamed('1', 'Zoe'))
    world.network.cutAll()
    await world.run(60_000)
    stop()
    expect(ann.sync.status.phase).toBe('connected')
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: true })
    expect(ann.warnings.join()).toContain('I cannot render.')
  })
})

describe('a subscriber that dispatches', () => {
  it('sees its action folded on the one it saw, and both are sent in that order', async () => {
    let isDone = false
    ann.store.subscribe(() => {
      if (isDone || ann.order('1')?.customer !== 'Eve') return
      isDone = true
      ann.dispatch(renamed('1', 'Eve the Second'))
    })
    ann.dispatch(renamed('1', 'Eve'))
    expect(ann.order('1')?.customer).toBe('Eve the Second')
    await world.run(1_000)
    expect(ann.sync.status.pending).toBe(0)
    expect(ann.order('1')?.customer).toBe('Eve the Second')
    expect(ann.warnings).toEqual([])
  })

  it('may do so while somebody else’s action is being shown', async () => {
    let isDone = false
    ann.store.subscribe(() => {
      if (isDone || ann.order('1')?.customer !== 'Zoe') return
      isDone = true
      ann.dispatch(renamed('1', 'not Zoe'))
    })
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('not Zoe')
    expect(ann.sync.status.pending).toBe(0)
    expect(ann.warnings).toEqual([])
  })

  it('takes back only its own action when a reducer throws on that', async () => {
    let thrown: unknown
    const stop = ann.store.subscribe(() => {
      stop()
      try {
        ann.dispatch(renamed('1', 'throw in the journal'))
      } catch (error) {
        thrown = error
      }
    })
    ann.dispatch(renamed('1', 'Eve'))
    expect(thrown).toMatchObject({ message: 'The journal is full.' })
    expect(ann.order('1')?.customer).toBe('Eve')
    await world.run(1_000)
    expect(world.logged).toHaveLength(2)
    expect(ann.order('1')?.customer).toBe('Eve')
  })
})
