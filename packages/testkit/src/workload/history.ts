import type { ClientLimits } from '@foldback/client'
import { decodeFrame } from '@foldback/core'
import type { EngineLimits, Session } from '@foldback/engine'
import type { UnknownAction } from '@reduxjs/toolkit'
import { BrokenPromise } from '../checkers/promises.ts'
import { memoryStore } from '../memory-store.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import type { ObservedFrame } from '../simulation/simulated-network.ts'
import { SimulatedWorld } from '../simulation/simulated-world.ts'
import { failingStore } from '../simulation/failing-store.ts'
import { HistoryDevice, type PageLike } from './history-device.ts'
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
import { HistoryPage } from './history-page.ts'
import type { Fault } from './faults.ts'
import { Ledger } from './ledger.ts'
import {
  type DeviceStep,
  type DispatchStep,
  isDeviceStep,
  type PageStep,
  type Step,
  type Subscribed,
  type WorldStep,
} from './steps.ts'
import type { Watcher } from './watcher.ts'
import { StoreBackup } from '../simulation/store-backup.ts'

const users = ['ann', 'bob', 'ann'] as const
/** Bytes of a frame from a client, where actions are large. */
const frameBytesMax = 3_000
/** Long enough for a page to read all that its device keeps. */
const openingMs = 500
/** More than the longest time between two tries to connect. */
const longMs = 70_000
/** How often it is looked whether everybody is done. */
const lookMs = 100
/** Long enough for all that is under way when nothing fails. */
const quietMs = 3_000

export interface HistoryParts {
  readonly seed: number
  readonly faults: ReadonlySet<Fault>
  readonly watchers: readonly Watcher[]
}

/** Three devices of two users, one server, and what happens to them, step by step. */
export class History {
  readonly world: SimulatedWorld<typeof historyModels>
  readonly devices: HistoryDevice[] = []
  /** Every page that was ever open. */
  readonly pages: HistoryPage[] = []
  readonly ledger = new Ledger(
    (what) => this.#note(what),
    (what) => this.#happened(what),
  )
  /** What really happened, and how often. */
  readonly happenings = new Map<string, number>()
  /** What happened when, to be read when a check fails. */
  readonly trace: string[] = []
  readonly #faults: ReadonlySet<Fault>
  readonly #watchers: readonly Watcher[]
  readonly #seed: number
  readonly #random: SeededRandom
  /** Connections that have had their first welcome. */
  readonly #welcomed = new Set<number>()
  #backup: StoreBackup | undefined
  #isStoreFailing = false
  #isDeployed = false
  #areLoginsShort = false
  #texts = 0
  #tokens = 0

