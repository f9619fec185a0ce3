import { act, cleanup } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { created, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor, renderUser } from '../../../test-support/render-user.tsx'
import type { StoreUser } from '../../../test-support/store-user.ts'
import { type RejectedActions, useRejected } from './use-rejected.ts'

let world: OrderWorld
let ann: StoreUser
let seen: RejectedActions[]

beforeEach(async () => {
  vi.spyOn(console, 'error')
  seen = []
  world = await OrderWorld.start()
  await world.foreign(created('1'))
  ann = await world.connected()
})

afterEach(() => {
  cleanup()
  // React warns there of an answer that is another each time.
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

function Refused() {
  const actions = useRejected()
  seen.push(actions)
  return <p>{actions.rejected.map(({ code, action }) => `${code} ${action.type}`).join(', ')}</p>
}

const latest = (): RejectedActions => seen.at(-1)!

async function refuseOne(): Promise<void> {
  act(() => void ann.dispatch(renamed('1', 'refused')))
  await actFor(world)
}

describe('useRejected', () => {
  it('has what was refused until it is discarded', async () => {
    const page = renderUser(ann, <Refused />)
    expect(page.text).toBe('')
    await refuseOne()
    expect(page.text).toBe('bad-name order/renamed')
    act(() => latest().discard(latest().rejected[0]!))
    expect(page.text).toBe('')
    expect(ann.sync.rejected).toEqual([])
  })

  it('tries one again as it was, which may be refused again', async () => {
    const page = renderUser(ann, <Refused />)
    await refuseOne()
    const [first] = latest().rejected
    act(() => void latest().retry(first!))
    expect(page.text).toBe('')
    await actFor(world)
    expect(page.text).toBe('bad-name order/renamed')
    expect(latest().rejected[0]!.action.meta.foldback.id).not.toBe(first!.action.meta.foldback.id)
  })

  it('puts a better action in the place of one', async () => {
    const page = renderUser(ann, <Refused />)
    await refuseOne()
    act(() => latest().edit(latest().rejected[0]!, renamed('1', 'Grace')))
    await actFor(world)
    expect(page.text).toBe('')
    expect(world.logged).toHaveLength(2)
  })

  it('is the same object until the list changes, and has the same functions always', async () => {
    const page = renderUser(ann, <Refused />, { isStrict: false })
    page.show(<Refused />)
    act(() => void ann.dispatch(renamed('1', 'Eve')))
    await actFor(world)
    expect(new Set(seen).size).toBe(1)
    await refuseOne()
    page.show(<Refused />)
    expect(new Set(seen).size).toBe(2)
    for (const name of ['retry', 'edit', 'discard'] as const)
      expect(new Set(seen.map((actions) => actions[name])).size).toBe(1)
  })
})
