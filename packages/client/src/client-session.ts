import {
  closeCodes,
  decodeFrame,
  type DownMessage,
  type ErrorCode,
  FoldbackError,
  type Hello,
  type Outbox,
  type Problem,
  protocolVersion,
  readDownMessage,
  type Rejected,
  refusal,
  type StampedAction,
  type Welcome,
} from '@foldback/core'
import { AcceptedActions } from './accepted-actions.ts'
import { Entry, type LocalRef } from './entry.ts'
import type { FoldbackAction } from './foldback-actions.ts'
import { Intake } from './intake.ts'
import { Interests } from './interests.ts'
import { Link, type RetryLimits } from './link.ts'
import type { ClientPorts } from './ports.ts'
import type { Draft, Replicas } from './replicas.ts'
import { SendQueue } from './send-queue.ts'
import { Sender } from './sender.ts'
import { ServerVersions } from './server-versions.ts'
import { statusAtStart, type SyncStatus } from './status.ts'

/** Bounds of a client. Each has a default, and an option of the same name. */
export interface ClientLimits extends RetryLimits {
  /** Milliseconds for which a record stays live after the last component has let it go. */
  readonly keepMs: number
  /** Accepted actions of this page that are remembered, to be named if the server loses them. */
  readonly settledKept: number
}

export interface ClientSessionParts {
  readonly url: string
  readonly replicas: Replicas
  readonly outbox: Outbox
  readonly ports: ClientPorts
  readonly limits: ClientLimits
  readonly token: (() => string | undefined | Promise<string | undefined>) | undefined
  /** Something changed what the user sees. */
  readonly dispatch: (action: FoldbackAction) => void
  /** Status, pending actions or what is loaded may have changed. */
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
  readonly #queue: SendQueue
  readonly #sender: Sender
  readonly #interests: Interests
  readonly #intake: Intake
  readonly #versions: ServerVersions
  readonly #accepted: AcceptedActions
  readonly #entries = new WeakMap<StampedAction, Entry>()
  /** Records that are kept loaded as long as actions on them are pending. */
  readonly #holds = new Map<Entry, readonly (() => void)[]>()
  #status: SyncStatus = statusAtStart
  #isOpen = false
  /** How far the server's clock is ahead of this one, in milliseconds. */
  #clockAheadMs = 0

