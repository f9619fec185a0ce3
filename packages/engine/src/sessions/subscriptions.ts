import {
  type Check,
  type ErrorCode,
  isStreamId,
  messageOf,
  sharedStream,
  streamKey,
  type StreamRef,
  type Subscribe,
  type Unsubscribe,
} from '@foldback/core'
import type { Listener } from './delivery.ts'
import { allSessions, type EngineParts } from '../engine-parts.ts'
import { ModelSubscription } from './model-subscription.ts'
import { OpeningQueue } from './opening-queue.ts'
import type { Outgoing } from './outgoing.ts'
import { isOwnStream, type Readability } from './readability.ts'
import { RecordSubscription } from './record-subscription.ts'
import type { Session } from '../rules.ts'
import { StateChecks } from './state-checks.ts'
import type { StreamChange } from './stream-change.ts'
import type { Teller } from './teller.ts'

/** What a subscription is to. */
interface About {
  readonly model: string
  readonly id?: string
}

export interface SubscriptionsParts {
  readonly engine: EngineParts
  readonly session: Session
  readonly teller: Teller
  readonly readability: Readability
  readonly outgoing: Outgoing
  /** Who hears of changes: the session itself. */
  readonly listener: Listener
  readonly problem: (code: ErrorCode, detail: string | undefined, about: About) => void
  /** Resolves when the connection has room for more. */
  readonly whenRoom: () => Promise<void>
}

