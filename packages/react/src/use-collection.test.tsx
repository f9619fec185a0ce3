import { act, cleanup } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { created, models, orderSlice, renamed, type Order } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor, renderUser } from '../../../test-support/render-user.tsx'
import type { StoreUser } from '../../../test-support/store-user.ts'
import { useCollection } from './use-collection.ts'

const [orders] = models
let world: OrderWorld
let ann: StoreUser
let lists: (readonly Order[] | undefined)[]

beforeEach(async () => {
  vi.spyOn(console, 'error')
  lists = []
  world = await OrderWorld.start()
  await world.foreign(created('1', 'Ada'), created('2', 'Bea'))
  ann = await world.connected({ limits: { keepMs: 1_000 } })
})

afterEach(() => {
  cleanup()
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

function Orders() {
  const list = useCollection(orders)
  lists.push(list)
  return <p>{list === undefined ? 'loading' : list.map(({ customer }) => customer).join(' ')}</p>
}

describe('useCollection', () => {
  it('is undefined until something is known, then all records, live', async () => {
    const page = renderUser(ann, <Orders />)
    expect(page.text).toBe('loading')
    await actFor(world)
    expect(page.text).toBe('Ada Bea')
    await act(() => world.foreign(created('3', 'Cem'), orderSlice.actions.deleted({ id: '1' })))
    await actFor(world)
    expect(page.text).toBe('Bea Cem')
  })

  it('is empty when there are none', async () => {
    await world.foreign(orderSlice.actions.deleted({ id: '1' }), orderSlice.actions.deleted({ id: '2' }))
    const page = renderUser(ann, <Orders />)
    await actFor(world)
    expect(page.text).toBe('')
    expect(lists.at(-1)).toEqual([])
  })

  it('has one’s own new record at once', async () => {
    const page = renderUser(ann, <Orders />)
    await actFor(world)
    act(() => void ann.dispatch(created('3', 'Cem')))
    expect(page.text).toBe('Ada Bea Cem')
  })

  it('is the same list until a record changes', async () => {
    const page = renderUser(ann, <Orders />, { isStrict: false })
    await actFor(world)
    act(() => void ann.dispatch(renamed('1', 'Eve')))
    const [list] = lists.slice(-1)
    const { length } = lists
    await actFor(world, 10_000)
    act(() => void ann.dispatch({ type: 'ui/opened' }))
    expect(lists).toHaveLength(length)
    page.show(<Orders />)
    expect(lists).toHaveLength(length + 1)
    expect(lists.at(-1)).toBe(list)
  })

  it('is let go a while after the last component has gone', async () => {
    const page = renderUser(ann, <Orders />)
    await actFor(world)
    page.unmount()
    await actFor(world, 999)
    expect(ann.store.getState().order.ids).toEqual(['1', '2'])
    await actFor(world, 1)
    expect(ann.store.getState().order.ids).toEqual([])
  })
})