  constructor(parts: ClientSessionParts) {
    this.#parts = parts
    const { ports, limits, outbox, replicas } = parts
    this.#link = new Link(ports, parts.url, limits, {
      connecting: () => this.#set({ phase: 'connecting', retryAt: undefined }),
      opened: () => this.#opened(),
      received: (text) => this.#receive(text),
      lost: (retryAt, code) => this.#lost(retryAt, code),
    })
    this.#queue = new SendQueue(
      {
        outbox,
        clock: ports.clock,
        soon: ports.soon,
        onSealed: () => this.#sender.sendSealed(),
        onFailed: (cause) => this.#outboxFailed(cause),
        onRecovered: () => this.#set({ error: undefined }),
      },
      ports.random.id(),
    )
    this.#sender = new Sender(ports, limits, this.#link, this.#queue)
    this.#interests = new Interests({
      clock: ports.clock,
      keepMs: limits.keepMs,
      send: (message) => this.#sender.say(JSON.stringify(message)),
      onEnd: (model, id) => this.#intake.interestEnded(model, id),
      positionOf: (ref) => replicas.positionOf(ref),
    })
    this.#intake = new Intake({
      replicas,
      interests: this.#interests,
      queue: this.#queue,
      entryOf: (action) => this.#entries.get(action),
      onSettled: (entry) => this.#settled(entry),
      dispatch: parts.dispatch,
    })
    this.#versions = new ServerVersions(replicas, this.#interests)
    this.#accepted = new AcceptedActions(limits.settledKept)
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
    return this.#status.actor ?? ''
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
    this.#link.open()
  }

  disconnect(): void {
    this.#link.close()
    this.#closed()
    this.#interests.pause()
    this.#set({ phase: 'disconnected', retryAt: undefined })
  }

  // Actions

  /** Makes a folded action pending. */
  add(action: StampedAction, draft: Draft): Entry {
    const entry = new Entry(action, draft.streams)
    this.#parts.replicas.add(action, draft)
    this.#parts.replicas.commit()
    this.#entries.set(action, entry)
    this.#holds.set(
      entry,
      draft.streams.map((ref) => this.#interests.holdRecord(ref)),
    )
    this.#queue.add(entry)
    this.#set({})
    return entry
  }

  /** Takes back an action that was added just now. */
  undo(entry: Entry): void {
    this.#queue.undo(entry)
    this.#letGo(entry)
    for (const ref of entry.streams) this.#parts.replicas.withdraw(ref, entry.id)
    this.#parts.replicas.commit()
    this.#set({})
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

  #outboxFailed(cause: unknown): void {
    const { code, message } = new FoldbackError('outbox-failed')
    this.#parts.ports.warn(`Foldback: ${message}`, cause)
    this.#set({ error: { code, message } })
  }

  // The connection

  #opened(): void {
    const { token, ports } = this.#parts
    if (token === undefined) return this.#hello(undefined)
    const { connection } = this.#link
    const ifCurrent = (then: () => void) => (): void => {
      if (this.#link.connection === connection) then()
    }
    new Promise<string | undefined>((resolve) => resolve(token())).then(
      (value) => ifCurrent(() => this.#hello(value))(),
      (cause: unknown) => {
        ports.warn('Foldback: the token could not be had; connecting again later.', cause)
        ifCurrent(() => this.#link.fail())()
      },
    )
  }

  #hello(token: string | undefined): void {
    const { replicas } = this.#parts
    const models = Object.fromEntries(
      [...replicas.models.values()].map(({ name, version }) => [name, version]),
    )
    const lanes = [{ lane: this.#queue.lane, settled: this.#queue.settledUpTo }]
    const hello: Hello = {
      type: 'hello',
      protocol: protocolVersion,
      models,
      lanes,
      ...(token !== undefined && { token }),
    }
    this.#sender.say(JSON.stringify(hello))
  }

  #lost(retryAt: number | undefined, closeCode: number): void {
    this.#closed()
    if (retryAt !== undefined) return this.#set({ phase: 'waiting', retryAt })
    // The server says why before it closes; a proxy in its place may only close.
    const code = hopeless[closeCode] ?? 'misconfigured'
    const error = this.#status.error ?? { code, message: new FoldbackError(code).message }
    this.#set({ phase: 'failed', retryAt, error })
  }

  #closed(): void {
    this.#isOpen = false
    this.#sender.close()
    this.#queue.setSealing(false)
    this.#interests.disconnected()
  }

  #welcome({ actor, time, models, lanes, frameBytesMax }: Welcome): void {
    if (this.#isOtherActor(actor)) return this.#changeActor(actor)
    const lane = lanes.find((candidate) => candidate.lane === this.#queue.lane)
    // The server was restored from a backup: in the old lane it would take new actions for others.
    if (lane === undefined || lane.mark < this.#queue.settledUpTo) return this.#historyLost(lane?.mark ?? 0)
    this.#link.welcomed()
    this.#clockAheadMs = time - this.#parts.ports.clock.now()
    const isOutdated = this.#versions.welcomed(models)
    this.#set({
      phase: 'connected',
      actor,
      isOutdated,
      error: this.#accepted.takeError(),
      retryAt: undefined,
    })
    // In mid-connection it comes after messages were left out, and the subscriptions follow afresh by themselves.
    if (this.#isOpen) this.#interests.listedAfresh()
    this.#intake.lane(lane)
    if (!this.#isOpen) {
      this.#interests.connected()
      this.#intake.connected()
    }
    this.#isOpen = true
    this.#sender.open(lane.mark, frameBytesMax)
    this.#queue.setSealing(true)
  }

  /** Another user than before: nothing of the first one's may be shown or sent. */
  #isOtherActor(actor: string): boolean {
    const before = this.#status.actor
    return before !== undefined && before !== actor
  }

  #changeActor(actor: string | undefined): void {
    if (this.#queue.size > 0) return this.#fail('actor-changed')
    this.#intake.forgetAll()
    this.#set({ actor })
    this.#startOver()
  }

  #historyLost(mark: number): void {
    const lost = this.#accepted.lostAbove(mark)
    this.#startOver()
    if (lost.length > 0) this.#parts.dispatch({ type: 'foldback/lost', payload: { actions: lost } })
  }

  #startOver(): void {
    this.#closed()
    this.#accepted.clear()
    this.#intake.dropAccepted()
    this.#queue.moveTo(this.#parts.ports.random.id())
    this.#link.reopen()
  }

  #fail(code: ErrorCode): void {
    this.#link.close()
    this.#closed()
    this.#set({ phase: 'failed', error: { code, message: new FoldbackError(code).message } })
  }

  // What comes in

  #receive(text: string): void {
    const { warn } = this.#parts.ports
    const messages = decodeFrame(text)
    if (messages === undefined) return warn('Foldback: the server sent a frame that is no JSON list.')
    for (const value of messages) {
      const message = readDownMessage(value)
      if (message !== undefined) this.#handle(message)
      else warn('Foldback: the server sent a message that this client does not know.', value)
    }
    this.#intake.end()
    this.#set({})
  }

  #handle(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message)
      case 'settled':
        if (message.lane !== this.#queue.lane) return
        this.#goesOn()
        return this.#intake.settled(message)
      case 'rejected':
        return this.#rejected(message)
      case 'events':
        return this.#intake.events(message)
      case 'snapshot':
        return this.#intake.snapshot(message)
      case 'gone':
        return this.#intake.gone(message)
      case 'synced':
        return this.#intake.synced(message)
      case 'problem':
        return this.#problem(message)
    }
  }

  #problem(problem: Problem): void {
    const { code, message } = problem
    // A lane that was this client's is another's: somebody else has signed in, and the server will not say who.
    if (code === 'lane-taken' && this.#queue.hasBegun) return this.#changeActor(undefined)
    this.#parts.ports.warn(`Foldback: ${code}: ${message}`, problem)
    this.#set({ error: { code, message } })
    // The server could not open the subscription, and has dropped it.
    if (code === 'internal' && problem.model !== undefined) this.#askAgain(problem.model, problem.id)
  }

  #askAgain(model: string, id: string | undefined): void {
    const { ports, limits } = this.#parts
    ports.clock.after(limits.retryMsMin, () => this.#interests.askAgain(model, id))
  }

  #rejected({ lane, n, final, code, message }: Rejected): void {
    const entry = lane === this.#queue.lane ? this.#queue.byN(n) : undefined
    if (entry === undefined) return
    if (final) {
      this.#goesOn()
      const isTooLarge = this.#sender.isTooLarge(entry)
      return this.#intake.refuse(n, isTooLarge ? refusal('frame-too-large') : { code, message })
    }
    this.#set({ error: { code, message } })
    this.#sender.putOff(n)
  }

  /** The server settles something; what it had put off before is no error any more. */
  #goesOn(): void {
    if (this.#sender.goesOn()) this.#set({ error: undefined })
  }

  #set(change: Partial<SyncStatus>): void {
    const next = { ...this.#status, ...change, pending: this.#queue.size }
    const names = Object.keys(next) as (keyof SyncStatus)[]
    if (names.some((name) => next[name] !== this.#status[name])) this.#status = next
    this.#parts.onChange()
  }
}