  constructor({ seed, faults: present, watchers }: HistoryParts) {
    this.#seed = seed
    this.#faults = present
    this.#watchers = watchers
    const storeRandom = new SeededRandom(seed + 1)
    this.#random = new SeededRandom(seed + 2)
    this.world = new SimulatedWorld(historyModels, {
      seed,
      rules: historyRules(present.has('rights')),
      limits: limitsFor(present),
      ...(present.has('large-actions') && { network: { frameBytesMax } }),
      authenticate: async (token) => this.#sessionOf(token),
      makeStore: (memory) =>
        failingStore(memoryStore(memory), {
          faults: {
            rejected: present.has('rejected-appends') ? 0.15 : 0,
            unknown: present.has('unknown-appends') ? 0.1 : 0,
            unread: present.has('failing-reads') ? 0.05 : 0,
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
    const cutShare = this.#faults.has('cuts') ? this.#random.fraction() * cutShareMax : 0
    const cuts = new SeededRandom(this.#seed + 3)
    this.world.network.cutsAt = () => cuts.fraction() < cutShare && this.#happenedSo('cut')
    await this.world.startServer()
    this.#isStoreFailing = true
    this.#areLoginsShort = this.#faults.has('expiring-logins')
    users.forEach((user, index) => this.#addDevice(index, user))
  }

  #addDevice(index: number, user: string): void {
    // One device is interested in every order, the others in single ones.
    const subscribed: Subscribed[] = index === 0 ? ['all'] : orderIds.map((_, order) => order)
    const simulated = this.world.makeDevice()
    simulated.observe = (changes, page) => {
      const keys = [...changes].map(([key, value]) => (value === undefined ? `-${key}` : key))
      this.#note(`device ${index} ${keys.join(' ')}`)
      this.ledger.wrote(changes, page)
    }
    const device = new HistoryDevice(index, simulated, this.#random, (on, like) => this.#openPage(on, like), {
      user,
      subscribed,
    })
    this.devices.push(device)
    device.open()
  }

  #openPage(device: HistoryDevice, like: PageLike): HistoryPage {
    const page = new HistoryPage({
      number: this.pages.length,
      world: this.world,
      device: device.index,
      life: device.device.openPage(),
      user: like.user,
      isNewer: this.#faults.has('deploys') && (device.index === 0 || this.#isDeployed),
      // Never the same one twice: one that is refused is not tried again.
      tokenOf: (user) => `${user} ${this.#tokens++}`,
      limits: {
        checkMs: this.#faults.has('frequent-checks') ? 60 : 0,
        ...clientLimitsFor(this.#faults),
      },
    })
    this.#note(`page ${page.number} opens on device ${device.index} for ${page.user}`)
    this.pages.push(page)
    page.connect()
    for (const order of like.subscribed) page.subscribe(order)
    return page
  }

  async do(step: Step): Promise<void> {
    this.#note(JSON.stringify(step))
    await this.#do(step)
    for (const page of this.#openPages) {
      this.ledger.watch(page)
      for (const watcher of this.#watchers) watcher.stepped?.(page, this)
    }
  }

  async #do(step: Step): Promise<void> {
    if (!('client' in step)) return this.#doInWorld(step)
    const device = this.devices[step.client]!
    if (isDeviceStep(step)) return this.#doOnDevice(step, device)
    const page = device.page(step.tab)
    if (page !== undefined) this.#doOnPage(step, page, device)
  }

  async #doInWorld(step: WorldStep): Promise<void> {
    switch (step.do) {
      case 'wait':
        return this.world.run(step.ms)
      case 'foreign':
        return this.#foreign(step)
      case 'crash':
        this.#happened('crash')
        return this.#restart()
      case 'cut all':
        this.#happened('cut all')
        return this.world.network.cutAll()
      case 'mislead all':
        return this.world.network.misleadAll()
      case 'back up':
        this.#backup = new StoreBackup(this.world.memory)
        return
      case 'restore':
        this.#happened('restore')
        return this.#restart(this.#backup ?? new StoreBackup(this.world.memory))
      case 'deploy':
        return this.#deploy()
    }
  }

  async #doOnDevice(step: DeviceStep, device: HistoryDevice): Promise<void> {
    this.#happened(step.do)
    switch (step.do) {
      case 'power cut':
        return device.cutPower()
      case 'open tab':
        if (device.pages.length < pagesMax) device.open()
        return
      case 'start offline':
        await this.startOffline(device)
        return
      case 'network up':
        return device.device.setOnline(true)
      case 'storage':
        this.#happened(`storage ${step.storage}`)
        return device.setStorage(step.storage)
    }
  }

  #doOnPage(step: PageStep, page: HistoryPage, device: HistoryDevice): void {
    switch (step.do) {
      case 'dispatch':
        return this.#dispatch(step, page)
      case 'offline':
        this.#happened('offline')
        return page.disconnect()
      case 'online':
        this.#happened('online')
        return page.connect()
      case 'subscribe':
        return page.subscribe(step.order)
      case 'unsubscribe':
        this.#happened('unsubscribe')
        return page.unsubscribe(step.order)
      case 'log in':
        return this.#logIn(page, step.user)
      case 'sign out':
        if (page.sync.status.pending > 0) this.#happened('signed out with actions pending')
        return page.signOut()
      case 'reload':
        if (page.sync.status.pending > 0) this.#happened('reloaded with actions pending')
        return void device.reload(page)
      case 'close tab':
        this.#happened('close tab')
        return device.close(page)
      case 'freeze':
        this.#happened('freeze')
        return page.life.freeze()
      case 'wake':
        return this.#wake(device)
      case 'discard':
      case 'edit':
        return this.#giveUp(step.do, step.which, page)
      case 'retry':
      case 'dismiss':
        return this.#deal(step.do, step.which, page)
    }
  }

  /** Everything works again, and everybody gets to the end of it. */
  async finish(): Promise<void> {
    const { world, devices } = this
    world.network.cutsAt = () => false
    if (this.#faults.has('deploys')) await this.#deploy()
    this.#isStoreFailing = false
    this.#areLoginsShort = false
    this.#note('finish')
    for (const device of devices) device.mend()
    await this.#settle()
    // Those who have left something behind come back.
    for (let round = 0; round < roundsMax; round++) {
      const left = this.#leftBehind(users[round % 2]!)
      if (left.size === 0) break
      for (const [page, user] of left) page.logIn(user)
      await this.#settle()
    }
    await world.run(quietMs)
    if (world.memory.log.some(({ action }) => action.includes(upcastMark))) this.#happened('upcast')
  }

  async #settle(): Promise<void> {
    const isDone = () => this.#openPages.every((page) => page.isDone)
    for (let attempt = 0; attempt < 4; attempt++) {
      for (const page of this.#openPages) {
        // It was told that its actions are another user's.
        if (page.sync.status.phase === 'failed') page.user = page.sync.status.actor ?? page.user
        page.connect()
      }
      await this.#runUntil(isDone)
      await this.world.run(quietMs)
      if (isDone()) return
      for (const page of this.#openPages) this.ledger.watch(page)
    }
    const late = this.#openPages
      .filter((page) => !page.isDone)
      .map(({ number, sync }) => [number, sync.status])
    throw new BrokenPromise(5, `Pages do not get to the end: ${JSON.stringify(late)}`)
  }

  /** Lets time pass until `isDone`, at most as long as somebody may wait before they try again. */
  async #runUntil(isDone: () => boolean): Promise<void> {
    const { world } = this
    const until = world.clock.now() + longMs
    while (!isDone() && world.clock.now() < until) await world.run(lookMs)
  }

  get #openPages(): HistoryPage[] {
    return this.devices.flatMap(({ pages }) => pages)
  }

  /**
   * Who is to sign in where: those whose actions are kept, and those who have not heard what became of theirs; for
   * what was dispatched before somebody had signed in, `anybody`.
   */
  #leftBehind(anybody: string): ReadonlyMap<HistoryPage, string> {
    const left = new Map<HistoryPage, string>()
    for (const device of this.devices) {
      const [row] = device.rows
      if (row === undefined) continue
      // A page that could not open the storage does not see what is in it.
      const page = device.pages.find(({ sync }) => sync.status.storage !== 'page') ?? device.open()
      left.set(page, row.actor || anybody)
    }
    for (const { page, actor, told } of this.ledger.dispatched.values()) {
      if (told === undefined && page.isAwake && !left.has(page)) left.set(page, actor || anybody)
    }
    return left
  }

