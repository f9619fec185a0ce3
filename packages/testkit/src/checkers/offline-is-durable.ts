import {
  type AnyModel,
  cancellation,
  initialState,
  type Json,
  type Push,
  type RecordState,
  type StampedAction,
} from '@foldback/core'
import type { DeviceChanges } from '../simulation/simulated-device.ts'
import type { History } from '../workload/history.ts'
import type { HistoryDevice } from '../workload/history-device.ts'
import { orderIds } from '../workload/history-models.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { Ledger } from '../workload/ledger.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { folded } from './plain-folds.ts'
import { hold, holdEqual } from './promises.ts'
import { sealedIn } from './sealed-rows.ts'

/**
 * Promise 6: what a page sends is on its device's disk, what a device has written is never lost, what it calls queued is
 * written, and it opens without a network.
 */
export class OfflineIsDurable implements Checker {
  readonly promise = 6
  readonly #history: History
  /** By lane and n: what has been on a disk, sealed. It may have been given up there before its page knows. */
  readonly #sealed = new Map<string, Set<string>>()

  constructor(history: History) {
    this.#history = history
  }

  synced(changes: DeviceChanges): void {
    for (const { lane, n, action, isCancelled } of sealedIn(changes)) {
      const sealed = isCancelled ? cancellation.type : action.meta.foldback.id
      const place = `${lane} ${n}`
      this.#sealed.set(place, (this.#sealed.get(place) ?? new Set()).add(sealed))
    }
  }

  sent({ conversation, direction, messages }: WatchedFrame): void {
    const { page } = conversation
    if (direction === 'down' || page === undefined || page.sync.status.storage === 'page') return
    for (const message of messages) if (message.type === 'push') this.#checkPush(message)
  }

  /** Each action that leaves has been on its device's disk under this very number. */
  #checkPush({ lane, n, actions }: Push): void {
    for (const [index, action] of (actions as readonly (StampedAction | null)[]).entries()) {
      const key = `${lane} ${n + index}`
      const sealed = this.#sealed.get(key)
      // Too large for a frame: null goes in its place.
      const sent = action?.type === cancellation.type ? cancellation.type : action?.meta.foldback.id
      const isSealed = sealed !== undefined && (sent === undefined || sealed.has(sent))
      hold(
        6,
        isSealed,
        () => `${key} leaves as ${sent}, and the disk has had ${[...(sealed ?? [])].join(', ')} there`,
      )
    }
  }

  stepped(page: HistoryPage): void {
    checkQueued(page, this.#history.ledger)
  }

  startedOffline(device: HistoryDevice, page: HistoryPage): void {
    checkOfflineStart(device, page)
  }

  async ended(): Promise<void> {
    if (!this.#history.isRestored) checkAccounts(this.#history)
    await checkOfflineStarts(this.#history)
  }
}

/** Nothing is called safe on the device that is not. */
function checkQueued(page: HistoryPage, ledger: Ledger): void {
  const { queued, storage } = page.sync.status
  if (storage === 'page') return
  const safe = page.pendingIds.filter((id) => ledger.durable.has(id)).length
  hold(6, queued <= safe, () => `page ${page.number} says that ${queued} are queued, and ${safe} are written`)
}

/** What no device had, and no page without one, has not happened; all else has an end. */
function checkAccounts({ world, ledger }: History): void {
  const logged = new Set(world.memory.log.map(({ id }) => id))
  const isLogged = (id: string): boolean => logged.has(id)
  for (const { id, page } of ledger.dispatched.values()) {
    if (ledger.durable.has(id))
      hold(
        6,
        isAccounted(id, ledger, isLogged),
        () => `${id} was on device ${page.device}, and is nowhere now`,
      )
    else if (page.sync.status.storage !== 'page')
      hold(6, !isLogged(id), () => `${id} is in the log, and was never on device ${page.device}`)
  }
}

/** In the log, refused, given up by its user, or part of a later one that is. */
function isAccounted(id: string, ledger: Ledger, isLogged: (id: string) => boolean): boolean {
  const isRefused = ledger.keptRejections.has(id) || ledger.dismissed.has(id)
  if (isLogged(id) || ledger.outcomes.has(id) || isRefused) return true
  const { discarded, heir } = ledger.dispatched.get(id) ?? {}
  if (discarded !== undefined) return true
  return heir !== undefined && isAccounted(heir, ledger, isLogged)
}

/** What the device keeps, with what is pending on top, is what the page shows. */
function checkOfflineStart(device: HistoryDevice, page: HistoryPage): void {
  // Nobody knows what a storage says that fails, or what others write.
  if (device.isDisturbed || device.pages.length > 1 || page.sync.status.storage !== 'durable') return
  const { actor } = device
  const kept = device.rows.filter((row) => row.actor === actor || row.actor === '').map(({ id }) => id)
  holdEqual(6, `what is pending on page ${page.number}`, [...page.pendingIds].sort(), kept.sort())
  checkRejected(device, page)
  const [orders, board, settings] = page.sync.models
  const entities: { [id: string]: unknown } = {}
  for (const [order, id] of orderIds.entries()) {
    if (!page.wants(order)) continue
    const state = folded(orders, keptState(device, orders, id), page.sync.pending(orders, id))
    if (state !== null) entities[id] = state
  }
  // An order that nobody is interested in may be shown or not.
  const wanted = Object.entries(page.orders).filter(([id]) => page.wants(orderIds.indexOf(id as never)))
  const shown = { ...page.shown, order: Object.fromEntries(wanted) }
  holdEqual(6, `what page ${page.number} shows without a network`, shown, {
    order: entities,
    board: folded(board, keptState(device, board, ''), page.sync.pending(board)),
    settings: folded(settings, keptState(device, settings, ''), page.sync.pending(settings)),
  })
}

function checkRejected(device: HistoryDevice, page: HistoryPage): void {
  const kept = device.rejectionsOf(device.actor).sort()
  holdEqual(6, `what page ${page.number} has as refused`, [...page.rejectedIds].sort(), kept)
}

function keptState({ device, recordsPrefix }: HistoryDevice, model: AnyModel, id: string): RecordState {
  const key = recordsPrefix + [model.name, id].map(encodeURIComponent).join('/')
  const row = device.list(key).find(([each]) => each === key)?.[1] as
    | { readonly state: Json; readonly isGone?: true; readonly modelVersion: number }
    | undefined
  return row === undefined || row.isGone || row.modelVersion !== model.version
    ? initialState(model)
    : row.state
}

/** A page that opens without a network shows what the page before it, which was connected, has shown. */
async function checkOfflineStarts(history: History): Promise<void> {
  for (const device of history.devices) {
    const before = device.pages.find(
      ({ sync: { status } }) => status.actor === device.actor && status.storage === 'durable',
    )
    if (before === undefined) continue
    const { shown } = before
    const page = await history.startOffline(device, before)
    if (!device.hasFailed) holdEqual(6, `what page ${page.number} shows without a network`, page.shown, shown)
    checkRejected(device, page)
  }
}
