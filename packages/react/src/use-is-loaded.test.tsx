import { act, cleanup } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { created, models } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor, renderUser } from '../../../test-support/render-user.tsx'
import { useCollection } from './use-collection.ts'
import { useIsLoaded } from './use-is-loaded.ts'
import { useRecord } from './use-record.ts'

const [orders] = models
let world: OrderWorld

beforeEach(async () => {
  world = await OrderWorld.start()
  await world.foreign(created('1', 'Ada'))
})

afterEach(() => cleanup())

describe('useIsLoaded', () => {
  it('tells a list of what this device happens to know from the whole one', async () => {
    function Orders() {
      const names = (useCollection(orders) ?? []).map(({ customer }) => customer)
      const isComplete = useIsLoaded(orders)
      return <p>{`${names.join(' ')}${isComplete ? '' : ' and perhaps others'}`}</p>
    }
    const ann = world.user()
    const page = renderUser(ann, <Orders />)
    act(() => void ann.dispatch(created('2', 'Bea')))
    expect(page.text).toBe('Bea and perhaps others')
    act(() => ann.sync.connect())
    await actFor(world)
    expect(page.text).toBe('Bea Ada')
  })

  it('says of one record whether it is known that there is none', async () => {
    function Missing() {
      const order = useRecord(orders, '7')
      return <p>{useIsLoaded(orders, '7') ? (order?.customer ?? 'none') : 'loading'}</p>
    }
    const page = renderUser(await world.connected(), <Missing />)
    expect(page.text).toBe('loading')
    await actFor(world)
    expect(page.text).toBe('none')
  })
})
