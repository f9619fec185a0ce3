import {
  type AnyModel,
  foldAction,
  foldEvent,
  initialState,
  type Json,
  type RecordState,
  type StampedAction,
} from '@foldback/core'
import { expect } from 'vitest'
import type { History } from './history.ts'
import type { HistoryDevice } from './history-device.ts'
import { orderIds, upcastMark } from './history-models.ts'
import type { HistoryPage } from './history-page.ts'
import type { Dispatched, Ledger } from './ledger.ts'

/** Versions are dense, no action is in a stream twice, and nothing is left in any outbox. */
export function checkStreams({ world, devices }: History): void {
  for (const { events } of world.memory.streams.values()) {
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    for (const { action } of events) expect(action.split(upcastMark).length).toBeLessThanOrEqual(2)
  }
  for (const { rows } of devices) expect(rows).toEqual([])
}

/** Each record is what the plain reducer of its model makes of its events. */
export async function checkRecords({ world }: History): Promise<void> {
  const models = world.serverModels
  for (const { model: name, id, events } of world.memory.streams.values()) {
    const model = models.find((each) => each.name === name)!
    const actions = events.map(({ action }) => JSON.parse(action) as StampedAction)
    const state = actions.reduce<RecordState>(
      (before, action) => foldEvent(model, before, action, () => {}),
      initialState(model),
    )
    expect({ name, id, state: await recordOf(world, id, name, id) }).toEqual({ name, id, state })
  }
}

/** What does not fold is left out, as everywhere. */
function folded(model: AnyModel, before: RecordState, actions: readonly StampedAction[]): RecordState {
  let state = before
  for (const action of actions) {
    const outcome = foldAction(model, state, action)
    if (outcome.ok) state = outcome.state
  }
  return state
}

/** Nobody was told to have diverged: all fold alike here, whatever was under way when states were compared. */
export function checkDivergences({ world }: History): void {
  expect(world.incidents.filter(({ code }) => code === 'diverged')).toEqual([])
}

function recordOf(world: History['world'], actor: string, model: string, id: string): Promise<unknown> {
  return world.waitFor(
    world.engine.queries.record({ actor, claims: {} }, { model, id }).then(
      ({ state }) => state,
      () => null,
    ),
  )
}

/** Nothing is lost, nothing is doubled, and what was told of it is true. */
export function checkOutcomes({ world, ledger }: History): void {
  const places = new Map<string, number>()
  for (const { id } of world.memory.log) if (!places.has(id)) places.set(id, places.size)
  const isLogged = (id: string): boolean => places.has(id)
  for (const [id, outcomes] of ledger.outcomes)
    expect({ id, told: [...outcomes] }).toEqual({ id, told: [isLogged(id)] })
  for (const dispatched of ledger.dispatched.values()) checkFate(dispatched, ledger, isLogged)
  checkOrder(ledger, places)
}

function checkFate(dispatched: Dispatched, ledger: Ledger, isLogged: (id: string) => boolean): void {
  const { id, page, told, discarded, heir, isRevived } = dispatched
  const { durable } = ledger
  const isKept = page.sync.status.storage !== 'page'
  const known = { id, told, discarded, heir, isRevived, page: page.number }
  if (durable.has(id))
    expect({ ...known, isAccounted: isAccounted(id, ledger, isLogged) }).toMatchObject({ isAccounted: true })
  else if (isKept) expect({ ...known, isLogged: isLogged(id) }).toMatchObject({ isLogged: false })
  if (!page.life.isDead) expect({ ...known, isTold: told !== undefined }).toMatchObject({ isTold: true })
  // Gone at once, unless the page fell asleep or died before its row was removed.
  if (discarded === 'open' && !isRevived)
    expect({ ...known, isLogged: isLogged(id) }).toMatchObject({ isLogged: false })
  if (heir !== undefined && !isRevived)
    expect({ ...known, isLogged: isLogged(id) }).toMatchObject({ isLogged: false })
}

/** In the log, refused, given up by its user, or part of a later one that is. */
function isAccounted(id: string, ledger: Ledger, isLogged: (id: string) => boolean): boolean {
  if (isLogged(id) || ledger.outcomes.has(id) || ledger.keptRejections.has(id)) return true
  const { discarded, heir } = ledger.dispatched.get(id) ?? {}
  if (discarded !== undefined) return true
  return heir !== undefined && isAccounted(heir, ledger, isLogged)
}

