import type { DownMessage, Snapshot, UpMessage } from '@foldback/core'
import type { AppendBatch, EventStore, Session, UnitOutcome } from '@foldback/engine'
import { memoryStore } from '../memory-store.ts'
import { failingStore } from '../simulation/failing-store.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import type { CrashKind } from '../simulation/simulated-disk.ts'
import type { ObservedFrame } from '../simulation/simulated-network.ts'
import type { SimulatedPage } from '../simulation/simulated-page.ts'
import { SimulatedWorld } from '../simulation/simulated-world.ts'
import type { StoreBackup } from '../simulation/store-backup.ts'
import { Chronicle } from './chronicle.ts'
import { Conversation } from './conversation.ts'
import type { Fault } from './faults.ts'
import { HistoryDevice, type PageLike } from './history-device.ts'
import { historyModels, historyRules, newerModels, orderIds, unstorable } from './history-models.ts'
import { HistoryPage } from './history-page.ts'
import { Ledger } from './ledger.ts'
import { clientLimitsFor, engineLimitsFor, largeFrameBytesMax } from './limits.ts'
import type { Step, Subscribed } from './steps.ts'
import { doStep } from './do-step.ts'
import type { Watcher, WatchedFrame } from './watcher.ts'

/** Whose device it is, one after the other. */
const owners = ['ann', 'bob', 'ann', 'cid', 'bob', 'dan', 'ann', 'eve'] as const
const devicesUsual = 3
/** Long enough for a page to read all that its device keeps. */
const openingMs = 500
/** The largest share of frames before which a connection is cut. */
const cutShareMax = 0.06
/** How long a login lasts, at most, where they are short. */
const loginMsMax = 800
/** How much longer a frame takes to a slow page. */
const slowMs = 700
/** How far the clocks of devices are wrong, and those of servers ahead, at most. */
const deviceClockWrongMsMax = 3_600_000
const serverClockAheadMsMax = 20_000
/** Bytes after which a connection breaks, at most. */
const cutBytesMax = 12_000

export interface HistoryParts {
  readonly seed: number
  readonly faults: ReadonlySet<Fault>
}

/** Devices of some users, one server after the other, and what happens to them, step by step. */
export class History {
  readonly world: SimulatedWorld<typeof historyModels>
  readonly faults: ReadonlySet<Fault>
  readonly devices: HistoryDevice[] = []
  /** Every page that was ever open. */
  readonly pages: HistoryPage[] = []
  readonly chronicle: Chronicle
  readonly ledger: Ledger
  /** They see everything from the start on. */
  readonly watchers: Watcher[] = []
  readonly random: SeededRandom
  readonly #seed: number
  readonly #conversations = new Map<number, Conversation>()
  /** What a watcher has thrown where nobody could hear it. */
  #thrown: { readonly what: unknown } | undefined
  #isStoreFailing = false
  #areLoginsShort = false
  #isDeployed = false
  /** The log was put back to an earlier one: what was told of it does not hold any more. */
  isRestored = false
  backup: StoreBackup | undefined
  /** By token: when the login that it stands for ends, in milliseconds since 1970. */
  readonly loginEnds = new Map<string, number>()
  #tokens = 0
  #texts = 0

  constructor({ seed, faults }: HistoryParts) {
    this.#seed = seed
    this.faults = faults
    this.random = new SeededRandom(seed + 2)
    this.world = new SimulatedWorld(historyModels, {
      seed,
      rules: historyRules(faults.has('rights')),
      limits: engineLimitsFor(faults),
      ...(faults.has('large-actions') && { network: { frameBytesMax: largeFrameBytesMax } }),
      authenticate: async (token) => this.#sessionOf(token),
      makeStore: (memory) => this.#watchedStore(this.#failingStore(memoryStore(memory))),
    })
    this.chronicle = new Chronicle(this.world.clock)
    this.ledger = new Ledger(this.chronicle)
    this.world.disk.observe = (fate) => this.chronicle.happened(`disk: an append ${fate}`)
    this.#watchNetwork()
  }

