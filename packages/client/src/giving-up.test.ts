import type { SimulatedDevice } from '@foldback/testkit'
import { createAsyncThunk } from '@reduxjs/toolkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { created, noteSlice, orderSlice, renamed } from '../../../test-support/order-models.ts'
import { OrderWorld } from '../../../test-support/order-world.ts'
import type { StoreUser } from '../../../test-support/store-user.ts'
import { RejectedError } from './entry.ts'

/* What a user can do about actions that are refused, or that should not happen after all. */

let world: OrderWorld
let device: SimulatedDevice
let ann: StoreUser

beforeEach(async () => {
  world = await OrderWorld.start()
  device = world.makeDevice()
  await world.foreign(created('1'))
  ann = await world.connected({ outbox: device.openPage().storage })
  ann.sync.subscribe(ann.sync.models[0])
  await world.run(1_000)
})

const customer = (): string | undefined => ann.order('1')?.customer
const customers = (): unknown[] =>
  world.memory.log.map(
    ({ action }) => (JSON.parse(action) as { payload: { customer: string } }).payload.customer,
  )
const rows = (): number => device.list('action/').length

async function goOffline(): Promise<void> {
  ann.sync.disconnect()
  await world.run(1_000)
}

async function goOnline(): Promise<void> {
  ann.sync.connect()
  await world.run(10_000)
}

/** Dispatches it, and lets it reach the server, whose answer does not come back. */
async function inFlight(name: string) {
  world.network.cutsAt = () => world.logged.length > 1
  const action = ann.dispatch(renamed('1', name))
  await world.runUntil(() => ann.sync.status.phase !== 'connected')
  world.network.cutsAt = () => false
  return action
}

/** Dispatches it, and lets it be sealed, but nothing of it reach the server. */
async function sealed(name: string) {
  world.network.cutsAt = () => true
  const action = ann.dispatch(renamed('1', name))
  await world.runUntil(() => device.list('action/').some(([, row]) => 'n' in (row as object)))
  await world.runUntil(() => ann.sync.status.phase !== 'connected')
  world.network.cutsAt = () => false
  return action
}

describe('discard of a pending action', () => {
  it('that was not sent takes it from the screen and the device, and it never happens', async () => {
    await goOffline()
    ann.dispatch(renamed('1', 'kept'))
    const action = ann.dispatch(renamed('1', 'given up'))
    const outcome = ann.sync.settled(action)
    ann.dispatch(noteSlice.actions.written('kept too'))
    await world.run(1_000)
    expect(rows()).toBe(3)
    ann.sync.discard(action)
    expect(customer()).toBe('kept')
    expect(ann.sync.pending()).toHaveLength(2)
    await expect(world.waitFor(outcome)).rejects.toMatchObject({ code: 'discarded' })
    expect(rows()).toBe(2)
    await goOnline()
    expect(customers()).toEqual(['Ada', 'kept', undefined])
    expect(ann.sync.rejected).toEqual([])
  })

  it('is told also to who asks later', async () => {
    await goOffline()
    const action = ann.dispatch(renamed('1', 'given up'))
    ann.sync.discard(action)
    await expect(ann.sync.settled(action)).rejects.toMatchObject({ code: 'discarded' })
    await expect(ann.sync.settled(action).unwrap()).rejects.toMatchObject({ code: 'discarded' })
  })

  it('takes the stamped action as well', async () => {
    await goOffline()
    ann.dispatch(renamed('1', 'given up'))
    ann.sync.discard(ann.sync.pending()[0]!)
    expect(ann.sync.pending()).toEqual([])
    expect(customer()).toBe('Ada')
  })

  it('that may have been sent and was not is refused as cancelled, which nobody has to deal with', async () => {
    const action = await sealed('given up')
    const outcome = ann.sync.settled(action)
    ann.sync.discard(action)
    expect(ann.sync.pending()).toHaveLength(1)
    expect(await world.waitFor(outcome)).toMatchObject({ accepted: false, code: 'cancelled' })
    await world.run(10_000)
    expect(customer()).toBe('Ada')
    expect(customers()).toEqual(['Ada'])
    expect(ann.sync.rejected).toEqual([])
    expect(ann.seen).not.toContain('foldback/rejected')
    expect(rows()).toBe(0)
  })

  it('that has happened already comes too late, and is told as accepted', async () => {
    const action = await inFlight('happened')
    ann.sync.discard(action)
    expect(await world.waitFor(ann.sync.settled(action))).toMatchObject({ accepted: true })
    await world.run(10_000)
    expect(customer()).toBe('happened')
    expect(customers()).toEqual(['Ada', 'happened'])
  })

  it('leaves the one behind it its place', async () => {
    const action = await sealed('given up')
    const next = ann.dispatch(renamed('1', 'next'))
    ann.sync.discard(action)
    expect(await world.waitFor(ann.sync.settled(next))).toMatchObject({ accepted: true })
    await world.run(10_000)
    expect(customers()).toEqual(['Ada', 'next'])
    expect(customer()).toBe('next')
  })

  it('is not possible once it is settled, nor for what is not dispatched', async () => {
    const action = ann.dispatch(renamed('1', 'Eve'))
    await world.waitFor(ann.sync.settled(action))
    expect(() => ann.sync.discard(action)).toThrow(expect.objectContaining({ code: 'too-late' }))
    expect(() => ann.sync.edit(action, renamed('1', 'Zoe'))).toThrow(
      expect.objectContaining({ code: 'too-late' }),
    )
    expect(customer()).toBe('Eve')
    expect(() => ann.sync.discard(renamed('1', 'Eve'))).toThrow(
      expect.objectContaining({ code: 'not-dispatched' }),
    )
  })
})

