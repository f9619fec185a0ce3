import {
  type AnyModel,
  closeCodes,
  decodeFrame,
  type DownMessage,
  type ErrorCode,
  FoldbackError,
  type Hello,
  type LaneMark,
  mergeKeyOf,
  type OutboxStorage,
  type Problem,
  protocolVersion,
  readDownMessage,
  type Rejected,
  refusal,
  type StampedAction,
  type UpMessage,
  type Welcome,
} from '@foldback/core'
import { AcceptedActions } from './accepted-actions.ts'
import { Device, type DeviceLimits } from './device.ts'
import { type Divergence, DivergenceWatch } from './divergence.ts'
import { Entry, type LocalRef } from './entry.ts'
import type { FoldbackAction } from './foldback-actions.ts'
import { Intake } from './intake.ts'
import { Interests } from './interests.ts'
import type { HeartbeatLimits } from './heartbeat.ts'
import type { Lane } from './lane.ts'
import { Link } from './link.ts'
import { LocalActions } from './local-actions.ts'
import { type AskToken, Login, type LoginLimits } from './login.ts'
import { LaneLost, Outbox } from './outbox/outbox.ts'
import { RecordCache } from './outbox/record-cache.ts'
import { type Rejection, Rejections } from './outbox/rejections.ts'
import type { ClientPorts } from './ports.ts'
import type { Draft, Replicas } from './replicas.ts'
import { SendQueue } from './send-queue.ts'
import { Sender, type SendLimits } from './sender.ts'
import { ServerVersions } from './server-versions.ts'
import { statusAtStart, type SyncStatus } from './status.ts'

/** Bounds of a client. Each has a default, and an option of the same name. */
export interface ClientLimits extends SendLimits, HeartbeatLimits, LoginLimits, DeviceLimits {
  /** Milliseconds for which a record stays live after the last component has let it go. */
  readonly keepMs: number
  /** Accepted actions of this page that are remembered, to be named if the server loses them. */
  readonly settledKept: number
  /** Milliseconds for which an action waits for others to merge with, while connected; see `coalesce`. */
  readonly coalesceMs: number
  /** Refused actions that are kept for the user to look at; beyond that the oldest go. */
  readonly rejectedMax: number
  /** Local actions that are kept of one record; beyond that the oldest go. */
  readonly localMax: number
  /** Milliseconds from a record's change to its being kept on the device. */
  readonly cacheMs: number
  /** Records that are kept on the device; beyond that those that have not changed for longest go. */
  readonly keptRecordsMax: number
  /** Milliseconds from one comparison of a record with the server's to the next; 0 for none. */
  readonly checkMs: number
}

export interface ClientSessionParts {
  readonly url: string
  readonly replicas: Replicas
  readonly storage: OutboxStorage
  readonly ports: ClientPorts
  readonly limits: ClientLimits
  readonly token: AskToken | undefined
  readonly user: () => string | undefined
  /** The server has told the versions of its models. */
  readonly onModels: (models: Welcome['models']) => void
  /** Something changed what the user sees. */
  readonly dispatch: (action: FoldbackAction) => void
  /** A record was another than the server's. */
  readonly onDiverged: (divergence: Divergence) => void
  /** Status, pending or rejected actions, or what is loaded may have changed. */
  readonly onChange: () => void
}

/** What is wrong when a connection is closed for good, by its close code. */
const hopeless: { readonly [closeCode: number]: ErrorCode } = {
  [closeCodes.protocolError]: 'protocol-version',
  [closeCodes.unauthenticated]: 'unauthenticated',
  [closeCodes.forbidden]: 'forbidden',
}

/**
 * The conversation with the server, across reconnects: opens it, hands what is pending to the `Sender` and what comes
 * to the `Intake`, and knows how things stand.
 */