  /** Reloads a page, or opens one, without a network. */
  async startOffline(device: HistoryDevice, before = device.page()): Promise<HistoryPage> {
    device.device.setOnline(false)
    const page = before === undefined ? device.open() : device.reload(before)
    await this.world.run(openingMs)
    for (const watcher of this.#watchers) watcher.startedOffline?.(device, page)
    return page
  }

  /** What the server tells a user of a record; null when there is none, or they may not read it. */
  recordFor(actor: string, model: string, id: string): Promise<unknown> {
    const { engine } = this.world
    return this.world.waitFor(
      engine.queries.record({ actor, claims: {} }, { model, id }).then(
        ({ state }) => state,
        () => null,
      ),
    )
  }

  #wake(device: HistoryDevice): void {
    const frozen = device.pages.find(({ life }) => life.isFrozen)
    if (frozen === undefined) return
    this.#note(`page ${frozen.number} wakes`)
    frozen.life.wake()
  }

  #dispatch(step: DispatchStep, page: HistoryPage): void {
    this.ledger.dispatch(page, () => this.#tryTo(() => page.dispatch(this.#actionOf(step))))
    const { sync } = page
    const newest = sync.pending().at(-1)
    if ((newest?.meta.foldback as { merged?: number } | undefined)?.merged !== undefined)
      this.#happened('merged')
  }

