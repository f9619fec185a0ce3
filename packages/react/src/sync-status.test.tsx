import { act, cleanup, screen } from '@testing-library/react'
import { memoryOutbox } from '@foldback/client'
import type { OutboxStorage, Persistence } from '@foldback/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { created, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import { actFor, renderUser } from '../../../test-support/render-user.tsx'
import { SyncStatus } from './sync-status.ts'

let world: OrderWorld

beforeEach(async () => {
  vi.spyOn(console, 'error')
  world = await OrderWorld.start()
})

afterEach(() => {
  cleanup()
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

/** A device that is as safe as it says. */
function outboxOf(persistence: Persistence): OutboxStorage {
  const asked = (): Promise<Persistence> => Promise.resolve(persistence)
  return Object.assign(memoryOutbox(), { open: asked, persist: asked })
}

const region = (): HTMLElement => screen.getByRole('status')

describe('SyncStatus', () => {
  it('follows the connection and what waits, in words and in attributes', async () => {
    const ann = world.user({ outbox: outboxOf('durable') })
    renderUser(ann, <SyncStatus />)
    expect(region().textContent).toBe('Offline')
    expect(Object.entries(region().dataset)).toEqual([
      ['phase', 'idle'],
      ['storage', 'opening'],
    ])

    act(() => ann.sync.connect())
    expect(region().textContent).toBe('Connecting')
    await actFor(world)
    expect(region().textContent).toBe('Connected')

    act(() => void ann.dispatch(created('1')))
    expect(region().textContent).toBe('Connected, 1 waiting')
    expect(Object.entries(region().dataset)).toEqual([
      ['phase', 'connected'],
      ['storage', 'durable'],
      ['pending', '1'],
    ])
    await actFor(world)
    expect(region().textContent).toBe('Connected')

    act(() => ann.sync.disconnect())
    act(() => void [ann.dispatch(renamed('1', 'Eve')), ann.dispatch(renamed('1', 'Zoe'))])
    await actFor(world)
    expect(region().textContent).toBe('Offline, 2 waiting')
    expect(region().dataset['phase']).toBe('disconnected')
  })

  it('is the same live region all along, so that changes are read out', async () => {
    const ann = world.user()
    renderUser(ann, <SyncStatus />)
    const before = region()
    act(() => ann.sync.connect())
    await actFor(world)
    expect(region()).toBe(before)
  })

  it('asks a user to sign in whom the server does not know, whatever waits', async () => {
    const nobody = world.user({ token: () => undefined, outbox: outboxOf('durable') })
    renderUser(nobody, <SyncStatus />)
    act(() => void nobody.dispatch(created('1')))
    act(() => nobody.sync.connect())
    await actFor(world)
    expect(region().dataset['phase']).toBe('signed-out')
    expect(region().textContent).toBe('Sign in to go on, 1 waiting')
  })

  it('says while something waits offline that the browser may delete it', async () => {
    const ann = world.user({ outbox: outboxOf('best-effort') })
    renderUser(ann, <SyncStatus />)
    act(() => void ann.dispatch(created('1')))
    await actFor(world)
    expect(region().textContent).toBe(
      'Offline, 1 waiting Connect soon: the browser may delete what waits when the device is short of room.',
    )
    act(() => ann.sync.connect())
    await actFor(world)
    expect(region().textContent).toBe('Connected')
  })

  it('says that what waits would be lost with the page', async () => {
    const ann = world.user()
    renderUser(ann, <SyncStatus />)
    await actFor(world)
    expect(region().textContent).toBe('Offline')
    act(() => void ann.dispatch(created('1')))
    await actFor(world)
    expect(region().textContent).toBe(
      'Offline, 1 waiting Keep this page open: what waits is lost when it closes.',
    )
  })

  it('says the same on a device that keeps nothing', async () => {
    const broken = Object.assign(outboxOf('durable'), { open: () => Promise.reject(new Error('denied')) })
    const ann = world.user({ outbox: broken })
    renderUser(ann, <SyncStatus />)
    await actFor(world)
    expect(region().textContent).toBe('Offline')
    act(() => void ann.dispatch(created('1')))
    await actFor(world)
    expect(region().textContent).toBe(
      'Offline, 1 waiting Keep this page open: what waits is lost when it closes.',
    )
    expect(region().dataset['storage']).toBe('page')
  })

  it('says what went wrong on the device', async () => {
    const outbox = outboxOf('durable')
    const ann = world.user({ outbox })
    renderUser(ann, <SyncStatus />)
    act(() => void ann.dispatch(created('1')))
    await actFor(world)
    outbox.transact = () => Promise.reject(new Error('full'))
    act(() => void ann.dispatch(renamed('1', 'Ann')))
    await actFor(world)
    expect(region().textContent).toContain('could not be written to the outbox of this device')
  })

  it('takes a class and markup of one’s own', () => {
    const ann = world.user()
    renderUser(
      ann,
      <SyncStatus className="badge">{({ phase, pending }) => <b>{`${phase}/${pending}`}</b>}</SyncStatus>,
    )
    expect(region().className).toBe('badge')
    expect(region().innerHTML).toBe('<b>idle/0</b>')
  })
})