export class ClientSession {
  readonly #parts: ClientSessionParts
  readonly #link: Link
  readonly #outbox: Outbox
  readonly #login: Login
  readonly #queue: SendQueue
  readonly #sender: Sender
  readonly #interests: Interests
  readonly #intake: Intake
  readonly #cache: RecordCache
  readonly #rejections: Rejections
  readonly #local: LocalActions
  readonly #device: Device
  readonly #watch: DivergenceWatch
  readonly #versions: ServerVersions
  readonly #accepted: AcceptedActions
  readonly #entries = new WeakMap<StampedAction, Entry>()
  /** Records that are kept loaded as long as actions on them are pending. */
  readonly #holds = new Map<Entry, readonly (() => void)[]>()
  #status: SyncStatus = statusAtStart
  /** `connect` was called last, not `disconnect`. */
  #isWanted = false
  #isOpen = false
  /** This connection has said who this page is, and with that its lanes. */
  #hasGreeted = false
  /** `close` was called. */
  #isEnded = false
  /** Frames that have come while the user signs in. */
  #held: string[] | undefined
  /** How often the user, or the lane, is being changed right now: nothing is sent before that is done. */
  #changes = 0
  /** Adopted lanes that this connection speaks for, and whether there are others. */
  #claimed: readonly Lane[] = []
  #hasUnclaimed = false
  /** Counts connections and their ends: what is answered to an earlier one is nobody's business. */
  #attempts = 0
  /** What is wrong with the outbox, for as long as it is: no connection mends it. */
  #outboxError: SyncStatus['error']
  /** How far the server's clock is ahead of this one, in milliseconds. */
  #clockAheadMs = 0

