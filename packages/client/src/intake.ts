import type {
  AnyModel,
  Confirmed,
  Events,
  Gone,
  LaneMark,
  Refusal,
  Settled,
  Snapshot,
  StampedAction,
  Synced,
  WireEvent,
} from '@foldback/core'
import { type Entry, isPossible, type LocalRef } from './entry.ts'
import type { ReceivedAction, ReceivedEvent, RejectedAction } from './foldback-actions.ts'
import type { Interests } from './interests.ts'
import type { Replicas } from './replicas.ts'
import type { SendQueue } from './send-queue.ts'

export interface IntakeParts {
  readonly replicas: Replicas
  readonly interests: Interests
  readonly queue: SendQueue
  readonly entryOf: (action: StampedAction) => Entry | undefined
  /** The action has its outcome. */
  readonly onSettled: (entry: Entry) => void
  /** It was refused, by somebody else than its user. */
  readonly onRefused: (entry: Entry, reason: Reason) => void
  /** A record may not be read any more, or is not there. */
  readonly onDropped: (ref: LocalRef) => void
  /** These are all records of the model. */
  readonly onListed: (model: AnyModel, ids: ReadonlySet<string>) => void
  /** Something changed what the user sees. */
  readonly dispatch: (action: ReceivedAction | RejectedAction) => void
}

export type Reason = Pick<Refusal, 'code' | 'message'>

/** A record of an entity model before its first event. */
const missing = { state: null, version: 0, eventId: '' }

/**
 * Takes in what the server says of records and of this client's actions, frame by frame: `end` turns a whole frame
 * into at most one `foldback/received`, and one `foldback/rejected` for each refusal.
 */
export class Intake {
  readonly #parts: IntakeParts
  /** Records that may not be read, by key. */
  readonly #gone = new Set<string>()
  /** Records asked for afresh, until the answer has come. */
  readonly #asked = new Map<string, LocalRef>()
  #events: ReceivedEvent[] = []
  #refusals: (Reason & { readonly action: StampedAction })[] = []
  #gaps: LocalRef[] = []

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** True when it is known whether the record exists. */
  isLoaded(ref: LocalRef): boolean {
    if (
      !isPossible(ref) ||
      this.#gone.has(keyOf(ref)) ||
      this.#parts.replicas.get(ref)?.confirmed !== undefined
    )
      return true
    return this.#parts.interests.ofModel(ref.model)?.isSynced ?? false
  }

