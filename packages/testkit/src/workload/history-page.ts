import { type ClientLimits, isLost, type Rejection, type Sync } from '@foldback/client'
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
  /** It runs in development, where reducers are watched. */
  readonly isDeveloped: boolean
  readonly happened: (what: string) => void
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
  /** It runs the next version of the models. */
  readonly isNewer: boolean
  readonly isDeveloped: boolean
  /** Accepted actions of which its user was told that the server has lost them. */
  readonly lostIds = new Set<string>()
  /** It was frozen, or another user's, or nobody's: what it knows of its actions is not all there is to know. */
  hasGaps = false
  readonly #subscriptions = new Map<Subscribed, () => void>()
  /** Whom it says to be when it connects. */
  user: string
  /** `connect` was called last, not `disconnect` or `signOut`. */
  isConnecting = false

  constructor({
    number,
    world,
    device,
    life,
    user,
    isNewer,
    isDeveloped,
    tokenOf,
    limits,
    happened,
  }: PageParts) {
    this.number = number
    this.device = device
    this.life = life
    this.user = user
    this.sync = world.makeClient(
      user,
      {
        token: () => tokenOf(this.user),
        models: isNewer ? newerModels : historyModels,
        development: isDeveloped,
        limits,
      },
      life,
    )
    this.isNewer = isNewer
    this.isDeveloped = isDeveloped
    const look: Middleware = () => (next) => (action) => {
      this.#look(action, happened)
      return next(action)
    }
    const store = configureStore({
      reducer: { ...this.sync.reducers },
      middleware: (getDefault) => getDefault(quietChecks).concat(look, this.sync.middleware as Middleware),
      devTools: false,
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
    const { orders, board, settings } = this
    return { order: orders, board, settings }
  }

  get orders(): { readonly [id: string]: unknown } {
    return this.#getState().order.entities
  }

  get board(): unknown {
    return this.#getState().board
  }

  get settings(): unknown {
    return this.#getState().settings
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

  freeze(): void {
    this.hasGaps = true
    this.life.freeze()
  }

  signOut(): void {
    this.hasGaps = true
    this.isConnecting = false
    void this.sync.signOut()
  }

  /** Another user, or the same again. */
  logIn(user: string): void {
    if (this.user !== user) this.hasGaps = true
    this.user = user
    this.sync.disconnect()
    this.connect()
  }

  /** It shows pending actions on top of this record. */
  isRebasing({ model, id }: { readonly model: string; readonly id: string }): boolean {
    const found = this.sync.models.find(({ name }) => name === model)
    return (
      found !== undefined && this.sync.pending(found, found.kind === 'entity' ? id : undefined).length > 0
    )
  }

  #look(action: unknown, happened: (what: string) => void): void {
    const { type } = action as UnknownAction
    if (isLost(action)) {
      happened('client: told what is lost')
      for (const { meta } of action.payload.actions) this.lostIds.add(meta.foldback.id)
    }
    if (type === 'foldback/received' && this.sync.status.pending > 0) happened('client: rebase')
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