  constructor(parts: ClientSessionParts) {
    this.#parts = parts
    const { ports, limits, replicas } = parts
    this.#link = new Link(ports, parts.url, limits, {
      connecting: () => {
        this.#attempts++
        this.#login.stop()
        this.#set({ phase: 'connecting', retryAt: undefined })
      },
      opened: () => this.#opened(),
      received: (text) => this.#receive(text),
      waiting: (retryAt) => this.#waiting(retryAt),
      ended: (code) => this.#ended(code),
    })
    this.#login = new Login({
      ...parts,
      renew: (token) => this.#say({ type: 'token', ...(token !== undefined && { token }) }),
    })
    this.#outbox = new Outbox(parts.storage, ports.random)
    this.#queue = new SendQueue({
      outbox: this.#outbox,
      clock: ports.clock,
      soon: ports.soon,
      onWritten: (cancelled) => this.#written(cancelled),
      onFailed: (cause) => this.#queueFailed(cause),
      onRecovered: () => {
        this.#outboxError = undefined
        this.#set({ error: undefined })
      },
      onLaneLost: () => this.#laneLost(),
    })
    this.#sender = new Sender(ports, limits, this.#link, this.#queue)
    this.#interests = new Interests({
      clock: ports.clock,
      keepMs: limits.keepMs,
      send: (message) => this.#say(message),
      onBegin: (model, id) => this.#begun(model, id),
      onEnd: (model, id) => this.#intake.interestEnded(model, id),
      positionOf: (ref) => replicas.positionOf(ref),
    })
    this.#rejections = new Rejections({
      outbox: this.#outbox,
      models: replicas.models,
      max: limits.rejectedMax,
      write: (key, row) => this.#queue.writeRejection(key, row),
    })
    this.#cache = new RecordCache({
      outbox: this.#outbox,
      clock: ports.clock,
      cacheMs: limits.cacheMs,
      max: limits.keptRecordsMax,
      listings: () => this.#interests.listings,
      versionOf: (model) => this.#versions.versionOf(model),
      warn: ports.warn,
    })
    replicas.onConfirmed = (ref, confirmed) => this.#cache.keep(ref, confirmed)
    this.#intake = new Intake({
      replicas,
      interests: this.#interests,
      queue: this.#queue,
      entryOf: (action) => this.#entries.get(action),
      onSettled: (entry) => this.#settled(entry),
      onRefused: ({ action }, reason) => this.#rejections.add({ ...reason, action, at: this.now() }),
      onDropped: (ref) => this.#cache.drop(ref),
      onListed: (model, ids) => this.#cache.retain(model, ids),
      dispatch: parts.dispatch,
    })
    this.#versions = new ServerVersions(replicas, this.#interests, this.#cache)
    this.#accepted = new AcceptedActions(limits.settledKept)
    this.#local = new LocalActions(replicas, limits.localMax)
    this.#device = new Device({
      outbox: this.#outbox,
      queue: this.#queue,
      replicas,
      interests: this.#interests,
      intake: this.#intake,
      cache: this.#cache,
      rejections: this.#rejections,
      local: this.#local,
      clock: ports.clock,
      limits,
      user: parts.user,
      onAdopted: (entry) => this.#adopted(entry),
      onLetGo: (entry) => this.#letGo(entry),
      onLanes: () => this.#hasGreeted && this.#reopen(),
      onFailed: (code, cause) => this.#outboxFailed(code, cause),
      onChange: () => this.#set({}),
    })
    this.#watch = new DivergenceWatch({
      ...ports,
      checkMs: limits.checkMs,
      replicas,
      send: (check) => this.#say(check),
      onDiverged: parts.onDiverged,
    })
    // There is one stream of these for this client, and its state is in the Redux store from the start.
    for (const model of replicas.models.values()) {
      if (model.kind !== 'entity') this.#interests.holdRecord({ model, id: '' })
    }
  }

  get status(): SyncStatus {
    return this.#status
  }

  /** Actions that are not settled, oldest first. */
  get entries(): readonly Entry[] {
    return this.#queue.entries
  }

  get interests(): Interests {
    return this.#interests
  }

  get actor(): string {
    return this.#outbox.actor ?? this.#parts.user() ?? ''
  }

  /** Actions that were refused and not dealt with. */
  get rejected(): readonly Rejection[] {
    return this.#rejections.list
  }

  entryOf(action: StampedAction): Entry | undefined {
    return this.#entries.get(action) ?? this.#device.entrySetAside(action.meta.foldback.id)
  }

  /** True when it is known whether the record exists. */
  isLoaded(ref: LocalRef): boolean {
    return this.#intake.isLoaded(ref)
  }

  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  now(): number {
    return Math.floor(this.#parts.ports.clock.now() + this.#clockAheadMs)
  }

  connect(): void {
    if (this.#isEnded) return
    this.#isWanted = true
    if (this.#status.storage !== 'opening') return this.#come()
    this.#set({ phase: 'connecting', error: undefined })
    void this.#device.open().then(() => this.#come())
  }

  #come(): void {
    if (!this.#isWanted) return
    this.#device.hurry()
    const user = this.#parts.user()
    if (user === undefined || user === this.#outbox.actor) return this.#linkUp()
    void this.#changeActor(user)
  }

  #linkUp(): void {
    if (!this.#isWanted || this.#changes > 0) return
    this.#link.open()
    this.#device.watch()
  }

  disconnect(): void {
    this.#isWanted = false
    this.#link.close()
    this.#closed()
    this.#interests.pause()
    this.#device.unwatch()
    this.#cache.flush()
    this.#set({ phase: 'disconnected', retryAt: undefined })
  }

  /** Disconnects, and shows nothing more of the user. What is pending is kept until they sign in again. */
  signOut(): Promise<void> {
    this.disconnect()
    const leave = (): Promise<void> => this.#change(() => this.#device.signOut())
    return this.#status.storage === 'opening' ? this.#device.open().then(leave) : leave()
  }

  /** Disconnects for good. Resolves when everything is written on the device, and lets go of that. */
  close(): Promise<void> {
    this.#isEnded = true
    this.disconnect()
    return this.#device.close()
  }

  // Actions

  /** Makes a folded action pending, in the place of an open one where it was folded without that. */
  add(action: StampedAction, draft: Draft, merged?: Entry): Entry {
    const entry = new Entry(action, draft.streams)
    this.#parts.replicas.add(action, draft)
    if (merged !== undefined) for (const ref of draft.streams) this.#parts.replicas.supersede(ref, merged.id)
    this.#parts.replicas.commit()
    this.#entries.set(action, entry)
    this.#hold(entry)
    if (this.#isMergeable(entry)) entry.waitsUntil = merged?.waitsUntil ?? this.#mergesUntil()
    this.#queue.add(entry)
    void this.#device.open()
    if (merged === undefined) this.#set({})
    return entry
  }

  /** The store has taken in an action that takes the place of another. */
  merged(entry: Entry, into: Entry): void {
    this.#queue.replace(entry, into)
    this.#letGo(entry)
    entry.mergeInto(into)
    this.#set({})
  }

  /** Makes a folded action part of what is shown, on this device only. Returns what takes it back. */
  addLocal(action: StampedAction, draft: Draft): () => void {
    const { replicas } = this.#parts
    const undo = this.#local.add(action, draft)
    replicas.commit()
    return () => {
      undo()
      replicas.commit()
    }
  }

  #mergesUntil(): number {
    return this.#parts.ports.clock.now() + this.#parts.limits.coalesceMs
  }

  #isMergeable({ action, streams }: Entry): boolean {
    return streams.length > 0 && streams.every(({ model }) => mergeKeyOf(model, action) !== undefined)
  }

  /** The open action whose place an action may take: of the same type and key, on the same records, with none between. */
  mergesWith(action: StampedAction, streams: readonly LocalRef[]): Entry | undefined {
    const keys = streams.map(({ model }) => mergeKeyOf(model, action))
    if (keys.length === 0 || keys.includes(undefined)) return undefined
    const { entries } = this.#queue
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index]!
      if (!entry.streams.some((ref) => streams.some((other) => isSameRef(ref, other)))) continue
      // Those with other keys write other fields, so their order does not matter.
      if (entry.n !== undefined || !this.#isMergeable(entry)) return undefined
      if (entry.action.type !== action.type || entry.streams.length !== streams.length) continue
      const isSame = streams.every(
        (ref, at) => isSameRef(ref, entry.streams[at]!) && mergeKeyOf(ref.model, entry.action) === keys[at],
      )
      if (isSame) return entry
    }
    return undefined
  }

  /** Takes back an action that was added just now, in the place of `merged`. */
  undo(entry: Entry, merged: Entry | undefined): void {
    const { replicas } = this.#parts
    this.#queue.withdraw(entry)
    this.#letGo(entry)
    if (merged !== undefined) for (const ref of merged.streams) replicas.insert(ref, [merged.action], false)
    this.#intake.withdraw(entry)
    replicas.commit()
    this.#set({})
  }

  /**
   * Gives an action up that is not settled, for another where one takes its place. One that may have been sent is
   * pending until the server has answered.
   */
  discard(entry: Entry, heir?: Entry): void {
    if (entry.isOver) throw new FoldbackError('too-late')
    if (entry.n !== undefined) this.#queue.cancel(entry)
    else {
      this.#queue.giveUp(entry, heir)
      this.#letGo(entry)
      this.#intake.withdraw(entry)
      this.#intake.end()
    }
    this.#set({})
  }

  /** A refusal has been dealt with. True when it was there. */
  dismiss(rejection: Rejection): boolean {
    const isDismissed = this.#rejections.remove(rejection)
    if (isDismissed) this.#set({})
    return isDismissed
  }

  /** A refusal has not been dealt with after all. */
  reject(rejection: Rejection): void {
    this.#rejections.add(rejection)
    this.#set({})
  }

  #adopted(entry: Entry): void {
    this.#entries.set(entry.action, entry)
    this.#hold(entry)
  }

  #hold(entry: Entry): void {
    this.#holds.set(
      entry,
      entry.streams.map((ref) => this.#interests.holdRecord(ref)),
    )
  }

  #settled(entry: Entry): void {
    this.#accepted.add(entry)
    this.#queue.settle(entry)
    this.#letGo(entry)
  }

  #letGo(entry: Entry): void {
    for (const release of this.#holds.get(entry) ?? []) release()
    this.#holds.delete(entry)
  }

  // What the device keeps

  #begun(model: AnyModel, id: string | undefined): void {
    if (this.#isOpen || this.#status.storage === 'opening') return
    this.#device.restore(model, id)
    // Whoever asks looks at the store only after.
    this.#parts.ports.soon(() => {
      this.#intake.end()
      this.#set({})
    })
  }

  #written(cancelled: readonly Entry[]): void {
    this.#device.askToPersist()
    for (const entry of cancelled) this.#sender.sendCancelled(entry)
    this.#sender.sendSealed()
    this.#set({})
  }

  #laneLost(): void {
    void this.#change(() => this.#device.laneLost())
  }

  /** Changes who this page is, with the connection down. */
  async #change(run: () => Promise<void>): Promise<void> {
    this.#link.close()
    this.#closed()
    this.#changes++
    this.#set(this.#isWanted ? { phase: 'connecting', retryAt: undefined } : {})
    this.#device.unwatch()
    await run().catch((cause: unknown) => this.#outboxFailed('outbox-failed', cause))
    this.#changes--
    this.#set({})
    this.#linkUp()
  }

  #queueFailed(cause: unknown): void {
    // Pending actions need the room more than records, which the server has.
    if ((cause as Partial<Error> | undefined)?.name === 'QuotaExceededError') this.#cache.giveUp()
    this.#outboxFailed('outbox-failed', cause, true)
  }

  #outboxFailed(failure: ErrorCode, cause: unknown, isLasting = failure === 'outbox-unavailable'): void {
    // A storage that knows what is wrong says so itself.
    const { code, message } = cause instanceof FoldbackError ? cause : new FoldbackError(failure)
    this.#parts.ports.warn(`Foldback: ${message}`, cause)
    const error = { code, message }
    if (isLasting) this.#outboxError = error
    this.#set({ error })
  }

  // The connection

  #opened(): void {
    // A page whose outbox is its own has nothing to look after first.
    if (this.#status.storage === 'page') return this.#greet()
    const attempt = this.#attempts
    this.#device.prepare().then(
      () => attempt === this.#attempts && this.#greet(),
      (cause: unknown) => {
        if (cause instanceof LaneLost) return this.#laneLost()
        this.#outboxFailed('outbox-failed', cause)
        if (attempt === this.#attempts) this.#link.fail()
      },
    )
  }

  #greet(): void {
    this.#login.begin(
      (token) => this.#hello(token),
      () => this.#link.fail(),
    )
  }

  #hello(token: string | undefined): void {
    const { replicas } = this.#parts
    const models = Object.fromEntries(
      [...replicas.models.values()].map(({ name, version }) => [name, version]),
    )
    // Its own is last. What does not fit goes with a later connection, when these are settled.
    const adopted = this.#queue.lanes.slice(0, -1)
    this.#claimed = adopted.slice(0, lanesMax - 1)
    this.#hasUnclaimed = adopted.length > this.#claimed.length
    const lanes = [...this.#claimed, this.#queue.own].map((lane) => ({
      lane: lane.name,
      settled: lane.forgottenUpTo,
    }))
    const hello: Hello = {
      type: 'hello',
      protocol: protocolVersion,
      models,
      lanes,
      ...(token !== undefined && { token }),
    }
    this.#hasGreeted = true
    this.#say(hello)
  }

  #say(message: UpMessage): void {
    this.#sender.say(JSON.stringify(message))
  }

  #waiting(retryAt: number | undefined): void {
    this.#closed()
    this.#set({ phase: 'waiting', retryAt })
  }

  #ended(closeCode: number): void {
    this.#closed()
    // The server says why before it closes; a proxy in its place may only close.
    const code = hopeless[closeCode] ?? 'misconfigured'
    const said = this.#status.error === this.#outboxError ? undefined : this.#status.error
    const error = said ?? { code, message: new FoldbackError(code).message }
    if (closeCode !== closeCodes.unauthenticated)
      return this.#set({ phase: 'failed', retryAt: undefined, error })
    this.#set({ phase: 'connecting', retryAt: undefined, error })
    // Another user has signed in: the next connection is theirs from the start.
    if (error.code === 'other-user') return this.#link.openLater()
    this.#login.refused(
      error.code,
      () => this.#link.openLater(),
      () => this.#set({ phase: 'signed-out' }),
    )
  }

  #closed(): void {
    this.#attempts++
    this.#isOpen = false
    this.#hasGreeted = false
    this.#login.stop()
    this.#held = undefined
    this.#sender.close()
    this.#queue.setSealing(false)
    this.#interests.disconnected()
    this.#watch.disconnected()
  }

  #welcome(welcome: Welcome): void {
    const { actor, time, models, lanes, frameBytesMax, silentMsMax, expiresAt } = welcome
    const before = this.#outbox.actor
    if (before !== actor) {
      if (before !== undefined && before === this.#parts.user()) this.#warnOfName(before, actor)
      return void this.#changeActor(actor)
    }
    // The server was restored from a backup: in the old lanes it would take new actions for others.
    const lost = lanes.flatMap(({ lane: name, mark }) => {
      const lane = this.#queue.lane(name)
      return lane !== undefined && mark < lane.lastSettled ? [lane] : []
    })
    if (lost.length > 0) return this.#historyLost(lost, lanes)
    this.#link.welcomed(silentMsMax)
    this.#clockAheadMs = time - this.#parts.ports.clock.now()
    this.#loginTaken(expiresAt)
    const isOutdated = this.#versions.welcomed(welcome)
    this.#parts.onModels(models)
    this.#set({ phase: 'connected', isOutdated, error: this.#accepted.takeError(), retryAt: undefined })
    // In mid-connection it comes after messages were left out, and the subscriptions follow afresh by themselves.
    if (this.#isOpen) this.#interests.listedAfresh()
    for (const lane of lanes) this.#intake.lane(lane)
    if (!this.#isOpen) {
      this.#interests.connected()
      this.#intake.connected()
    }
    this.#isOpen = true
    this.#sender.open(lanes, frameBytesMax)
    this.#queue.setSealing(true)
    this.#watch.connected(models)
  }

  #warnOfName(said: string, actor: string): void {
    this.#parts.ports.warn(
      `Foldback: the option user says "${said}", but the server calls them "${actor}". What is written offline waits under the wrong name.`,
    )
  }

  /** A page that did not know its user knows now. What is kept of them comes before what the server says. */
  async #signIn(actor: string, welcome: string): Promise<void> {
    const held = (this.#held = [welcome])
    await this.#device.signedIn(actor).catch((cause: unknown) => this.#outboxFailed('outbox-failed', cause))
    if (this.#held !== held) return
    this.#held = undefined
    for (const text of held) this.#receive(text)
  }

  #loginTaken(expiresAt: number | undefined): void {
    this.#login.taken(expiresAt === undefined ? undefined : expiresAt - this.now())
  }

  /** Another user than before: nothing of the first one's may be shown or sent. */
  #changeActor(actor: string | undefined): Promise<void> {
    return this.#change(() => this.#device.change(actor))
  }

  #historyLost(lanes: readonly Lane[], marks: readonly LaneMark[]): void {
    const actions = this.#accepted.lostAbove(marks)
    this.#startOver(lanes)
    if (actions.length > 0) this.#parts.dispatch({ type: 'foldback/lost', payload: { actions } })
  }

  #startOver(lanes: readonly Lane[]): void {
    this.#closed()
    this.#intake.dropAccepted()
    // What another page has taken over is its to send again: both would do it in lanes of their own.
    const taken = lanes.filter(({ isLost }) => isLost)
    for (const entry of taken.flatMap((lane) => this.#queue.leaveLane(lane))) {
      this.#letGo(entry)
      this.#intake.withdraw(entry)
      entry.abandon('taken-over')
    }
    this.#queue.restart(lanes.filter(({ isLost }) => !isLost))
    this.#intake.end()
    this.#link.reopen()
  }

  #reopen(): void {
    this.#closed()
    this.#link.reopen()
  }

  // What comes in

  #receive(text: string): void {
    if (this.#held !== undefined) return void this.#held.push(text)
    const { warn } = this.#parts.ports
    this.#watch.heard()
    const messages = decodeFrame(text)
    if (messages === undefined) return warn('Foldback: the server sent a frame that is no JSON list.')
    for (const value of messages) {
      const message = readDownMessage(value)
      const isNew = message?.type === 'welcome' && this.#outbox.actor === undefined
      if (isNew) return void this.#signIn(message.actor, text)
      if (message !== undefined) this.#handle(message)
      else warn('Foldback: the server sent a message that this client does not know.', value)
    }
    this.#intake.end()
    this.#set({})
    const isThrough = this.#claimed.every(({ byN }) => byN.size === 0)
    if (this.#isOpen && this.#hasUnclaimed && isThrough) this.#reopen()
  }

  #handle(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message)
      case 'settled':
        this.#goesOn()
        this.#intake.settled(message)
        return this.#sender.sendHeldBack()
      case 'rejected':
        return this.#rejected(message)
      case 'events':
        return this.#intake.events(message)
      case 'snapshot':
        return this.#intake.snapshot(message)
      case 'gone':
        return this.#intake.gone(message)
      case 'synced':
        this.#intake.synced(message)
        return this.#cache.touch()
      case 'problem':
        return this.#problem(message)
      case 'renewed':
        return this.#loginTaken(message.expiresAt)
      case 'diverged':
        return this.#watch.diverged(message)
      case 'pong':
      // That it was heard is all.
    }
  }

  #problem(problem: Problem): void {
    const { code, message } = problem
    // A lane that was this client's is another's: somebody else has signed in, and the server will not say who.
    if (code === 'lane-taken' && this.#outbox.actor !== undefined) return void this.#changeActor(undefined)
    this.#parts.ports.warn(`Foldback: ${code}: ${message}`, problem)
    this.#set({ error: { code, message } })
    // The server could not open the subscription, and has dropped it.
    if (code === 'internal' && problem.model !== undefined) this.#askAgain(problem.model, problem.id)
  }

  #askAgain(model: string, id: string | undefined): void {
    const { ports, limits } = this.#parts
    ports.clock.after(limits.retryMsMin, () => this.#interests.askAgain(model, id))
  }

  #rejected({ lane: name, n, final, code, message, retryAfterMs }: Rejected): void {
    const lane = this.#queue.lane(name)
    if (lane === undefined) return
    if (final) return this.#refused(lane, n, { code, message })
    // What was sent twice may be settled by now: then it is about those behind it.
    if (lane.byN.size === 0) return
    // A server that closes says goodbye next, and all goes on with its successor.
    // What stands behind one that was put off says no more than that.
    const isNews = code !== 'closing' && (code !== 'lane-gap' || this.#status.error === undefined)
    if (isNews) this.#set({ error: { code, message } })
    this.#sender.putOff(lane, n, retryAfterMs)
  }

  #refused(lane: Lane, n: number, reason: Pick<Rejected, 'code' | 'message'>): void {
    const entry = lane.byN.get(n)
    if (entry === undefined) return
    this.#goesOn()
    const isTooLarge = this.#sender.isTooLarge(entry)
    this.#intake.refuse(lane.name, n, isTooLarge ? refusal('frame-too-large') : reason)
    this.#sender.sendHeldBack()
  }

  /** The server settles something; what it had put off before is no error any more. */
  #goesOn(): void {
    if (this.#sender.goesOn()) this.#set({ error: undefined })
  }

  #set(change: Partial<SyncStatus>): void {
    const next = {
      ...this.#status,
      ...change,
      pending: this.#queue.size,
      queued: this.#queue.writtenCount,
      storage: this.#device.persistence,
      actor: this.#outbox.actor,
    }
    next.error ??= this.#outboxError
    const names = Object.keys(next) as (keyof SyncStatus)[]
    if (names.some((name) => next[name] !== this.#status[name])) this.#status = next
    this.#parts.onChange()
  }
}

/** How many lanes a server takes of one session. */
const lanesMax = 100

function isSameRef(a: LocalRef, b: LocalRef): boolean {
  return a.model === b.model && a.id === b.id
}