  /** A session is open: what an earlier one did not answer is asked again. */
  connected(): void {
    for (const ref of this.#asked.values()) this.#parts.interests.askAfresh(ref)
  }

  // This client's actions

  /** How far the lane was settled when the session was opened. */
  lane({ lane, mark, refusals }: LaneMark): void {
    const { queue } = this.#parts
    const settledBefore = queue.lane(lane)?.settledUpTo ?? mark
    for (const { n, code, message } of refusals) this.refuse(lane, n, { code, message })
    for (let n = settledBefore + 1; n <= mark; n++) {
      if (lane !== queue.own.name) this.#askForPlaces(queue.find(lane, n))
      this.#accept(lane, n)
    }
  }

  /** An adopted action may be in what is confirmed here since it was another page's; then no event will place it. */
  #askForPlaces(adopted: Entry | undefined): void {
    for (const ref of adopted?.streams ?? []) {
      if (this.#parts.replicas.get(ref)?.confirmed !== undefined) this.#askAfresh(ref)
    }
  }

  settled({ lane, from, to, places }: Settled): void {
    const { queue, replicas } = this.#parts
    for (const { model, id } of places) this.#assumeMissing(replicas.refOf(model, id))
    for (let n = from; n <= to; n++) {
      const entry = queue.find(lane, n)
      if (entry === undefined) continue
      for (const { model, id, version } of places) {
        const ref = replicas.refOf(model, id)
        if (ref !== undefined) replicas.accept(ref, entry.id, version + (n - from))
      }
      this.#accept(lane, n)
    }
  }

  #accept(lane: string, n: number): void {
    const entry = this.#parts.queue.find(lane, n)
    if (entry === undefined) return
    entry.accept()
    this.#parts.onSettled(entry)
    // What is not told of any more will never be placed by an event.
    const untold = entry.streams.filter((ref) => this.#gone.has(keyOf(ref)))
    for (const ref of untold) this.#parts.replicas.withdraw(ref, entry.id)
  }

  refuse(lane: string, n: number, { code, message }: Reason): void {
    const entry = this.#parts.queue.find(lane, n)
    if (entry === undefined) return
    entry.reject({ code, message })
    this.#parts.onSettled(entry)
    this.withdraw(entry)
    // Who has given an action up need not be told that it is.
    if (code === 'cancelled') return
    this.#parts.onRefused(entry, { code, message })
    this.#refusals.push({ code, message, action: entry.action })
  }

  /** Takes an action back, as if it had never been; the store hears of it at the `end`. */
  withdraw(entry: Entry): void {
    for (const ref of entry.streams) this.#parts.replicas.withdraw(ref, entry.id)
  }

  /** Shows what this device has kept of a record, until the server says more. */
  restore(ref: LocalRef, confirmed: Confirmed): void {
    const { replicas } = this.#parts
    if (replicas.get(ref)?.confirmed === undefined) replicas.install(ref, confirmed, () => false)
  }

  // Records

  events({ model, id, events }: Events): void {
    const { replicas, interests } = this.#parts
    const ref = replicas.refOf(model, id)
    if (ref === undefined || !interests.wantsRecord(ref)) return
    interests.ofModel(ref.model)?.seen.add(ref.id)
    this.#assumeMissing(ref)
    replicas.touch(ref)
    for (const event of events) {
      const isOwn = event.lane !== undefined || this.#isAwaited(ref, event.id)
      const applied = replicas.apply(ref, event, isOwn)
      if (applied === 'gap') return void this.#gaps.push(ref)
      if (event.lane !== undefined) this.#accept(event.lane, event.n!)
      else if (applied === 'applied' && !isOwn) this.#events.push(receivedEvent(model, id, event))
      interests.reached(ref.model, { seq: event.seq, id: event.id })
    }
    this.#answered(ref)
  }

  /** An accepted action without its place, whose lane this connection was not told of any more. */
  #isAwaited(ref: LocalRef, id: string): boolean {
    const { replicas, entryOf } = this.#parts
    const pending = replicas.get(ref)?.pending ?? []
    return pending.some((action) => action.meta.foldback.id === id && entryOf(action)?.isOver)
  }

  snapshot({ model, id, version, eventId, state, marks }: Snapshot): void {
    const { replicas, interests, entryOf } = this.#parts
    const ref = replicas.refOf(model, id)
    if (ref === undefined || !interests.wantsRecord(ref)) return
    interests.ofModel(ref.model)?.seen.add(ref.id)
    this.#gone.delete(keyOf(ref))
    this.#answered(ref)
    replicas.install(ref, { state, version, eventId }, (action) => {
      const entry = entryOf(action)
      const mark = marks[entry?.lane?.name ?? ''] ?? 0
      return entry?.isOver || (entry?.n !== undefined && entry.n <= mark)
    })
  }

  gone({ model, id }: Gone): void {
    const ref = this.#parts.replicas.refOf(model, id)
    if (ref === undefined || !this.#parts.interests.wantsRecord(ref)) return
    this.#gone.add(keyOf(ref))
    this.#answered(ref)
    this.#withdrawSettled(ref)
    this.#parts.replicas.forget(ref)
    this.#parts.onDropped(ref)
  }

  /** Accepted actions without their places: where nothing tells of these any more, they are not shown either. */
  #withdrawSettled(ref: LocalRef): void {
    const { replicas, entryOf } = this.#parts
    const pending = replicas.get(ref)?.pending ?? []
    const settled = pending.filter((action) => entryOf(action)?.isOver)
    for (const action of settled) replicas.withdraw(ref, action.meta.foldback.id)
  }

  synced({ model: name, complete, position }: Synced): void {
    const { replicas, interests } = this.#parts
    const model = replicas.models.get(name)
    const listed = model && interests.listed(model, position)
    if (complete && listed !== undefined) this.#dropUnlisted(model!, listed)
  }