describe('edit of a pending action', () => {
  it('that was not sent puts another in its place', async () => {
    await goOffline()
    const action = ann.dispatch(renamed('1', 'Eev'))
    const better = renamed('1', 'Eve')
    ann.sync.edit(action, better)
    expect(customer()).toBe('Eve')
    expect(ann.sync.pending()).toEqual([expect.objectContaining(better)])
    await goOnline()
    expect(customers()).toEqual(['Ada', 'Eve'])
    expect(await ann.sync.settled(better)).toMatchObject({ accepted: true })
  })

  it('tells of the first also when the other one is discarded at once', async () => {
    await goOffline()
    const first = ann.dispatch(renamed('1', 'Eev'))
    const better = renamed('1', 'Eve')
    ann.sync.edit(first, better)
    ann.sync.discard(better)
    for (const action of [first, better])
      await expect(world.waitFor(ann.sync.settled(action))).rejects.toMatchObject({ code: 'discarded' })
    expect(customer()).toBe('Ada')
  })

  it('that may have been sent cancels that first', async () => {
    const action = await sealed('Eev')
    ann.sync.edit(action, renamed('1', 'Eve'))
    expect(customer()).toBe('Eve')
    await world.run(30_000)
    expect(customers()).toEqual(['Ada', 'Eve'])
    expect(ann.sync.pending()).toEqual([])
  })

  it('that has happened already happens after it', async () => {
    const action = await inFlight('Eev')
    ann.sync.edit(action, renamed('1', 'Eve'))
    await world.run(30_000)
    expect(customers()).toEqual(['Ada', 'Eev', 'Eve'])
    expect(customer()).toBe('Eve')
  })

  it('leaves it as it was when the better one does not fold', async () => {
    await goOffline()
    const action = ann.dispatch(renamed('1', 'Eve'))
    expect(() => ann.sync.edit(action, orderSlice.actions.exploded({ id: '1' }))).toThrow('exploded')
    expect(ann.sync.pending()).toHaveLength(1)
    expect(customer()).toBe('Eve')
  })
})