/** What a user dispatched on a page is in the log in that order; what another page took over, in its own. */
function checkOrder({ dispatched }: Ledger, places: ReadonlyMap<string, number>): void {
  const chains = new Map<string, Dispatched[]>()
  for (const each of dispatched.values()) {
    // What nobody has dispatched, before signing in, goes with whoever signs in.
    if (!places.has(each.id) || each.actor === '') continue
    const key = `${each.page.number} ${each.actor} ${each.told === 'taken-over' ? 'elsewhere' : ''}`
    chains.set(key, [...(chains.get(key) ?? []), each])
  }
  for (const [key, chain] of chains) {
    const ids = chain.map(({ id }) => id)
    const logged = [...ids].sort((a, b) => places.get(a)! - places.get(b)!)
    expect({ key, logged }).toEqual({ key, logged: ids })
  }
}

/** What was refused is there to be looked at, on its device, until somebody has dealt with it. */
export function checkRejections({ devices, ledger }: History): void {
  for (const [id, page] of ledger.refused) {
    if (ledger.dismissed.has(id) || page.sync.status.storage === 'page') continue
    const device = devices[page.device]!
    expect({ id, kept: device.rejections }).toMatchObject({ kept: expect.arrayContaining([id]) })
  }
}

/** Every page shows what the server has of what it is interested in, and may read. */
export async function checkStates({ world, devices }: History): Promise<void> {
  for (const page of devices.flatMap(({ pages }) => pages)) {
    const actor = page.sync.status.actor!
    const entities: { [id: string]: unknown } = {}
    for (const [order, id] of orderIds.entries()) {
      if (!page.wants(order)) continue
      const state = await recordOf(world, actor, 'order', id)
      if (state !== null) entities[id] = state
    }
    expect(shownBy(page)).toEqual({
      page: page.number,
      order: entities,
      board: await recordOf(world, actor, 'board', 'shared'),
      settings: await recordOf(world, actor, 'settings', actor),
    })
  }
}

function shownBy({ number, getState }: HistoryPage): object {
  const { order, board, settings } = getState()
  return { page: number, order: order.entities, board, settings }
}

/** Nothing is called safe on the device that is not. */
export function checkQueued({ ledger }: History, page: HistoryPage): void {
  const { queued, storage } = page.sync.status
  if (storage === 'page') return
  const safe = page.pendingIds.filter((id) => ledger.durable.has(id)).length
  expect({ page: page.number, queued, isSafe: queued <= safe }).toMatchObject({ isSafe: true })
}

/** A page that opened without a network shows what its device keeps, with what is pending on top. */
export function checkOfflineStart(device: HistoryDevice, page: HistoryPage): void {
  // Nobody knows what a storage says that fails, or what others write.
  if (device.isDisturbed || device.pages.length > 1 || page.sync.status.storage !== 'durable') return
  const { actor } = device
  const isOwn = (row: { actor: string | undefined }): boolean => row.actor === actor || row.actor === ''
  const kept = device.rows.filter(isOwn).map(({ id }) => id)
  expect({ page: page.number, pending: [...page.pendingIds].sort() }).toEqual({
    page: page.number,
    pending: kept.sort(),
  })
  expect([...page.rejectedIds].sort()).toEqual(device.rejectionsOf(actor).sort())
  const [orders, board, settings] = page.sync.models
  const entities: { [id: string]: unknown } = {}
  for (const [order, id] of orderIds.entries()) {
    const pending = page.sync.pending(orders, id)
    if (!page.wants(order) && pending.length === 0) continue
    const state = folded(orders, keptState(device, orders, id), pending)
    if (state !== null) entities[id] = state
  }
  expect(shownBy(page)).toEqual({
    page: page.number,
    order: entities,
    board: folded(board, keptState(device, board, ''), page.sync.pending(board)),
    settings: folded(settings, keptState(device, settings, ''), page.sync.pending(settings)),
  })
}

function keptState({ device, actor }: HistoryDevice, model: AnyModel, id: string): RecordState {
  const key = ['record', actor, model.name, id].map(encodeURIComponent).join('/')
  const row = device.list(key).find(([each]) => each === key)?.[1] as
    | { readonly state: Json; readonly isGone?: true; readonly modelVersion: number }
    | undefined
  return row === undefined || row.isGone || row.modelVersion !== model.version
    ? initialState(model)
    : row.state
}

/** A page that opens without a network shows what the page before it, which was connected, has shown. */
export async function checkOfflineStarts(history: History): Promise<void> {
  for (const device of history.devices) {
    const before = device.pages.find(
      ({ sync: { status } }) => status.actor === device.actor && status.storage === 'durable',
    )
    if (before === undefined) continue
    const shown = shownBy(before)
    const page = await history.startOffline(device, before)
    if (!device.hasFailed) expect(shownBy(page)).toEqual({ ...shown, page: page.number })
    expect([...page.rejectedIds].sort()).toEqual(device.rejectionsOf(device.actor).sort())
  }
}