  /** What a complete listing does not name does not exist, or may not be read. */
  #dropUnlisted(model: AnyModel, listed: ReadonlySet<string>): void {
    const { replicas, onListed } = this.#parts
    onListed(model, listed)
    for (const [id, replica] of replicas.ofModel(model)) {
      const ref = { model, id }
      if (listed.has(id)) continue
      this.#withdrawSettled(ref)
      if (replica.pendingCount === 0) replicas.forget(ref)
      else replicas.install(ref, missing, () => false)
    }
  }

  /** When all records of a model have been listed, one that was not does not exist: that is confirmed too. */
  #assumeMissing(ref: LocalRef | undefined): void {
    const { replicas, interests } = this.#parts
    if (ref === undefined || this.#gone.has(keyOf(ref)) || !interests.ofModel(ref.model)?.isSynced) return
    if (replicas.get(ref)?.confirmed === undefined) replicas.install(ref, missing, () => false)
  }

  /** Nobody wants the record, or any record of the model, any more. */
  interestEnded(model: AnyModel, id: string | undefined): void {
    const { replicas, interests } = this.#parts
    const ended = id === undefined ? replicas.ofModel(model).map(([each]) => each) : [id]
    for (const each of ended) {
      const ref = { model, id: each }
      if (!interests.wantsRecord(ref)) this.#drop(ref)
    }
    if (id === undefined) this.#forgetGone(model)
    this.end()
  }

  /** What waits for its outcome is wanted; nobody will tell of the place of what is accepted. Local actions stay. */
  #drop(ref: LocalRef): void {
    this.#withdrawSettled(ref)
    this.#parts.replicas.forget(ref)
    this.#gone.delete(keyOf(ref))
    this.#asked.delete(keyOf(ref))
  }

  #forgetGone(model: AnyModel): void {
    for (const key of this.#gone) {
      const ref = { model, id: key.slice(model.name.length + 1) }
      if (keyOf(ref) === key && !this.#parts.interests.wantsRecord(ref)) this.#gone.delete(key)
    }
  }

  /**
   * The server has another history. Where accepted actions have their places was said of the one before, so those
   * that have not reached them go: the records will tell whether they are there.
   */
  dropAccepted(): void {
    const { replicas, interests } = this.#parts
    interests.forgetPositions()
    for (const model of replicas.models.values()) {
      for (const [id] of replicas.ofModel(model)) this.#withdrawSettled({ model, id })
    }
  }

  /** Another user: nothing that was shown to the one before stays, nor what was accepted and has no place yet. */
  forgetAll(): void {
    const { replicas, interests } = this.#parts
    interests.forgetListings()
    this.#gone.clear()
    this.#asked.clear()
    for (const ref of replicas.refs) {
      this.#withdrawSettled(ref)
      replicas.forget(ref)
    }
  }

  /** The frame is over: the store is told. */
  end(): void {
    const { replicas, dispatch } = this.#parts
    for (const ref of [...this.#gaps, ...replicas.missingEvents]) this.#askAfresh(ref)
    const events = this.#events
    const refusals = this.#refusals
    this.#gaps = []
    this.#events = []
    this.#refusals = []
    let records = replicas.commit()
    if (events.length > 0 || (records.length > 0 && refusals.length === 0)) {
      dispatch({ type: 'foldback/received', payload: { events, records } })
      records = []
    }
    for (const payload of refusals) {
      dispatch({ type: 'foldback/rejected', payload: { ...payload, records } })
      records = []
    }
  }

  #answered(ref: LocalRef): void {
    this.#asked.delete(keyOf(ref))
    this.#parts.interests.answered(ref)
  }

  /** Once, until the answer has come. */
  #askAfresh(ref: LocalRef): void {
    if (this.#asked.has(keyOf(ref))) return
    this.#asked.set(keyOf(ref), ref)
    this.#parts.interests.askAfresh(ref)
  }
}

function receivedEvent(model: string, stream: string, event: WireEvent): ReceivedEvent {
  const { id, version, action, actor, receivedAt } = event
  return { id, model, stream, version, action, actor, receivedAt }
}

function keyOf({ model, id }: LocalRef): string {
  return `${model.name}/${id}`
}