describe('a refused action', () => {
  async function refused() {
    ann.dispatch(renamed('1', 'refused'))
    await world.runUntil(() => ann.sync.rejected.length === 1)
    return ann.sync.rejected[0]!
  }

  it('waits to be dealt with, through a reload, and has what is needed for that', async () => {
    const before = await refused()
    await world.run(1_000)
    const next = await world.connected({ outbox: device.openPage().storage })
    await world.run(10_000)
    expect(next.sync.rejected).toEqual([before])
    expect(before).toMatchObject({
      code: 'bad-name',
      message: 'Not this name.',
      action: renamed('1', 'refused'),
    })
  })

  it('is dispatched again by retry, as a new action without the old stamp', async () => {
    const rejection = await refused()
    const again = ann.sync.retry(rejection)
    expect(again).toEqual(renamed('1', 'refused'))
    expect(ann.sync.rejected).toEqual([])
    expect(customer()).toBe('refused')
    expect(await world.waitFor(ann.sync.settled(again))).toMatchObject({ accepted: false })
    expect(ann.sync.rejected).toHaveLength(1)
  })

  it('keeps what else its meta has when it is tried again', async () => {
    const action = { ...renamed('1', 'refused'), meta: { from: 'the form' } }
    ann.dispatch(action)
    await world.runUntil(() => ann.sync.rejected.length === 1)
    expect(ann.sync.retry(ann.sync.rejected[0]!)).toEqual(action)
  })

  it('stays to be dealt with when trying again throws', async () => {
    const rejection = await refused()
    expect(() => ann.sync.edit(rejection, renamed('1', 'throw in the journal'))).toThrow(
      'The journal is full.',
    )
    expect(ann.sync.rejected).toEqual([rejection])
    expect(customer()).toBe('Ada')
  })

  it('is forgotten by discard, also after a reload, and twice is as once', async () => {
    const rejection = await refused()
    ann.sync.discard(rejection)
    ann.sync.discard(rejection)
    expect(ann.sync.rejected).toEqual([])
    await world.run(1_000)
    const next = await world.connected({ outbox: device.openPage().storage })
    await world.run(10_000)
    expect(next.sync.rejected).toEqual([])
  })
})

describe('unwrap', () => {
  it('gives the action as it was sent', async () => {
    const action = ann.dispatch(renamed('1', 'Eve'))
    const [stamped] = ann.sync.pending()
    expect(await world.waitFor(ann.sync.settled(action).unwrap())).toBe(stamped)
  })

  it('throws for a refusal, with its code, its sentence and the action', async () => {
    const settled = ann.sync.settled(ann.dispatch(renamed('1', 'refused'))).unwrap()
    const thrown: unknown = await world.waitFor(settled.catch((error: unknown) => error))
    expect(thrown).toBeInstanceOf(RejectedError)
    expect(thrown).toMatchObject({ code: 'bad-name', message: 'Not this name.' })
    expect((thrown as RejectedError).action).toMatchObject(renamed('1', 'refused'))
  })

  it('ends an async thunk as refused, which shows the code', async () => {
    const rename = createAsyncThunk('ui/rename', (name: string, { dispatch }) =>
      ann.sync.settled(dispatch(renamed('1', name))).unwrap(),
    )
    const [good, bad] = await world.waitFor(
      Promise.all([ann.dispatch(rename('Eve')), ann.dispatch(rename('refused'))]),
    )
    expect(good.type).toBe('ui/rename/fulfilled')
    expect(bad).toMatchObject({ type: 'ui/rename/rejected', error: { code: 'bad-name' } })
    expect(customers()).toEqual(['Ada', 'Eve'])
  })
})

describe('signOut', () => {
  it('shows nothing more of the user, sends nothing, and brings it all back when they sign in', async () => {
    ann.dispatch(renamed('1', 'refused'))
    await world.runUntil(() => ann.sync.rejected.length === 1)
    await goOffline()
    const action = ann.dispatch(renamed('1', 'waiting'))
    await world.run(1_000)
    await world.waitFor(ann.sync.signOut())
    expect(ann.store.getState().order).toEqual({ ids: [], entities: {} })
    expect(ann.sync.pending()).toEqual([])
    expect(ann.sync.rejected).toEqual([])
    expect(ann.sync.status).toMatchObject({ phase: 'disconnected', pending: 0, actor: undefined })
    await world.run(60_000)
    expect(customers()).toEqual(['Ada'])
    await goOnline()
    expect(customers()).toEqual(['Ada', 'waiting'])
    expect(await ann.sync.settled(action)).toMatchObject({ accepted: true })
    expect(ann.sync.rejected).toHaveLength(1)
  })

  it('of nobody, before any connection, does nothing', async () => {
    const page = world.user({ outbox: device.openPage().storage })
    await world.waitFor(page.sync.signOut())
    expect(page.sync.status).toMatchObject({ phase: 'disconnected', pending: 0 })
    page.sync.connect()
    await world.runUntil(() => page.sync.status.phase === 'connected')
  })
})
