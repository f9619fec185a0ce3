import {
  type AnyModel,
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
import { OpeningQueue, type Reader } from './opening-queue.ts'
import type { Outgoing } from './outgoing.ts'
import { isOwnStream, type Readability } from './readability.ts'
import { RecordSubscription } from './record-subscription.ts'
import type { Origin } from '../ports.ts'
import { reportFrom } from './report-from.ts'
import { type Compared, StateChecks } from './state-checks.ts'
import type { StreamChange } from './stream-change.ts'
import type { Teller } from './teller.ts'

/** What a subscription is to. */
interface About {
  readonly model: string
  readonly id?: string
}

/** Who is kept informed: the session itself. */
export interface Subscriber extends Listener, Reader {
  readonly actor: string
  readonly origin: Origin | undefined
  problem(code: ErrorCode, detail: string | undefined, about: About): void
}

/** Everything that one session is kept informed about. */
export class Subscriptions implements Compared {
  readonly #engine: EngineParts
  readonly #subscriber: Subscriber
  readonly #outgoing: Outgoing
  readonly #teller: Teller
  readonly #readability: Readability
  /** These and the following are undefined before there were any. */
  #records: Map<string, RecordSubscription> | undefined
  #models: Map<string, ModelSubscription> | undefined
  #checks: StateChecks | undefined
  /** Undefined while nothing is being opened. */
  #opening: OpeningQueue | undefined

  constructor(
    engine: EngineParts,
    subscriber: Subscriber,
    outgoing: Outgoing,
    teller: Teller,
    readability: Readability,
  ) {
    this.#engine = engine
    this.#subscriber = subscriber
    this.#outgoing = outgoing
    this.#teller = teller
    this.#readability = readability
  }

  get origin(): Origin | undefined {
    return this.#subscriber.origin
  }

  subscribe({ model: name, id, since, sinceLog }: Subscribe): void {
    const about = { model: name, ...(id !== undefined && { id }) }
    const problem = (code: ErrorCode, detail?: string): void => this.#subscriber.problem(code, detail, about)
    const model = this.#engine.models.get(name)
    if (model === undefined) return problem('unknown-model', name)
    if (model.kind === 'entity' && id === undefined) return this.#openModel(model, sinceLog)
    const { actor } = this.#subscriber
    const ref = { model: name, id: id ?? (model.kind === 'user' ? actor : sharedStream) }
    if (!isStreamId(ref.id)) return problem('invalid-request', 'id')
    const isAnother = model.kind === 'shared' && ref.id !== sharedStream
    if (isAnother || !isOwnStream(model, ref, actor)) return problem('not-readable')
    this.#openRecord(ref, since)
  }

  #openRecord(ref: StreamRef, since: Subscribe['since']): void {
    const { tallies, delivery } = this.#engine
    const key = streamKey(ref.model, ref.id)
    const records = (this.#records ??= new Map())
    let subscription = records.get(key)
    if (subscription === undefined) {
      if (this.#isFull(ref)) return
      subscription = new RecordSubscription(this.#engine, this.#teller, ref)
      records.set(key, subscription)
      tallies.subscriptions.add(allSessions)
      delivery.streams.add(key, this.#subscriber)
    }
    this.#openSoon(subscription, since)
  }

  #openSoon(subscription: RecordSubscription, since?: Subscribe['since']): void {
    const { ref } = subscription
    // Until its turn comes nothing is told of it, and nothing need be: it is read then.
    subscription.close()
    this.#open(streamKey(ref.model, ref.id), () => this.#follow(subscription.open(since), ref))
  }

  #open(key: string, open: () => Promise<void>): void {
    this.#opening ??= new OpeningQueue(this.#engine, this.#subscriber, () => {
      this.#opening = undefined
    })
    this.#opening.add(key, open)
  }

  #openModel(model: AnyModel, since: Subscribe['sinceLog']): void {
    const { name } = model
    const { tallies, delivery } = this.#engine
    const opened = (this.#models ??= new Map())
    let subscription = opened.get(name)
    if (subscription === undefined) {
      if (this.#isFull({ model: name })) return
      subscription = new ModelSubscription(
        this.#engine,
        this.#teller,
        this.#outgoing,
        model,
        this.#subscriber,
      )
      opened.set(name, subscription)
      tallies.subscriptions.add(allSessions)
      delivery.models.add(name, this.#subscriber)
    }
    this.#openModelSoon(subscription, since)
  }

  #openModelSoon(subscription: ModelSubscription, since: Subscribe['sinceLog']): void {
    const model = subscription.model.name
    subscription.close()
    this.#open(streamKey(model, ''), () => this.#follow(subscription.open(since), { model }))
  }

  #isFull(about: About): boolean {
    const limit = this.#limitReached()
    if (limit === undefined) return false
    this.#engine.ports.limited?.(limit)
    this.#subscriber.problem('too-many-subscriptions', undefined, about)
    return true
  }

  #limitReached(): 'subscriptionsPerSessionMax' | 'subscriptionsMax' | undefined {
    const { limits, tallies } = this.#engine
    const count = (this.#records?.size ?? 0) + (this.#models?.size ?? 0)
    if (count >= limits.subscriptionsPerSessionMax) return 'subscriptionsPerSessionMax'
    return tallies.subscriptions.of(allSessions) >= limits.subscriptionsMax ? 'subscriptionsMax' : undefined
  }

  /** Resolves also when opening has failed. */
  #follow(opened: Promise<void>, about: About): Promise<void> {
    return opened.then(
      () => this.#subscriber.flush(),
      (cause: unknown) => {
        const message = messageOf(cause)
        reportFrom(this.#engine.ports, this.origin, { code: 'internal', message, cause, ...about })
        this.#subscriber.problem('internal', 'subscribe again', about)
        this.#subscriber.flush()
        // A reader who lags is not told, and so cannot subscribe again: it gets everything when it has caught up.
        if (this.#outgoing.isLagging) this.#close(about)
        else this.#drop(about)
      },
    )
  }

  unsubscribe({ model, id }: Unsubscribe): void {
    const kind = this.#engine.models.get(model)?.kind
    if (kind === 'shared') this.#drop({ model, id: sharedStream })
    else if (kind === 'user') this.#drop({ model, id: this.#subscriber.actor })
    else this.#drop({ model, ...(id !== undefined && { id }) })
  }

  /** Tells nothing of it until `reopen`. */
  #close({ model, id }: About): void {
    if (id === undefined) this.#models?.get(model)?.close()
    else this.#records?.get(streamKey(model, id))?.close()
  }

  #drop({ model, id }: About): void {
    if (id === undefined) this.#dropModel(model)
    else this.#dropRecord({ model, id })
  }

  #dropModel(model: string): void {
    const { tallies, delivery } = this.#engine
    this.#opening?.cancel(streamKey(model, ''))
    this.#models?.get(model)?.close()
    if (this.#models?.delete(model)) tallies.subscriptions.remove(allSessions)
    delivery.models.delete(model, this.#subscriber)
    this.#readability.forgetModel(model, (key) => this.#records?.has(key) === true)
  }

  #dropRecord(ref: StreamRef): void {
    const { tallies, delivery } = this.#engine
    const key = streamKey(ref.model, ref.id)
    const record = this.#records?.get(key)
    if (record === undefined) return
    const isLive = record.isLive
    this.#opening?.cancel(key)
    record.close()
    this.#records?.delete(key)
    tallies.subscriptions.remove(allSessions)
    delivery.streams.delete(key, this.#subscriber)
    if (!this.#models?.has(ref.model)) this.#readability.forget(ref)
    // What has changed while it was read was left to it to tell.
    else if (!isLive) this.uncertain(ref)
  }

  /** The session says what it has of a record. */
  check(check: Check): void {
    const kind = this.#engine.models.get(check.model)?.kind
    const id = kind === 'shared' ? sharedStream : kind === 'user' ? this.#subscriber.actor : check.id
    if (kind === undefined || id === undefined) return
    this.#checks ??= new StateChecks(this.#engine, this.#teller, this)
    this.#checks.check({ model: check.model, id }, check)
  }

  /** True when the session is told of each change of the record as it is committed. */
  isLive({ model, id }: StreamRef): boolean {
    const record = this.#records?.get(streamKey(model, id))
    return record === undefined ? this.#models?.get(model)?.isOpening === false : record.isLive
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
    const record = this.#records?.get(streamKey(ref.model, ref.id))
    const model = this.#models?.get(ref.model)
    return { record, model: record === undefined || model?.isReading(ref.id) ? model : undefined }
  }

  /** Tells nothing more until `reopen`. */
  pause(): void {
    this.#opening?.clear()
    for (const subscription of this.#records?.values() ?? []) subscription.close()
    for (const subscription of this.#models?.values() ?? []) subscription.close()
  }

  /** Tells everything afresh. */
  reopen(): void {
    for (const subscription of this.#records?.values() ?? []) this.#openSoon(subscription)
    for (const subscription of this.#models?.values() ?? []) this.#openModelSoon(subscription, undefined)
  }

  end(): void {
    for (const model of this.#models?.keys() ?? []) this.#dropModel(model)
    for (const { ref } of this.#records?.values() ?? []) this.#dropRecord(ref)
  }
}
