import type { AnyModel, Clock, LogPosition, Position, Subscribe, Unsubscribe } from '@foldback/core'
import { isPossible, type LocalRef } from './entry.ts'

/**
 * What the application wants to be kept informed about: single records, and all records of a model. Each interest
 * is held by as many as want it; when the last lets go it is kept for a while, because pages change and come back.
 */
export class Interests {
  readonly #clock: Clock
  readonly #keepMs: number
  readonly #send: (message: Subscribe | Unsubscribe) => void
  /** The interest has ended; what was known of it is to be forgotten. */
  readonly #onEnd: (model: AnyModel, id: string | undefined) => void
  readonly #positionOf: (ref: LocalRef) => Position | undefined
  readonly #onBegin: InterestsParts['onBegin']
  readonly #records = new Map<string, RecordInterest>()
  readonly #models = new Map<AnyModel, ModelInterest>()
  /** Records that the server tells of by themselves on this connection. */
  readonly #single = new Set<string>()
  /** Those of them that were asked for afresh, until the answer has come. */
  readonly #awaited = new Set<string>()
  /** Interests that nobody holds, which end after a while. */
  readonly #leaving = new Map<Held, { readonly leave: () => void; readonly cancelTimer: () => void }>()
  #isConnected = false

  constructor(parts: InterestsParts) {
    this.#clock = parts.clock
    this.#keepMs = parts.keepMs
    this.#send = parts.send
    this.#onEnd = parts.onEnd
    this.#positionOf = parts.positionOf
    this.#onBegin = parts.onBegin
  }

  /** Wants one record from now on; the returned function lets it go. */
  holdRecord(ref: LocalRef): () => void {
    if (!isPossible(ref)) return () => {}
    const key = keyOf(ref)
    let interest = this.#records.get(key)
    if (interest === undefined) {
      this.#records.set(key, (interest = { ref, holders: 0 }))
      this.#onBegin(ref.model, ref.id)
      if (!this.#models.has(ref.model)) this.#ask(ref)
    }
    const held = interest
    return this.#hold(held, () => {
      this.#records.delete(key)
      this.#letGo(ref)
      if (!this.#models.has(ref.model)) this.#onEnd(ref.model, ref.id)
    })
  }

  /** The server need not tell of a record by itself any more; but an answer that is awaited is still wanted. */
  #letGo(ref: LocalRef): void {
    const key = keyOf(ref)
    const isWantedYet = this.#awaited.has(key) && this.#models.has(ref.model)
    if (isWantedYet || !this.#single.delete(key)) return
    this.#tell({ type: 'unsubscribe', ...wireRef(ref) })
  }

