import type { ClientLimits, Rejection, Sync } from '@foldback/client'
import type { StampedAction } from '@foldback/core'
import { configureStore, type Middleware, type UnknownAction } from '@reduxjs/toolkit'
import type { SimulatedPage } from '../simulation/simulated-page.ts'
import type { SimulatedWorld } from '../simulation/simulated-world.ts'
import { historyModels, newerModels, orderIds } from './history-models.ts'
import type { Subscribed } from './steps.ts'

export interface PageParts {
  /** Counts all pages of a history. */
  readonly number: number
  readonly world: SimulatedWorld<typeof historyModels>
  /** The place of its device in the history. */
  readonly device: number
  readonly life: SimulatedPage
  readonly user: string
  readonly isNewer: boolean
  /** What it shows the server when it is this user's. */
  readonly tokenOf: (user: string) => string
  readonly limits: Partial<ClientLimits>
}

interface ShownState {
  readonly order: { readonly entities: { readonly [id: string]: unknown } }
  readonly board: unknown
  readonly settings: unknown
}

/** A page that a user has open: the real client with a real store. */
export class HistoryPage {
  readonly number: number
  readonly device: number
  readonly life: SimulatedPage
  readonly sync: Sync<typeof historyModels>
  readonly dispatch: (action: UnknownAction) => unknown
  readonly #getState: () => ShownState
  readonly #subscriptions = new Map<Subscribed, () => void>()
  /** Whom it says to be when it connects. */
  user: string
  /** `connect` was called last, not `disconnect` or `signOut`. */
  isConnecting = false

  constructor({ number, world, device, life, user, isNewer, tokenOf, limits }: PageParts) {
    this.number = number
    this.device = device
    this.life = life
    this.user = user
    this.sync = world.makeClient(
      user,
      {
        token: () => tokenOf(this.user),
        models: isNewer ? newerModels : historyModels,
        limits: { keepMs: 150, coalesceMs: 100, openMsMax: 300, adoptMs: 1_000, cacheMs: 200, ...limits },
      },
      life,
    )
    const store = configureStore({
      reducer: { ...this.sync.reducers },
      middleware: (getDefault) => getDefault(quietChecks).concat(this.sync.middleware as Middleware),
    })
    this.dispatch = store.dispatch
    this.#getState = () => store.getState()
  }

  /** Its user can do something with it. */
  get isAwake(): boolean {
    return !this.life.isDead && !this.life.isFrozen
  }

  /** It is connected, and nothing waits. */
  get isDone(): boolean {
    const { phase, pending } = this.sync.status
    return phase === 'connected' && pending === 0
  }

  /** What its user sees. */
  get shown(): object {
    const { order, board, settings } = this.#getState()
    return { order: order.entities, board, settings }
  }

  get pendingIds(): string[] {
    return this.sync.pending().map(idOf)
  }

  get rejectedIds(): string[] {
    return this.sync.rejected.map(({ action }: Rejection) => idOf(action))
  }

  get subscribed(): readonly Subscribed[] {
    return [...this.#subscriptions.keys()]
  }

  /** True when the order is to be kept up to date here. */
  wants(order: number): boolean {
    return this.#subscriptions.has('all') || this.#subscriptions.has(order)
  }

  connect(): void {
    this.isConnecting = true
    this.sync.connect()
  }

  disconnect(): void {
    this.isConnecting = false
    this.sync.disconnect()
  }

  signOut(): void {
    this.isConnecting = false
    void this.sync.signOut()
  }

  /** Another user, or the same again. */
  logIn(user: string): void {
    this.user = user
    this.sync.disconnect()
    this.connect()
  }

  subscribe(order: Subscribed): void {
    if (this.#subscriptions.has(order)) return
    const [orders] = this.sync.models
    const release =
      order === 'all' ? this.sync.subscribe(orders) : this.sync.subscribe(orders, orderIds[order])
    this.#subscriptions.set(order, release)
  }

  unsubscribe(order: Subscribed): void {
    this.#subscriptions.get(order)?.()
    this.#subscriptions.delete(order)
  }
}

const idOf = (action: StampedAction): string => action.meta.foldback.id

const quietChecks = { serializableCheck: false, immutableCheck: false }
