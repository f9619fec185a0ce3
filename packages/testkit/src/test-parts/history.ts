import type { ClientLimits, Outcome, Sync } from '@foldback/client'
import { decodeFrame } from '@foldback/core'
import type { EngineLimits, Session } from '@foldback/engine'
import { configureStore, type Middleware, type UnknownAction } from '@reduxjs/toolkit'
import { memoryStore } from '../memory-store.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import type { ObservedFrame } from '../simulation/simulated-network.ts'
import { SimulatedWorld } from '../simulation/simulated-world.ts'
import { failingStore } from './failing-store.ts'
import {
  boardSlice,
  historyModels,
  historyRules,
  newerModels,
  orderIds,
  orderSlice,
  settingsSlice,
  upcastMark,
} from './history-models.ts'
import type { DispatchStep, Feature, Step, Subscribed } from './history-steps.ts'
import { StoreBackup } from './store-backup.ts'

const users = ['ann', 'bob', 'ann'] as const
/** Bytes of a frame from a client, where actions are large. */
const frameBytesMax = 3_000

export interface HistoryClient {
  readonly sync: Sync<typeof historyModels>
  readonly getState: () => { readonly order: { readonly entities: object } }
  readonly dispatch: (action: UnknownAction) => unknown
  /** By what is subscribed: how to let it go. */
  readonly subscriptions: Map<Subscribed, () => void>
  /** Whom it says to be when it connects. */
  user: string
}

/** One action, and what its client was told of it. */
export interface Dispatched {
  readonly client: number
  readonly id: string
  outcome: Outcome | undefined
}

/** Three clients of two users, one server, and what happens to them, step by step. */
export class History {
  readonly world: SimulatedWorld<typeof historyModels>
  readonly clients: HistoryClient[] = []
  /** In the order in which each client dispatched. */
  readonly dispatched: Dispatched[] = []
  /** What really happened, and how often. */
  readonly happenings = new Map<string, number>()
  /** What happened when, to be read when a check fails. */
  readonly trace: string[] = []
  readonly #features: ReadonlySet<Feature>
  /** Connections that have had their first welcome. */
  readonly #welcomed = new Set<number>()
  #backup: StoreBackup | undefined
  #isStoreFailing = false
  #isDeployed = false
  #areLoginsShort = false
  #texts = 0
  #tokens = 0

  constructor(seed: number, present: ReadonlySet<Feature> = new Set()) {
    this.#features = present
    const storeRandom = new SeededRandom(seed + 1)
    this.world = new SimulatedWorld(historyModels, {
      seed,
      rules: historyRules(present.has('rights')),
      limits: limitsFor(present),
      ...(present.has('large actions') && { network: { frameBytesMax } }),
      authenticate: async (token) => this.#sessionOf(token),
      makeStore: (memory) =>
        failingStore(memoryStore(memory), {
          faults: {
            rejected: present.has('rejected appends') ? 0.15 : 0,
            unknown: present.has('unknown appends') ? 0.1 : 0,
            unread: present.has('failing reads') ? 0.05 : 0,
          },
          random: storeRandom,
          isFailing: () => this.#isStoreFailing,
          happened: (fault) => this.#happened(fault),
        }),
    })
    this.world.network.observe = (frame) => this.#observe(frame)
  }

  /** The log was put back to an earlier one: what was told of it does not hold any more. */
  get isRestored(): boolean {
    return this.happenings.has('restore')
  }

