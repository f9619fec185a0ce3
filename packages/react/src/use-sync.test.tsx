import { act, cleanup, render } from '@testing-library/react'
import type { StampedAction } from '@foldback/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { created, models, noteSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor, renderUser } from '../../../test-support/render-user.tsx'
import type { StoreUser } from '../../../test-support/store-user.ts'
import { SyncProvider, useSync } from './sync-provider.ts'
import { usePending } from './use-pending.ts'
import { useSyncStatus } from './use-sync-status.ts'

const [orders] = models
let world: OrderWorld
let ann: StoreUser

beforeEach(async () => {
  world = await OrderWorld.start()
  ann = world.user()
})

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('usePending', () => {
  it('is the actions that are not settled, and the same list until they change', async () => {
    const lists: (readonly StampedAction[])[] = []
    function Pending() {
      const pending = usePending(orders, '1')
      lists.push(pending)
      return <p>{pending.map(({ type }) => type).join(' ')}</p>
    }
    const page = renderUser(ann, <Pending />, { isStrict: false })
    expect(page.text).toBe('')
    act(() => void ann.dispatch(created('1')))
    expect(page.text).toBe('order/created')
    const { length } = lists
    act(() => void ann.dispatch(created('2')))
    act(() => void ann.dispatch(noteSlice.actions.written('hello')))
    expect(lists).toHaveLength(length)
    act(() => void ann.dispatch(renamed('1', 'Eve')))
    expect(page.text).toBe('order/created order/renamed')
    ann.sync.connect()
    await actFor(world)
    expect(page.text).toBe('')
  })

  it('may be asked for again and again, under StrictMode too', () => {
    vi.spyOn(console, 'error')
    function Pending() {
      return <p>{usePending(orders).length}</p>
    }
    expect(renderUser(ann, <Pending />).text).toBe('0')
    // React warns there of a snapshot that is another each time.
    expect(console.error).not.toHaveBeenCalled()
  })
})

describe('useSyncStatus', () => {
  it('follows the connection and what is pending', async () => {
    const seen: string[] = []
    function Status() {
      const { phase, pending } = useSyncStatus()
      seen.push(`${phase} ${pending}`)
      return <p>{seen.at(-1)}</p>
    }
    const page = renderUser(ann, <Status />, { isStrict: false })
    expect(page.text).toBe('idle 0')
    act(() => void ann.dispatch(created('1')))
    expect(page.text).toBe('idle 1')
    act(() => ann.sync.connect())
    await actFor(world)
    expect(page.text).toBe('connected 0')
    act(() => ann.sync.disconnect())
    expect(page.text).toBe('disconnected 0')
    const phases = seen.filter((text, index) => text !== seen[index - 1])
    expect(phases).toEqual([
      'idle 0',
      'idle 1',
      'connecting 1',
      'connected 1',
      'connected 0',
      'disconnected 0',
    ])
  })
})

describe('SyncProvider', () => {
  it('gives what is below it its sync', () => {
    function Mine() {
      return <p>{useSync() === ann.sync ? 'mine' : 'another'}</p>
    }
    expect(renderUser(ann, <Mine />).text).toBe('mine')
  })

  it('is missed in words that say what to do', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    function Status() {
      return <p>{useSyncStatus().phase}</p>
    }
    const missing = expect.objectContaining({
      code: 'misconfigured',
      message: expect.stringContaining('<SyncProvider sync={sync}>'),
    })
    expect(() => render(<Status />)).toThrow(missing)
    const nothing = undefined as unknown as StoreUser['sync']
    expect(() =>
      render(
        <SyncProvider sync={nothing}>
          <Status />
        </SyncProvider>,
      ),
    ).toThrow(missing)
  })
})