  get #owners(): readonly string[] {
    return owners.slice(0, this.faults.has('many-clients') ? owners.length : devicesUsual)
  }

  get users(): readonly string[] {
    return [...new Set(this.#owners)]
  }

  /** Pages that are open. */
  get openPages(): HistoryPage[] {
    return this.devices.flatMap(({ pages }) => pages)
  }

  async start(): Promise<void> {
    if (this.faults.has('cuts')) this.#cutNowAndThen()
    await this.world.startServer()
    this.#isStoreFailing = true
    this.#areLoginsShort = this.faults.has('expiring-logins')
    for (const [index, owner] of this.#owners.entries()) this.#addDevice(index, owner)
  }

  /** Does a step. @throws what a watcher has thrown meanwhile */
  async do(step: Step): Promise<void> {
    this.chronicle.note(JSON.stringify(step))
    await doStep(this, step)
    for (const page of this.openPages) {
      this.ledger.watch(page)
      for (const watcher of this.watchers) watcher.stepped?.(page)
    }
    this.throwWhatWasSeen()
  }

  /** Faults stop; what has happened stays. */
  endFaults(): void {
    this.chronicle.note('faults end')
    const { network, disk } = this.world
    network.cutsAt = () => false
    network.cutsAfterBytes = () => Infinity
    disk.isFull = false
    disk.setPace('usual')
    this.world.endSuperseded()
    this.#isStoreFailing = false
    this.#areLoginsShort = false
    for (const device of this.devices) device.mend()
  }

  throwWhatWasSeen(): void {
    if (this.#thrown !== undefined) throw this.#thrown.what
  }

  /** What is told of a record that is hidden is what is told of one that never was. */
  mayBeHidden({ model, version }: Pick<Snapshot, 'model' | 'version'>): boolean {
    return this.faults.has('rights') && model === 'order' && version === 0
  }

  // The server

  /** The server dies and another starts, after the log was put back, when there is a backup. */
  async restart(how: CrashKind, backup?: StoreBackup): Promise<void> {
    this.world.crashServer(how)
    if (this.faults.has('wrong-clocks')) this.#setServerClock()
    if (backup !== undefined) {
      backup.restore(this.world.memory)
      this.isRestored = true
      this.watch((watcher) => watcher.restored?.())
    }
    await this.startServer()
  }

  #setServerClock(): void {
    const { world, chronicle, random } = this
    const before = world.serverClockAheadMs
    world.serverClockAheadMs = random.below(serverClockAheadMsMax)
    if (world.serverClockAheadMs < before) chronicle.happened('server: its clock was put back')
  }

  /** Starts a server, which takes over from one that runs. */
  async startServer(models = this.world.serverModels): Promise<void> {
    this.#isStoreFailing = false
    await this.world.startServer(models)
    this.#isStoreFailing = true
  }

  /** The server becomes the next version, for good. */
  async deploy(): Promise<void> {
    if (this.#isDeployed || !this.faults.has('deploys')) return
    this.#isDeployed = true
    this.chronicle.happened('server: deploy')
    this.world.crashServer()
    await this.startServer(newerModels)
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

  #failingStore(store: EventStore): EventStore {
    return failingStore(store, {
      faults: {
        rejected: this.faults.has('rejected-appends') ? 0.15 : 0,
        unknown: this.faults.has('unknown-appends') ? 0.1 : 0,
        unread: this.faults.has('failing-reads') ? 0.05 : 0,
      },
      random: new SeededRandom(this.#seed + 1),
      isFailing: () => this.#isStoreFailing,
      isUnstorable: (action) => action.includes(`"note":"${unstorable} `),
      happened: (fault) => this.chronicle.happened(`store: ${fault}`),
    })
  }

  /** The store as it is, seen by the watchers. */
  #watchedStore(store: EventStore): EventStore {
    const append = async (batch: AppendBatch): Promise<readonly UnitOutcome[]> => {
      let outcomes: readonly UnitOutcome[]
      try {
        outcomes = await store.append(batch)
      } catch (thrown) {
        this.watch((watcher) => watcher.appendFailed?.(batch))
        throw thrown
      }
      this.watch((watcher) => watcher.appended?.(batch, outcomes))
      return outcomes
    }
    return new Proxy(store, {
      get: (target, name: keyof EventStore) => (name === 'append' ? append : Reflect.get(target, name)),
    })
  }

  /** Whose token it is. */
  #sessionOf(token: string | undefined): Session | undefined {
    const [actor] = token?.split(' ') ?? []
    if (actor === undefined) return undefined
    const { random, serverClock } = this.world
    if (!this.#areLoginsShort) return { actor, claims: {} }
    const expiresAt = serverClock.now() + random.below(loginMsMax)
    this.loginEnds.set(token!, expiresAt)
    return { actor, claims: { round: random.below(3) }, expiresAt }
  }

  // Devices and pages

  #addDevice(index: number, user: string): void {
    // One device is interested in every order, the others in single ones.
    const subscribed: Subscribed[] = index === 0 ? ['all'] : orderIds.map((_, order) => order)
    const simulated = this.world.makeDevice()
    simulated.observe = (changes, page) => {
      const keys = [...changes].map(([key, value]) => (value === undefined ? `-${key}` : key))
      this.chronicle.note(`device ${index} ${keys.join(' ')}`)
      this.ledger.wrote(changes, page)
    }
    simulated.observeSynced = (changes) => this.watch((watcher) => watcher.synced?.(changes))
    // Half of them are behind.
    if (this.faults.has('wrong-clocks'))
      simulated.clockAheadMs = this.random.below(2 * deviceClockWrongMsMax) - deviceClockWrongMsMax
    if (simulated.clockAheadMs > 0) this.chronicle.happened('device: its clock is ahead')
    const open = (on: HistoryDevice, like: PageLike): HistoryPage => this.#openPage(on, like)
    const device = new HistoryDevice(index, simulated, this.random, open, { user, subscribed })
    this.devices.push(device)
    device.open()
  }

  #openPage(device: HistoryDevice, like: PageLike): HistoryPage {
    const { faults, chronicle } = this
    const page = new HistoryPage({
      number: this.pages.length,
      world: this.world,
      device: device.index,
      life: device.device.openPage(),
      user: like.user,
      isNewer: faults.has('deploys') && (device.index === 0 || this.#isDeployed),
      isDeveloped: faults.has('development'),
      // Never the same one twice: one that is refused is not tried again.
      tokenOf: (user) => `${user} ${this.#tokens++}`,
      limits: clientLimitsFor(faults),
      happened: (what) => chronicle.happened(what),
    })
    chronicle.note(`page ${page.number} opens on device ${device.index} for ${page.user}`)
    this.pages.push(page)
    for (const watcher of this.watchers) watcher.opened?.(page, device)
    page.connect()
    for (const order of like.subscribed) page.subscribe(order)
    return page
  }

  /** Reloads a page, or opens one, without a network. */
  async startOffline(device: HistoryDevice, before = device.page()): Promise<HistoryPage> {
    device.device.setOnline(false)
    const page = before === undefined ? device.open() : device.reload(before)
    await this.world.run(openingMs)
    for (const watcher of this.watchers) watcher.startedOffline?.(device, page)
    return page
  }

  /** A text that no other action has. */
  newText(kind: string): string {
    return `${kind} ${this.#texts++} `
  }

  // What is seen

  /** Lets the watchers see something where nobody hears what they throw: the next step does. */
  watch(show: (watcher: Watcher) => void): void {
    try {
      for (const watcher of this.watchers) show(watcher)
    } catch (thrown) {
      this.#thrown ??= { what: thrown }
    }
  }

  #cutNowAndThen(): void {
    const random = new SeededRandom(this.#seed + 3)
    const share = random.fraction() * cutShareMax
    const breaks = random.below(2) === 0
    const { network } = this.world
    network.cutsAt = () => {
      const isCut = random.fraction() < share
      if (isCut) this.chronicle.happened('network: cut between frames')
      return isCut
    }
    network.cutsAfterBytes = () => (breaks ? random.below(cutBytesMax) : Infinity)
  }

  #watchNetwork(): void {
    const { network } = this.world
    if (this.faults.has('slow-readers'))
      network.slowness = (life) => (life !== undefined && this.#isSlow(life) ? slowMs : 0)
    network.observeSent = (frame) => this.#sent(frame)
    network.observe = (frame) => this.#arrived(frame)
    network.observeBrokenFrame = () => {
      this.chronicle.note('a connection breaks within a frame')
      this.chronicle.happened('network: cut within a frame')
    }
  }

  #isSlow(life: SimulatedPage): boolean {
    return this.devices.some(({ isSlow, pages }) => isSlow && pages.some((page) => page.life === life))
  }

  #sent({ connection, page, direction, text }: ObservedFrame): void {
    const conversation = this.#conversationOf(connection, page)
    const messages = JSON.parse(text) as readonly (UpMessage | DownMessage)[]
    for (const message of messages) {
      this.#count(conversation, message)
      conversation.heard(message)
    }
    this.watch((watcher) => watcher.sent?.({ conversation, direction, messages } as WatchedFrame))
  }

  #arrived({ connection, page, direction, text }: ObservedFrame): void {
    this.chronicle.note(`#${connection} ${direction} ${text}`)
    const conversation = this.#conversationOf(connection, page)
    const messages = JSON.parse(text) as readonly (UpMessage | DownMessage)[]
    this.watch((watcher) => watcher.arrived?.({ conversation, direction, messages } as WatchedFrame))
  }

  #conversationOf(connection: number, life: ObservedFrame['page']): Conversation {
    let conversation = this.#conversations.get(connection)
    if (conversation === undefined) {
      const page = this.pages.find((each) => each.life === life)
      this.#conversations.set(connection, (conversation = new Conversation(connection, page)))
    }
    return conversation
  }

  #count(conversation: Conversation, message: UpMessage | DownMessage): void {
    const code = 'code' in message ? ` ${message.code}` : ''
    const isPutOff = message.type === 'rejected' && !message.final
    this.chronicle.happened(`message: ${isPutOff ? 'put off' : message.type}${code}`)
    if (message.type === 'hello' && this.#isDoubled(conversation, message.lanes))
      this.chronicle.happened('network: two connections of one client')
    if (message.type === 'welcome' && conversation.welcomes > 0)
      this.chronicle.happened('server: told a client all afresh')
    if (message.type === 'snapshot' && message.version > 0 && conversation.page?.isRebasing(message))
      this.chronicle.happened('client: rebase on a snapshot')
  }

  /** The server still has another connection open by which one of these lanes was claimed. */
  #isDoubled({ connection }: Conversation, lanes: readonly { readonly lane: string }[]): boolean {
    const { network } = this.world
    return [...this.#conversations.values()].some(
      (other) =>
        other.connection !== connection &&
        other.lanes.some((lane) => lanes.some((claim) => claim.lane === lane)) &&
        network.isOpenAtServer(other.connection),
    )
  }
}
