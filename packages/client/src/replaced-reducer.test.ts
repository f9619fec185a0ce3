import { defineModel } from '@foldback/core'
import { combineReducers, type Reducer } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, models, orderSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser } from '../../../test-support/store-user.ts'
import { createSync } from './create-sync.ts'

/* `store.replaceReducer`, as hot reloading and lazily loaded slices use it. */

let world: OrderWorld
let ann: StoreUser

beforeEach(async () => {
  world = await OrderWorld.start()
  ann = await world.connected()
  ann.dispatch(created('1'))
  await world.run(1_000)
})

/** Replaces the root reducer by these and a slice of another shape. */
function replace(reducers: object): void {
  const journal = (state: { seen: string[] } = { seen: [] }, { type }: { type: string }) =>
    type === orderSlice.actions.renamed.type ? { seen: ['hot'] } : state
  const renamedHot: Reducer = combineReducers({ ...reducers, journal })
  ann.store.replaceReducer(renamedHot as Parameters<typeof ann.store.replaceReducer>[0])
}

describe('a root reducer that is replaced by one with the same sync.reducers', () => {
  it('keeps the records, what is pending and the connection', async () => {
    ann.sync.disconnect()
    const waiting = ann.dispatch(renamed('1', 'waiting'))
    const { order } = ann.store.getState()
    replace(ann.sync.reducers)
    expect(ann.store.getState().order).toBe(order)
    expect(ann.sync.pending()).toHaveLength(1)
    ann.sync.connect()
    expect(await world.waitFor(ann.sync.settled(waiting))).toMatchObject({ accepted: true })
    ann.dispatch(renamed('1', 'Eve'))
    expect(ann.seen).toEqual(['hot'])
    expect(ann.order('1')?.customer).toBe('Eve')
    await world.run(1_000)
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
    expect(ann.warnings).toEqual([])
  })
})

describe('a root reducer with the reducers of another sync, as of models that were hot-replaced', () => {
  it('shows what the first sync has, which goes on with the models that it was made with', async () => {
    const louder = defineModel(
      {
        ...orderSlice,
        reducer: (...[order, action]: Parameters<typeof orderSlice.reducer>) => {
          const after = orderSlice.reducer(order, action)
          return after && { ...after, customer: after.customer.toUpperCase() }
        },
      },
      { streamId: (action) => action.payload.id },
    )
    const other = createSync({
      url: 'ws://nowhere',
      models: [louder, models[1], models[2]],
      development: false,
    })
    replace(other.reducers)
    const outcome = ann.sync.settled(ann.dispatch(renamed('1', 'Eve')))
    expect(ann.order('1')?.customer).toBe('Eve')
    expect(ann.warnings).toEqual([expect.stringContaining('did not come to sync.reducers')])
    expect(await world.waitFor(outcome)).toMatchObject({ accepted: true })
    await world.foreign(renamed('1', 'Zoe'))
    await world.run(1_000)
    expect(ann.order('1')?.customer).toBe('Zoe')
  })
})