  async start(): Promise<void> {
    await this.world.startServer()
    this.#isStoreFailing = true
    this.#areLoginsShort = this.#features.has('expiring logins')
    users.forEach((user, index) => this.#addClient(index, user))
  }

  #addClient(index: number, user: string): void {
    const isNewer = this.#features.has('a deploy') && index === 0
    const sync: HistoryClient['sync'] = this.world.makeClient(user, {
      // Never the same one twice: one that is refused is not tried again.
      token: () => `${client.user} ${this.#tokens++}`,
      models: isNewer ? newerModels : historyModels,
      limits: {
        keepMs: 150,
        checkMs: this.#features.has('frequent checks') ? 60 : 0,
        ...clientLimitsFor(this.#features),
      },
    })
    const store = configureStore({
      reducer: { ...sync.reducers },
      middleware: (getDefault) => getDefault(quietChecks).concat(sync.middleware as Middleware),
    })
    const client: HistoryClient = {
      sync,
      getState: store.getState,
      dispatch: store.dispatch,
      subscriptions: new Map(),
      user,
    }
    this.clients.push(client)
    sync.connect()
    // One client is interested in every order, the others in single ones.
    const wanted = index === 0 ? (['all'] as const) : orderIds.map((_, order) => order)
    for (const order of wanted) subscribe(client, order)
  }

  async do(step: Step): Promise<void> {
    this.#happened(step.do)
    this.#note(JSON.stringify(step))
    switch (step.do) {
      case 'wait':
        return this.world.run(step.ms)
      case 'dispatch':
        return this.#dispatch(step)
      case 'foreign':
        return this.#foreign(step)
      case 'crash':
        return this.#restart()
      case 'cut all':
        return this.world.network.cutAll()
      case 'mislead all':
        return this.world.network.misleadAll()
      case 'back up':
        this.#backup = new StoreBackup(this.world.memory)
        return
      case 'restore':
        return this.#restart(this.#backup ?? new StoreBackup(this.world.memory))
      case 'deploy':
        return this.#deploy()
      case 'offline':
        return this.clients[step.client]!.sync.disconnect()
      case 'online':
        return this.clients[step.client]!.sync.connect()
      case 'subscribe':
        return subscribe(this.clients[step.client]!, step.order)
      case 'unsubscribe':
        return unsubscribe(this.clients[step.client]!, step.order)
      case 'log in':
        return this.#logIn(this.clients[step.client]!, step.user)
    }
  }

  /** Everything works again, and everybody gets to the end of it. */
  async finish(): Promise<void> {
    const { world, clients } = this
    world.network.cutsAt = () => false
    if (this.#features.has('a deploy')) await this.#deploy()
    this.#isStoreFailing = false
    this.#areLoginsShort = false
    this.#note('finish')
    const isDone = () =>
      clients.every(({ sync }) => sync.status.phase === 'connected' && sync.status.pending === 0)
    for (let attempt = 0; attempt < 4 && !isDone(); attempt++) {
      for (const client of clients) {
        // It was told that its actions are another user's.
        if (client.sync.status.phase === 'failed') client.user = client.sync.status.actor ?? client.user
        client.sync.connect()
      }
      await world.run(70_000)
    }
    await world.runUntil(isDone)
    await world.run(70_000)
    if (world.memory.log.some(({ action }) => action.includes(upcastMark))) this.#happened('upcast')
  }

  #dispatch(step: DispatchStep): void {
    const { sync, dispatch } = this.clients[step.client]!
    const action = this.#actionOf(step)
    try {
      dispatch(action)
    } catch (thrown) {
      // Its reducer found no order, so nothing has been dispatched.
      if (thrown instanceof TypeError) return
      throw thrown
    }
    const entry: Dispatched = {
      client: step.client,
      id: sync.pending().at(-1)!.meta.foldback.id,
      outcome: undefined,
    }
    this.dispatched.push(entry)
    void sync.settled(action).then((outcome) => {
      entry.outcome = outcome
      this.#note(`${entry.id} ${JSON.stringify({ ...outcome, action: undefined })}`)
    })
  }

  #actionOf({ order, kind, hiddenFrom = '', length = 0 }: DispatchStep): UnknownAction {
    const id = orderIds[order]!
    const text = `${kind} ${this.#texts++} `.padEnd(length, 'x')
    const { created, deleted, hidden, lineAdded } = orderSlice.actions
    if (kind === 'created') return created({ id, hiddenFrom })
    if (kind === 'deleted') return deleted({ id })
    if (kind === 'hidden') return hidden({ id, hiddenFrom })
    if (kind === 'hidden enriched') return hidden({ id, hiddenFrom, line: 'enriched' })
    if (kind === 'noted') return boardSlice.actions.noted({ note: text })
    if (kind === 'themed' || kind === 'large') return settingsSlice.actions.themed({ theme: text })
    return lineAdded({ id, line: text })
  }