  /** Wants all records of an entity model from now on; the returned function lets them go. */
  holdModel(model: AnyModel): () => void {
    let interest = this.#models.get(model)
    if (interest === undefined) {
      interest = {
        model,
        holders: 0,
        position: undefined,
        isSynced: false,
        isListing: false,
        seen: new Set(),
      }
      this.#models.set(model, interest)
      this.#onBegin(model, undefined)
      this.#askAll(interest)
    }
    return this.#hold(interest, () => {
      this.#models.delete(model)
      this.#tell({ type: 'unsubscribe', model: model.name })
      for (const { ref } of this.#records.values()) if (ref.model === model) this.#ask(ref)
      this.#onEnd(model, undefined)
    })
  }

  #hold(interest: Held, end: () => void): () => void {
    interest.holders++
    this.#stay(interest)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--interest.holders === 0) this.#leave(interest, end)
    }
  }

  #leave(interest: Held, end: () => void): void {
    const leave = (): void => {
      this.#leaving.delete(interest)
      end()
    }
    this.#leaving.set(interest, { leave, cancelTimer: this.#clock.after(this.#keepMs, leave) })
  }

  #stay(interest: Held): void {
    this.#leaving.get(interest)?.cancelTimer()
    this.#leaving.delete(interest)
  }

  /** Nothing ends any more before the next connection: a program that has disconnected has no timers left. */
  pause(): void {
    for (const { cancelTimer } of this.#leaving.values()) cancelTimer()
  }

  #resume(): void {
    for (const [interest, { leave, cancelTimer }] of this.#leaving) {
      cancelTimer()
      this.#leaving.set(interest, { leave, cancelTimer: this.#clock.after(this.#keepMs, leave) })
    }
  }

  wantsRecord(ref: LocalRef): boolean {
    return this.#models.has(ref.model) || this.#records.has(keyOf(ref))
  }

  ofModel(model: AnyModel): ModelInterest | undefined {
    return this.#models.get(model)
  }

  holdsRecord(ref: LocalRef): boolean {
    return this.#records.has(keyOf(ref))
  }

  /** All records are here as this device has kept them, up to a position that can be gone on from if there is one. */
  restored(model: AnyModel, position: LogPosition | undefined): void {
    const interest = this.#models.get(model)
    if (interest !== undefined && interest.position === undefined && !this.#isConnected)
      Object.assign(interest, { position, isSynced: true })
  }

  /** Every record, and with an undefined id every model, that is wanted. */
  get wanted(): readonly (readonly [model: AnyModel, id: string | undefined])[] {
    const models = [...this.#models.keys()].map((model) => [model, undefined] as const)
    return [...models, ...[...this.#records.values()].map(({ ref }) => [ref.model, ref.id] as const)]
  }

  /** How far each model is listed in full. */
  get listings(): readonly (readonly [AnyModel, LogPosition])[] {
    const listings: (readonly [AnyModel, LogPosition])[] = []
    for (const { model, position, isSynced, isListing } of this.#models.values()) {
      if (position !== undefined && isSynced && !isListing) listings.push([model, position])
    }
    return listings
  }

  /** The server has dropped a subscription: asks for it from nothing, if it is still wanted. */
  askAgain(name: string, id: string | undefined): void {
    if (id === undefined) {
      for (const interest of this.#models.values()) if (interest.model.name === name) this.#askAll(interest)
    }
    for (const { ref } of this.#records.values()) {
      const { model } = ref
      if (model.name === name && (model.kind !== 'entity' || ref.id === id)) this.askAfresh(ref)
    }
  }

  /** The server lists everything again by itself. */
  listedAfresh(): void {
    for (const interest of this.#models.values()) {
      interest.seen.clear()
      interest.isListing = true
    }
  }

  /** The listing of a model has ended; returns the records it named. */
  listed(model: AnyModel, position: LogPosition): ReadonlySet<string> | undefined {
    const interest = this.#models.get(model)
    if (interest === undefined) return undefined
    const seen = new Set(interest.seen)
    interest.seen.clear()
    Object.assign(interest, { position, isSynced: true, isListing: false })
    return seen
  }

  /** An event of a model has come. While older changes are still being listed, that says nothing of those. */
  reached(model: AnyModel, position: LogPosition): void {
    const interest = this.#models.get(model)
    if (interest?.position === undefined || interest.isListing) return
    if (position.seq > interest.position.seq) interest.position = position
  }

  /**
   * The server has another history, or folds a model with other code: positions in what was before say nothing, and
   * everything is listed again.
   */
  forgetPositions(only?: AnyModel): void {
    for (const interest of this.#models.values()) {
      if (only === undefined || interest.model === only) interest.position = undefined
    }
  }

  /** What was listed for one user says nothing to another. */
  forgetListings(): void {
    this.forgetPositions()
    for (const interest of this.#models.values()) interest.isSynced = false
  }

  /** A session is open: asks for everything, from where each was left. */
  connected(): void {
    this.#isConnected = true
    this.#resume()
    for (const interest of this.#models.values()) this.#askAll(interest)
    for (const { ref } of this.#records.values()) if (!this.#models.has(ref.model)) this.#ask(ref)
  }

  disconnected(): void {
    this.#isConnected = false
    for (const interest of this.#models.values()) {
      // What a broken-off listing has told is later than the position: another history may differ in between.
      if (interest.isListing && interest.seen.size > 0) interest.position = undefined
    }
    this.#single.clear()
    this.#awaited.clear()
  }

  /** Asks for a record from nothing: what is here of it is not to be trusted. */
  askAfresh(ref: LocalRef): void {
    this.#single.add(keyOf(ref))
    this.#awaited.add(keyOf(ref))
    this.#tell({ type: 'subscribe', ...wireRef(ref) })
  }

  /** The server has told of a record. One that is told of with its whole model is not needed by itself. */
  answered(ref: LocalRef): void {
    if (!this.#awaited.delete(keyOf(ref))) return
    if (this.#models.has(ref.model) && !this.#records.has(keyOf(ref))) this.#letGo(ref)
  }

  #ask(ref: LocalRef): void {
    this.#single.add(keyOf(ref))
    const since = this.#positionOf(ref)
    this.#tell({ type: 'subscribe', ...wireRef(ref), ...(since !== undefined && { since }) })
  }

  #askAll(interest: ModelInterest): void {
    interest.seen.clear()
    interest.isListing = true
    const { model, position } = interest
    // Position 0 is the empty log: whatever there is now is new.
    const isKnown = position !== undefined && position.seq > 0
    this.#tell({ type: 'subscribe', model: model.name, ...(isKnown && { sinceLog: position }) })
  }

  #tell(message: Subscribe | Unsubscribe): void {
    if (this.#isConnected) this.#send(message)
  }
}

export interface InterestsParts {
  readonly clock: Clock
  readonly keepMs: number
  readonly send: (message: Subscribe | Unsubscribe) => void
  readonly onEnd: (model: AnyModel, id: string | undefined) => void
  readonly positionOf: (ref: LocalRef) => Position | undefined
  /** A record, or with an undefined id a whole model, is wanted from now on, and is about to be asked for. */
  readonly onBegin: (model: AnyModel, id: string | undefined) => void
}

interface Held {
  holders: number
}

interface RecordInterest extends Held {
  readonly ref: LocalRef
}

export interface ModelInterest extends Held {
  readonly model: AnyModel
  /** How far in the log what is here is complete; undefined before the first listing ends. */
  position: LogPosition | undefined
  /** A listing has been complete once, so that what is not here does not exist. */
  isSynced: boolean
  /** What has changed since `position` is still being listed. */
  isListing: boolean
  /** Records named since the listing began. */
  readonly seen: Set<string>
}

function keyOf({ model, id }: LocalRef): string {
  return `${model.name}/${id}`
}

/** The server knows which stream of a shared or a user model it is. */
export function wireRef({ model, id }: LocalRef): { model: string; id?: string } {
  return model.kind === 'entity' ? { model: model.name, id } : { model: model.name }
}
