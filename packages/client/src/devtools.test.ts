import { ActionCreators, instrument, type LiftedState, type LiftedStore } from '@redux-devtools/instrument'
import type { StoreEnhancer } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser } from '../../../test-support/store-user.ts'

/*
 * The real DevTools instrument, innermost in the store as the browser extension puts it. It computes states again
 * from the actions it has kept; what is pending and what the server confirmed must not depend on any of that.
 */

let world: OrderWorld
let ann: StoreUser
let devtools: LiftedStore<unknown, never, unknown>

const lifted = (): LiftedState<unknown, never, unknown> => devtools.getState()
const lift = (action: unknown): unknown => devtools.dispatch(action as never)
/** Where among the kept actions the first of this type is. */
const idOf = (type: string, customer?: string): number => {
  const found = Object.entries(lifted().actionsById).find(([, { action }]) => {
    const { type: its, payload } = action as { type: string; payload?: { customer?: string } }
    return its === type && (customer === undefined || payload?.customer === customer)
  })
  return Number(found![0])
}
const jumpToLatest = (): unknown => lift(ActionCreators.jumpToState(lifted().stagedActionIds.length - 1))

beforeEach(async () => {
  world = await OrderWorld.start()
  ann = await world.connected({ enhancer: instrument() as StoreEnhancer })
  devtools = (ann.store as unknown as { liftedStore: typeof devtools }).liftedStore
  ann.dispatch(created('1'))
  await world.run(1_000)
  ann.sync.disconnect()
  ann.dispatch(renamed('1', 'Eve'))
})

/** Whatever was done in DevTools: everybody ends with the same, and what was pending is in the log once. */
async function expectAllIsWell(customer: string, actions = 2): Promise<void> {
  ann.sync.connect()
  await world.runUntil(() => ann.sync.status.phase === 'connected' && ann.sync.status.pending === 0)
  await world.run(1_000)
  jumpToLatest()
  expect(world.logged).toHaveLength(actions)
  expect(new Set(world.logged).size).toBe(actions)
  expect(ann.order('1')).toEqual({ id: '1', customer, isSecret: false })
  const { state } = await world.waitFor(
    world.engine.queries.record({ actor: 'ann', claims: {} }, { model: 'order', id: '1' }),
  )
  expect(ann.order('1')).toEqual(state)
}

describe('jumping to a past state', () => {
  beforeEach(() => {
    lift(ActionCreators.jumpToAction(idOf('order/created')))
  })

  it('shows the past, and keeps what is pending', async () => {
    expect(ann.order('1')?.customer).toBe('Ada')
    expect(ann.sync.pending()).toHaveLength(1)
    await expectAllIsWell('Eve')
  })

  it('lets new actions go on where one’s own state is', async () => {
    ann.dispatch(renamed('1', 'Eve the Second'))
    expect(ann.sync.pending()).toHaveLength(2)
    jumpToLatest()
    expect(ann.order('1')?.customer).toBe('Eve the Second')
    await expectAllIsWell('Eve the Second', 3)
  })

  it('takes in what the server says meanwhile', async () => {
    await world.foreign(noteSlice.actions.written('zoe was here'))
    ann.sync.connect()
    await world.run(1_000)
    jumpToLatest()
    expect(ann.store.getState().note.text).toBe('zoe was here')
    await expectAllIsWell('Eve', 3)
  })
})

describe('skipping an action', () => {
  it('that is pending hides it until the next action, and it is sent all the same', async () => {
    lift(ActionCreators.toggleAction(idOf('order/renamed')))
    expect(ann.order('1')?.customer).toBe('Ada')
    expect(ann.sync.pending()).toHaveLength(1)
    ann.dispatch({ type: 'ui/opened' })
    expect(ann.order('1')?.customer).toBe('Eve')
    await expectAllIsWell('Eve')
  })

  it('that is settled hides what it did until the server says something', async () => {
    lift(ActionCreators.toggleAction(idOf('order/created')))
    expect(ann.order('1')).toBeUndefined()
    await world.foreign(noteSlice.actions.written('zoe was here'))
    await expectAllIsWell('Eve', 3)
  })

  it('that came from the server hides it, and showing it again brings it back', async () => {
    ann.sync.connect()
    await world.run(1_000)
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    const id = lifted().stagedActionIds.at(-1)!
    lift(ActionCreators.toggleAction(id))
    expect(ann.order('1')?.customer).toBe('Eve')
    lift(ActionCreators.toggleAction(id))
    expect(ann.order('1')?.customer).toBe('Zoe')
    await expectAllIsWell('Zoe', 3)
  })

  it('and dispatching another one keeps both', async () => {
    lift(ActionCreators.toggleAction(idOf('order/renamed')))
    ann.dispatch(noteSlice.actions.written('by ann'))
    expect(ann.order('1')?.customer).toBe('Eve')
    expect(ann.store.getState().note.text).toBe('by ann')
    await expectAllIsWell('Eve', 3)
  })
})

describe('the history in DevTools', () => {
  it('may be reset', async () => {
    lift(ActionCreators.reset())
    expect(ann.order('1')).toBeUndefined()
    expect(ann.sync.pending()).toHaveLength(1)
    ann.dispatch({ type: 'ui/opened' })
    expect(ann.order('1')?.customer).toBe('Eve')
    await expectAllIsWell('Eve')
  })

  it('may be reset, and the server speak next', async () => {
    lift(ActionCreators.reset())
    await world.foreign(noteSlice.actions.written('zoe was here'))
    await expectAllIsWell('Eve', 3)
    expect(ann.store.getState().note.text).toBe('zoe was here')
  })

  it('may be committed, rolled back and swept', async () => {
    lift(ActionCreators.commit())
    ann.dispatch(renamed('1', 'Eve the Second'))
    lift(ActionCreators.rollback())
    lift(ActionCreators.sweep())
    expect(ann.sync.pending()).toHaveLength(2)
    ann.dispatch({ type: 'ui/opened' })
    await expectAllIsWell('Eve the Second', 3)
  })
})