  #foreign({ order, hiddenFrom }: Step & { readonly do: 'foreign' }): void {
    const id = orderIds[order]!
    const { hidden, lineAdded } = orderSlice.actions
    const action =
      hiddenFrom === undefined
        ? lineAdded({ id, line: `foreign ${this.#texts++}` })
        : hidden({ id, hiddenFrom })
    void this.world.engine.submit([action], { actor: 'zoe', claims: {} })
  }

  async #restart(backup?: StoreBackup): Promise<void> {
    this.world.crashServer()
    this.#isStoreFailing = false
    backup?.restore(this.world.memory)
    await this.world.startServer()
    this.#isStoreFailing = true
  }

  /** The server becomes the next version, for good. */
  async #deploy(): Promise<void> {
    if (this.#isDeployed) return
    this.#isDeployed = true
    this.world.crashServer()
    this.#isStoreFailing = false
    await this.world.startServer(newerModels)
    this.#isStoreFailing = true
  }

  #sessionOf(token: string | undefined): Session | undefined {
    const [actor] = token?.split(' ') ?? []
    if (actor === undefined) return undefined
    const { random, clock } = this.world
    if (!this.#areLoginsShort) return { actor, claims: {} }
    return { actor, claims: { round: random.below(3) }, expiresAt: clock.now() + random.below(300) }
  }

  /** Only without anything to send: that would be another user's. */
  #logIn(client: HistoryClient, user: string): void {
    if (client.sync.status.pending > 0 || client.user === user) return
    this.#happened('another user')
    client.user = user
    client.sync.disconnect()
    client.sync.connect()
  }

  #observe({ connection, direction, text }: ObservedFrame): void {
    this.#note(`#${connection} ${direction} ${text}`)
    for (const message of decodeFrame(text) as readonly { type: string; code?: string }[]) {
      this.#happened(message.code === undefined ? message.type : `${message.type} ${message.code}`)
      if (message.type !== 'welcome') continue
      if (this.#welcomed.has(connection)) this.#happened('told afresh')
      this.#welcomed.add(connection)
    }
  }

  #happened(what: string): void {
    this.happenings.set(what, (this.happenings.get(what) ?? 0) + 1)
  }

  #note(what: string): void {
    this.trace.push(`${this.world.clock.now() - startsAt} ${what}`)
  }
}

const startsAt = 1_750_000_000_000
const quietChecks = { serializableCheck: false, immutableCheck: false }

function limitsFor(present: ReadonlySet<Feature>): Partial<EngineLimits> {
  return {
    restMs: 100,
    cachedRecordsMax: 1,
    resumeEventsMax: 4,
    checksPerMinuteMax: 1_000_000,
    ...(present.has('one cached lane') && { cachedLanesMax: 1 }),
    ...(present.has('slow readers') && { bufferedBytesMax: 500 }),
    ...(present.has('a short queue') && { queuedActionsMax: 4, turnActionsMax: 2 }),
    ...(present.has('large actions') && { frameBytesMax }),
    ...(present.has('large records') && { recordBytesMax: 1_200 }),
    ...(present.has('misleading connections') && { silentMsMax: 400 }),
  }
}

function clientLimitsFor(present: ReadonlySet<Feature>): Partial<ClientLimits> {
  return {
    ...(present.has('misleading connections') && { heartbeatMs: 120, welcomeMsMax: 300, retryMsMin: 20 }),
    ...(present.has('expiring logins') && { retryMsMin: 20 }),
  }
}

function subscribe({ sync, subscriptions }: HistoryClient, order: Subscribed): void {
  if (subscriptions.has(order)) return
  const [orders] = sync.models
  subscriptions.set(order, order === 'all' ? sync.subscribe(orders) : sync.subscribe(orders, orderIds[order]))
}

function unsubscribe({ subscriptions }: HistoryClient, order: Subscribed): void {
  subscriptions.get(order)?.()
  subscriptions.delete(order)
}