  #tryTo(run: () => unknown): void {
    try {
      run()
    } catch (thrown) {
      // Its reducer found no order, so nothing has been dispatched.
      if (!(thrown instanceof TypeError)) throw thrown
    }
  }

  /** Discards or edits an action that is pending. */
  #giveUp(how: 'discard' | 'edit', which: number, page: HistoryPage): void {
    const { sync } = page
    const pending = sync.pending()
    const action = pending[which % pending.length]
    if (action === undefined) return
    this.#happened(how)
    const instead = boardSlice.actions.noted({ note: `edited ${this.#texts++}` })
    const giveUp = (): void => (how === 'discard' ? sync.discard(action) : sync.edit(action, instead))
    const { id } = action.meta.foldback
    this.ledger.dispatch(page, () => this.ledger.discard(page, id, giveUp))
    if (page.pendingIds.includes(id)) this.#happened('cancelled')
  }

  /** Retries or forgets an action that was refused. */
  #deal(how: 'retry' | 'dismiss', which: number, page: HistoryPage): void {
    const { rejected } = page.sync
    const rejection = rejected[which % rejected.length]
    if (rejection === undefined) return
    this.#happened(how)
    const { id } = rejection.action.meta.foldback
    this.ledger.dispatch(page, () =>
      this.#tryTo(() => {
        if (how === 'retry') page.sync.retry(rejection)
        else page.sync.discard(rejection)
        this.ledger.dismissed.add(id)
      }),
    )
  }

  #actionOf({ order, kind, hiddenFrom = '', length = 0 }: DispatchStep): UnknownAction {
    const id = orderIds[order]!
    const text = `${kind} ${this.#texts++} `.padEnd(length, 'x')
    const { created, deleted, hidden, lineAdded, titled } = orderSlice.actions
    if (kind === 'created') return created({ id, hiddenFrom })
    if (kind === 'deleted') return deleted({ id })
    if (kind === 'hidden') return hidden({ id, hiddenFrom })
    if (kind === 'hidden enriched') return hidden({ id, hiddenFrom, line: 'enriched' })
    if (kind === 'titled') return titled({ id, title: text })
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
    this.#happened('deploy')
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

  #logIn(page: HistoryPage, user: string): void {
    if (page.user === user) return
    this.#happened('another user')
    if (page.sync.status.pending > 0) this.#happened('another user with actions pending')
    page.logIn(user)
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

  #happenedSo(what: string): true {
    this.#happened(what)
    return true
  }

  #note(what: string): void {
    this.trace.push(`${this.world.clock.now() - startsAt} ${what}`)
  }
}

const startsAt = 1_750_000_000_000
/** The largest share of frames before which a connection is cut. */
const cutShareMax = 0.06
/** Pages that are open on one device. */
const pagesMax = 3
/** How often somebody signs in at the end of a history to whom something is left. */
const roundsMax = 10

function limitsFor(present: ReadonlySet<Fault>): Partial<EngineLimits> {
  return {
    restMs: 100,
    cachedRecordsMax: 1,
    resumeEventsMax: 4,
    checksPerMinuteMax: 1_000_000,
    ...(present.has('one-cached-lane') && { cachedLanesMax: 1 }),
    ...(present.has('slow-readers') && { bufferedBytesMax: 500 }),
    ...(present.has('short-queue') && { queuedActionsMax: 4, turnActionsMax: 2 }),
    ...(present.has('large-actions') && { frameBytesMax }),
    ...(present.has('large-records') && { recordBytesMax: 1_200 }),
    ...(present.has('half-open') && { silentMsMax: 400 }),
  }
}

function clientLimitsFor(present: ReadonlySet<Fault>): Partial<ClientLimits> {
  return {
    ...(present.has('half-open') && { heartbeatMs: 120, welcomeMsMax: 300, retryMsMin: 20 }),
    ...(present.has('expiring-logins') && { retryMsMin: 20 }),
  }
}
