import {
  type AnyModel,
  decodeFrame,
  type DownMessage,
  encodeFrame,
  type ErrorCode,
  type Events,
  FoldbackError,
  type Hello,
  type Outbox,
  protocolVersion,
  readDownMessage,
  type Rejected,
  refusal,
  type Settled,
  type Snapshot,
  type StampedAction,
  type Synced,
  type Welcome,
} from '@foldback/core'
import { Entry, type LocalRef } from './entry.ts'
import type { ReceivedAction, ReceivedEvent, RejectedAction } from './foldback-actions.ts'
import { Interests } from './interests.ts'
import { Link, type RetryLimits } from './link.ts'
import type { ClientPorts } from './ports.ts'
import type { Draft, Replicas } from './replicas.ts'
import { SendQueue } from './send-queue.ts'
import { statusAtStart, type SyncStatus } from './status.ts'

/** Bounds of a client. Each has a default, and an option of the same name. */
export interface ClientLimits extends RetryLimits {
  /** Milliseconds for which a record stays live after the last component has let it go. */
  readonly keepMs: number
}

export interface ClientSessionParts {
  readonly url: string
  readonly replicas: Replicas
  readonly outbox: Outbox
  readonly ports: ClientPorts
  readonly limits: ClientLimits
  readonly token: (() => string | undefined | Promise<string | undefined>) | undefined
  /** Something changed what the user sees. */
  readonly dispatch: (action: ReceivedAction | RejectedAction) => void
  /** Status, pending actions or what is loaded may have changed. */
  readonly onChange: () => void
}

/**
 * The conversation with the server, across reconnects: sends what is pending, takes in what comes, and turns each
 * frame into at most one `foldback/received` and one `foldback/rejected` for each refusal.
 */
export class ClientSession {
  readonly #parts: ClientSessionParts
  readonly #link: Link
  readonly #queue: SendQueue
  readonly #interests: Interests
  readonly #entries = new WeakMap<StampedAction, Entry>()
  /** Interests that last as long as actions are pending. */
  readonly #letGo = new Map<Entry, () => void>()
  readonly #gone = new Set<string>()
  readonly #asked = new Set<string>()
  #status: SyncStatus = statusAtStart
  #isOpen = false
  /** How far the server's clock is ahead of this one, in milliseconds. */
  #clockAheadMs = 0
  #frameBytesMax = Infinity
  /** Every sealed action up to this n has been sent on this connection. */
  #sentUpTo = 0
  #outgoing: string[] = []
  #outgoingBytes = 0
  #cancelResend: (() => void) | undefined
  #putOffs = 0