/** Everything that one session is kept informed about. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts
  readonly #records = new Map<string, RecordSubscription>()
  readonly #models = new Map<string, ModelSubscription>()
  readonly #opening: OpeningQueue
  readonly #checks: StateChecks

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts
    const { limits, ports } = parts.engine
    this.#opening = new OpeningQueue({
      countMax: limits.openingSubscriptionsMax,
      whenRoom: parts.whenRoom,
      onFull: () => ports.limited?.('openingSubscriptionsMax'),
    })
    this.#checks = new StateChecks({
      engine: parts.engine,
      teller: parts.teller,
      isLive: (ref) => this.#isLive(ref),
      retell: (ref) => this.uncertain(ref),
    })
  }

  subscribe({ model: name, id, since, sinceLog }: Subscribe): void {
    const { engine, session, problem } = this.#parts
    const about = { model: name, ...(id !== undefined && { id }) }
    const model = engine.models.get(name)
    if (model === undefined) return problem('unknown-model', name, about)
    if (model.kind === 'entity' && id === undefined) return this.#openModel(name, sinceLog)
    const ref = { model: name, id: id ?? (model.kind === 'user' ? session.actor : sharedStream) }
    if (!isStreamId(ref.id)) return problem('invalid-request', 'id', about)
    const isAnother = model.kind === 'shared' && ref.id !== sharedStream
    if (isAnother || !isOwnStream(model, ref, session)) return problem('not-readable', undefined, about)
    this.#openRecord(ref, since)
  }

  #openRecord(ref: StreamRef, since: Subscribe['since']): void {
    const { engine, teller, listener } = this.#parts
    const key = streamKey(ref.model, ref.id)
    let subscription = this.#records.get(key)
    if (subscription === undefined) {
      if (this.#isFull(ref)) return
      subscription = new RecordSubscription(engine, teller, ref)
      this.#records.set(key, subscription)
      engine.tallies.subscriptions.add(allSessions)
      engine.delivery.streams.add(key, listener)
    }
    this.#openSoon(subscription, since)
  }

  #openSoon(subscription: RecordSubscription, since?: Subscribe['since']): void {
    const { ref } = subscription
    // Until its turn comes nothing is told of it, and nothing need be: it is read then.
    subscription.close()
    this.#opening.add(streamKey(ref.model, ref.id), () => this.#follow(subscription.open(since), ref))
  }

  #openModel(name: string, since: Subscribe['sinceLog']): void {
    const { engine, teller, outgoing, listener, whenRoom } = this.#parts
    let subscription = this.#models.get(name)
    if (subscription === undefined) {
      if (this.#isFull({ model: name })) return
      subscription = new ModelSubscription(engine, teller, outgoing, engine.models.get(name)!, whenRoom)
      this.#models.set(name, subscription)
      engine.tallies.subscriptions.add(allSessions)
      engine.delivery.models.add(name, listener)
    }
    this.#openModelSoon(subscription, since)
  }

  #openModelSoon(subscription: ModelSubscription, since: Subscribe['sinceLog']): void {
    const model = subscription.model.name
    subscription.close()
    this.#opening.add(streamKey(model, ''), () => this.#follow(subscription.open(since), { model }))
  }

  #isFull(about: About): boolean {
    const { engine, problem } = this.#parts
    const limit = this.#limitReached()
    if (limit === undefined) return false
    engine.ports.limited?.(limit)
    problem('too-many-subscriptions', undefined, about)
    return true
  }

  #limitReached(): 'subscriptionsPerSessionMax' | 'subscriptionsMax' | undefined {
    const { limits, tallies } = this.#parts.engine
    if (this.#records.size + this.#models.size >= limits.subscriptionsPerSessionMax)
      return 'subscriptionsPerSessionMax'
    return tallies.subscriptions.of(allSessions) >= limits.subscriptionsMax ? 'subscriptionsMax' : undefined
  }

  /** Resolves also when opening has failed. */
  #follow(opened: Promise<void>, about: About): Promise<void> {
    const { engine, problem, listener, outgoing } = this.#parts
    return opened.then(
      () => listener.flush(),
      (cause: unknown) => {
        engine.ports.report({ code: 'internal', message: messageOf(cause), cause, ...about })
        problem('internal', 'subscribe again', about)
        listener.flush()
        // A reader who lags is not told, and so cannot subscribe again: it gets everything when it has caught up.
        if (outgoing.isLagging) this.#close(about)
        else this.#drop(about)
      },
    )
  }

  unsubscribe({ model, id }: Unsubscribe): void {
    const kind = this.#parts.engine.models.get(model)?.kind
    if (kind === 'shared') this.#drop({ model, id: sharedStream })
    else if (kind === 'user') this.#drop({ model, id: this.#parts.session.actor })
    else this.#drop({ model, ...(id !== undefined && { id }) })
  }

  /** Tells nothing of it until `reopen`. */
  #close({ model, id }: About): void {
    if (id === undefined) this.#models.get(model)?.close()
    else this.#records.get(streamKey(model, id))?.close()
  }

  #drop({ model, id }: About): void {
    if (id === undefined) this.#dropModel(model)
    else this.#dropRecord({ model, id })
  }

  #dropModel(model: string): void {
    const { engine, readability, listener } = this.#parts
    this.#opening.cancel(streamKey(model, ''))
    this.#models.get(model)?.close()
    if (this.#models.delete(model)) engine.tallies.subscriptions.remove(allSessions)
    engine.delivery.models.delete(model, listener)
    readability.forgetModel(model, (key) => this.#records.has(key))
  }

  #dropRecord(ref: StreamRef): void {
    const { engine, readability, listener } = this.#parts
    const key = streamKey(ref.model, ref.id)
    this.#opening.cancel(key)
    this.#records.get(key)?.close()
    if (this.#records.delete(key)) engine.tallies.subscriptions.remove(allSessions)
    engine.delivery.streams.delete(key, listener)
    if (!this.#models.has(ref.model)) readability.forget(ref)
  }

  /** The session says what it has of a record. */
  check(check: Check): void {
    const { engine, session } = this.#parts
    const kind = engine.models.get(check.model)?.kind
    const id = kind === 'shared' ? sharedStream : kind === 'user' ? session.actor : check.id
    if (kind !== undefined && id !== undefined) this.#checks.check({ model: check.model, id }, check)
  }

  /** True when the session is told of each change of the record as it is committed. */
  #isLive({ model, id }: StreamRef): boolean {
    const record = this.#records.get(streamKey(model, id))
    return record === undefined ? this.#models.get(model)?.isOpening === false : record.isLive
  }

  changed(change: StreamChange): void {
    const { record, model } = this.#tellersOf(change.ref)
    record?.changed(change)
    model?.changed(change)
  }

  /** Something may have happened to the stream that nobody was told of. */
  uncertain(ref: StreamRef, lane?: string): void {
    const { record, model } = this.#tellersOf(ref)
    if (record !== undefined) this.#openSoon(record)
    if (model !== undefined) void this.#follow(model.retell(ref.id, lane), { model: ref.model })
  }

  /** Who tells of a record. All of its model do while they read it, and else only when it is not told of by itself. */
  #tellersOf(ref: StreamRef): {
    record: RecordSubscription | undefined
    model: ModelSubscription | undefined
  } {
    const record = this.#records.get(streamKey(ref.model, ref.id))
    const model = this.#models.get(ref.model)
    return { record, model: record === undefined || model?.isReading(ref.id) ? model : undefined }
  }

  /** Tells nothing more until `reopen`. */
  pause(): void {
    this.#opening.clear()
    for (const subscription of [...this.#records.values(), ...this.#models.values()]) subscription.close()
  }

  /** Tells everything afresh. */
  reopen(): void {
    for (const subscription of this.#records.values()) this.#openSoon(subscription)
    for (const subscription of this.#models.values()) this.#openModelSoon(subscription, undefined)
  }

  end(): void {
    for (const model of this.#models.keys()) this.#dropModel(model)
    for (const { ref } of this.#records.values()) this.#dropRecord(ref)
  }
}