  constructor(parts: ClientSessionParts) {
    this.#parts = parts
    const { ports, limits, outbox, replicas } = parts
    this.#link = new Link(ports, parts.url, limits, {
      connecting: () => this.#set({ phase: 'connecting', retryAt: undefined }),
      opened: () => this.#opened(),
      received: (text) => this.#receive(text),
      lost: (retryAt) => this.#lost(retryAt),
    })
    this.#queue = new SendQueue(
      {
        outbox,
        clock: ports.clock,
        soon: ports.soon,
        onSealed: () => this.#sendSealed(),
        onFailed: (cause) => this.#outboxFailed(cause),
      },
      ports.random.id(),
    )
    this.#interests = new Interests({
      clock: ports.clock,
      keepMs: limits.keepMs,
      send: (message) => this.#sendText(JSON.stringify(message)),
      onEnd: (model, id) => this.#interestEnded(model, id),
      positionOf: (ref) => {
        const confirmed = replicas.get(ref)?.confirmed
        return confirmed && confirmed.version > 0
          ? { version: confirmed.version, id: confirmed.eventId }
          : undefined
      },
    })
    // There is one stream of these for this client, and its state is in the Redux store from the start.
    for (const model of replicas.models.values())
      if (model.kind !== 'entity') this.#interests.holdRecord({ model, id: '' })
  }

  get status(): SyncStatus {
    return this.#status
  }

  get entries(): readonly Entry[] {
    return this.#queue.entries
  }

  get interests(): Interests {
    return this.#interests
  }

  get actor(): string {
    return this.#status.actor ?? ''
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
    this.#set({ phase: 'disconnected', retryAt: undefined })
  }

  // Actions going out

  /** Makes a folded action pending. */
  add(action: StampedAction, draft: Draft): Entry {
    const entry = new Entry(action, draft.streams)
    this.#parts.replicas.add(action, draft)
    this.#parts.replicas.commit()
    this.#entries.set(action, entry)
    const releases = draft.streams.map((ref) => this.#interests.holdRecord(ref))
    this.#letGo.set(entry, () => {
      for (const release of releases) release()
    })
    this.#queue.add(entry)
    this.#set({})
    return entry
  }

  /** Takes back an action that was added just now. */
  undo(entry: Entry): void {
    this.#queue.undo(entry)
    this.#release(entry)
    for (const ref of entry.streams) this.#parts.replicas.withdraw(ref, entry.id)
    this.#parts.replicas.commit()
    this.#set({})
  }

  #release(entry: Entry): void {
    this.#letGo.get(entry)?.()
    this.#letGo.delete(entry)
  }

  #sendSealed(): void {
    if (!this.#isOpen || this.#cancelResend !== undefined) return
    let texts: string[] = []
    let bytes = 0
    let first = this.#sentUpTo + 1
    for (const entry of this.#queue.sealedFrom(first)) {
      const text = this.#textOf(entry)
      if (
        texts.length > 0 &&
        (bytes + text.length > this.#frameBytesMax / 8 || entry.n !== first + texts.length)
      ) {
        this.#push(first, texts)
        texts = []
        bytes = 0
      }
      if (texts.length === 0) first = entry.n!
      texts.push(text)
      bytes += text.length
    }
    if (texts.length > 0) this.#push(first, texts)
  }

  /** An action too large for any frame uses up its number all the same: it goes as null, which is refused. */
  #textOf(entry: Entry): string {
    const text = JSON.stringify(entry.action)
    const overhead = 200
    const bytesMax = this.#frameBytesMax - overhead
    const isTooLarge = text.length > bytesMax || (text.length * 3 > bytesMax && utf8Bytes(text) > bytesMax)
    return isTooLarge ? 'null' : text
  }

  #push(n: number, texts: readonly string[]): void {
    this.#sentUpTo = n + texts.length - 1
    const head = JSON.stringify({ type: 'push', lane: this.#queue.lane, n })
    this.#sendText(`${head.slice(0, -1)},"actions":[${texts.join(',')}]}`)
  }

  /** What is said in one go leaves as one frame, but actions in frames of a bounded size. */
  #sendText(message: string): void {
    if (this.#outgoing.length === 0) this.#parts.ports.soon(() => this.#flush())
    this.#outgoing.push(message)
    this.#outgoingBytes += message.length
    if (this.#outgoingBytes > this.#frameBytesMax / 8) this.#flush()
  }

  #flush(): void {
    const messages = this.#outgoing
    if (messages.length === 0) return
    this.#outgoing = []
    this.#outgoingBytes = 0
    this.#link.send(encodeFrame(messages))
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
    Promise.resolve(token()).then(
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
    this.#sendText(JSON.stringify(hello))
  }

  #lost(retryAt: number | undefined): void {
    this.#closed()
    this.#set({ phase: retryAt === undefined ? 'failed' : 'waiting', retryAt })
  }

  #closed(): void {
    this.#isOpen = false
    this.#sentUpTo = 0
    this.#outgoing = []
    this.#outgoingBytes = 0
    this.#cancelResend?.()
    this.#cancelResend = undefined
    this.#asked.clear()
    this.#queue.setSealing(false)
    this.#interests.disconnected()
  }

  /** Another user than before: nothing of the first one's may be shown or sent. */
  #isOtherActor(actor: string): boolean {
    const before = this.#status.actor
    return before !== undefined && before !== actor
  }

  #welcome(welcome: Welcome): void {
    const { actor, time, models, lanes, frameBytesMax } = welcome
    if (this.#isOtherActor(actor)) return this.#changeActor(actor)
    const lane = lanes.find((candidate) => candidate.lane === this.#queue.lane)
    // The server was restored from a backup: in the old lane it would take new actions for others.
    if (lane === undefined || lane.mark < this.#queue.settledUpTo) return this.#startOver()
    this.#link.settled()
    this.#clockAheadMs = time - this.#parts.ports.clock.now()
    this.#frameBytesMax = frameBytesMax
    const own = [...this.#parts.replicas.models.values()]
    const isOutdated = own.some(({ name, version }) => models[name] !== version)
    this.#set({ phase: 'connected', actor, isOutdated, error: undefined, retryAt: undefined })
    for (const { n, code, message } of lane.refusals) this.#refuse(n, { code, message })
    for (let n = this.#queue.settledUpTo + 1; n <= lane.mark; n++) this.#accept(n)
    this.#open(lane.mark)
  }

  #open(mark: number): void {
    const isFirst = !this.#isOpen
    this.#isOpen = true
    this.#sentUpTo = mark
    if (isFirst) this.#interests.connected()
    this.#sendSealed()
    this.#queue.setSealing(true)
  }

  #changeActor(actor: string): void {
    if (this.#queue.size > 0) return this.#fail('actor-changed')
    for (const model of this.#parts.replicas.models.values()) this.#forgetModel(model)
    this.#set({ actor })
    this.#startOver()
  }

  #startOver(): void {
    this.#closed()
    this.#queue.moveTo(this.#parts.ports.random.id())
    this.#link.reopen()
  }

  #forgetModel(model: AnyModel): void {
    const interest = this.#interests.ofModel(model)
    if (interest !== undefined) Object.assign(interest, { isSynced: false, position: undefined })
    for (const [id] of this.#parts.replicas.ofModel(model)) this.#parts.replicas.forget({ model, id })
  }

  #fail(code: ErrorCode): void {
    this.#link.close()
    this.#closed()
    this.#set({ phase: 'failed', error: { code, message: new FoldbackError(code).message } })
  }

  // What comes in

  /** Changes of one frame, gathered until its end. */
  #frameEvents: ReceivedEvent[] = []
  #frameRefusals: { readonly code: string; readonly message: string; readonly action: StampedAction }[] = []
  #frameGaps: LocalRef[] = []

  #receive(text: string): void {
    const messages = decodeFrame(text)
    if (messages === undefined)
      return this.#parts.ports.warn('Foldback: the server sent a frame that is no JSON list.')
    for (const value of messages) {
      const message = readDownMessage(value)
      if (message === undefined)
        this.#parts.ports.warn('Foldback: the server sent a message that this client does not know.', value)
      else this.#handle(message)
    }
    this.#endFrame()
  }

  #handle(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message)
      case 'settled':
        return this.#settled(message)
      case 'rejected':
        return this.#rejected(message)
      case 'events':
        return this.#events(message)
      case 'snapshot':
        return this.#snapshot(message)
      case 'gone':
        return this.#goneFrom(this.#refOf(message.model, message.id))
      case 'synced':
        return this.#synced(message)
      case 'problem':
        this.#parts.ports.warn(`Foldback: ${message.code}: ${message.message}`, message)
        return this.#set({ error: { code: message.code, message: message.message } })
    }
  }

  #refOf(model: string, id: string): LocalRef | undefined {
    return this.#parts.replicas.refOf(model, id)
  }

  #settled({ lane, from, to, places }: Settled): void {
    if (lane !== this.#queue.lane) return
    this.#putOffs = 0
    for (const { model, id } of places) this.#assumeMissing(this.#refOf(model, id))
    for (let n = from; n <= to; n++) {
      const entry = this.#queue.byN(n)
      if (entry === undefined) continue
      for (const { model, id, version } of places) {
        const ref = this.#refOf(model, id)
        if (ref !== undefined) this.#parts.replicas.accept(ref, entry.id, version + (n - from))
      }
      this.#accept(n)
    }
  }

  #accept(n: number): void {
    const entry = this.#queue.byN(n)
    if (entry === undefined) return
    entry.accept()
    this.#queue.settle(entry)
    this.#release(entry)
    // What is not told of any more will never be placed by an event.
    for (const ref of entry.streams)
      if (this.#gone.has(keyOf(ref))) this.#parts.replicas.withdraw(ref, entry.id)
  }

  #rejected({ lane, n, final, code, message }: Rejected): void {
    if (lane !== this.#queue.lane) return
    if (final) this.#refuse(n, { code, message })
    else this.#waitAndResend(n, { code, message })
  }

  #refuse(n: number, reason: { code: string; message: string }): void {
    const entry = this.#queue.byN(n)
    if (entry === undefined) return
    const { code, message } = this.#textOf(entry) === 'null' ? refusal('frame-too-large') : reason
    entry.reject({ code, message })
    this.#queue.settle(entry)
    this.#release(entry)
    for (const ref of entry.streams) this.#parts.replicas.withdraw(ref, entry.id)
    this.#frameRefusals.push({ code, message, action: entry.action })
  }

  /** Nothing from n on has happened: all of it is sent again after a while. */
  #waitAndResend(n: number, error: { code: string; message: string }): void {
    this.#sentUpTo = Math.min(this.#sentUpTo, n - 1, this.#queue.settledUpTo)
    if (this.#cancelResend !== undefined) return
    const { clock, random } = this.#parts.ports
    const { retryMsMin, retryMsMax } = this.#parts.limits
    const boundMs = Math.min(retryMsMax, retryMsMin * 2 ** this.#putOffs++)
    this.#set({ error })
    this.#cancelResend = clock.after(Math.round(boundMs * random.fraction()), () => {
      this.#cancelResend = undefined
      this.#sendSealed()
    })
  }

  #events({ model, id, events }: Events): void {
    const ref = this.#refOf(model, id)
    if (ref === undefined || !this.#interests.wantsRecord(ref)) return
    const interest = this.#interests.ofModel(ref.model)
    interest?.seen.add(ref.id)
    this.#assumeMissing(ref)
    for (const event of events) {
      const isOwn = event.lane !== undefined && event.lane === this.#queue.lane
      if (this.#parts.replicas.apply(ref, event, isOwn)) return void this.#frameGaps.push(ref)
      if (isOwn) this.#accept(event.n!)
      else this.#frameEvents.push({ ...event, model, stream: id })
      if (interest?.isSynced && event.seq > interest.position!.seq)
        interest.position = { seq: event.seq, id: event.id }
    }
    this.#asked.delete(keyOf(ref))
  }

  #snapshot({ model, id, version, eventId, state, marks }: Snapshot): void {
    const ref = this.#refOf(model, id)
    if (ref === undefined || !this.#interests.wantsRecord(ref)) return
    this.#interests.ofModel(ref.model)?.seen.add(ref.id)
    this.#gone.delete(keyOf(ref))
    this.#asked.delete(keyOf(ref))
    const mark = marks[this.#queue.lane] ?? 0
    this.#parts.replicas.install(ref, { state, version, eventId }, (action) => {
      const entry = this.#entries.get(action)
      return entry?.n !== undefined && entry.n <= mark
    })
  }

  /** When all records of a model have been listed, one that was not does not exist: that is confirmed too. */
  #assumeMissing(ref: LocalRef | undefined): void {
    if (ref === undefined || this.#gone.has(keyOf(ref)) || !this.#interests.ofModel(ref.model)?.isSynced)
      return
    const { replicas } = this.#parts
    if (replicas.get(ref)?.confirmed === undefined) replicas.install(ref, missing, () => false)
  }

  #goneFrom(ref: LocalRef | undefined): void {
    if (ref === undefined) return
    this.#gone.add(keyOf(ref))
    this.#asked.delete(keyOf(ref))
    this.#parts.replicas.forget(ref)
  }

  #synced({ model: name, complete, position }: Synced): void {
    const model = this.#parts.replicas.models.get(name)
    const interest = model && this.#interests.ofModel(model)
    if (model === undefined || interest === undefined) return
    interest.position = position
    interest.isSynced = true
    if (complete) this.#dropUnlisted(model, interest.seen)
    interest.seen.clear()
  }

  /** What a complete listing does not name does not exist, or may not be read. */
  #dropUnlisted(model: AnyModel, listed: ReadonlySet<string>): void {
    const { replicas } = this.#parts
    for (const [id, replica] of replicas.ofModel(model)) {
      const ref = { model, id }
      if (listed.has(id)) continue
      if (replica.pendingCount === 0) replicas.forget(ref)
      else if (replica.confirmed === undefined) this.#assumeMissing(ref)
      else this.#askAfresh(ref)
    }
  }

  #interestEnded(model: AnyModel, id: string | undefined): void {
    const { replicas } = this.#parts
    const ended = id === undefined ? [...replicas.ofModel(model)].map(([each]) => each) : [id]
    for (const each of ended) {
      const ref = { model, id: each }
      if (!this.#interests.wantsRecord(ref)) replicas.forget(ref)
      this.#gone.delete(keyOf(ref))
    }
    this.#endFrame()
  }

  #endFrame(): void {
    const { replicas, dispatch } = this.#parts
    for (const ref of [...this.#frameGaps, ...replicas.missingEvents]) this.#askAfresh(ref)
    const events = this.#frameEvents
    const refusals = this.#frameRefusals
    this.#frameGaps = []
    this.#frameEvents = []
    this.#frameRefusals = []
    let records = replicas.commit()
    if (events.length > 0 || (records.length > 0 && refusals.length === 0)) {
      dispatch({ type: 'foldback/received', payload: { events, records } })
      records = []
    }
    for (const payload of refusals) {
      dispatch({ type: 'foldback/rejected', payload: { ...payload, records } })
      records = []
    }
    this.#set({})
  }

  /** Once, until the answer has come. */
  #askAfresh(ref: LocalRef): void {
    if (this.#asked.has(keyOf(ref))) return
    this.#asked.add(keyOf(ref))
    this.#interests.askAfresh(ref)
  }

  /** True when it is known whether the record exists. */
  isLoaded(ref: LocalRef): boolean {
    if (this.#gone.has(keyOf(ref)) || this.#parts.replicas.get(ref)?.confirmed !== undefined) return true
    return this.#interests.ofModel(ref.model)?.isSynced ?? false
  }

  #set(change: Partial<SyncStatus>): void {
    const next = { ...this.#status, ...change, pending: this.#queue.size }
    const names = Object.keys(next) as (keyof SyncStatus)[]
    if (names.some((name) => next[name] !== this.#status[name])) this.#status = next
    this.#parts.onChange()
  }
}

/** A record of an entity model before its first event. */
const missing = { state: null, version: 0, eventId: '' }

function keyOf({ model, id }: LocalRef): string {
  return `${model.name}/${id}`
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length
}
