import {
  type AnyModel,
  type Applied,
  type Confirmed,
  FoldbackError,
  modelsByName,
  type Position,
  type RecordState,
  type ReplicaEvent,
  type StampedAction,
  StreamReplica,
  streamKey,
  streamsOf,
} from '@foldback/core'
import type { LocalRef } from './entry.ts'
import type { ReceivedRecord } from './foldback-actions.ts'
import {
  initialModelState,
  type ModelState,
  type RecordChange,
  recordIn,
  withRecords,
} from './model-state.ts'

/** The version of what is shown on and is nothing to fold on: neither an event nor an action follows it. */
const outdated = -1

/** What dispatching an action would do, found out before anything is changed. */
export interface Draft {
  readonly streams: readonly LocalRef[]
  readonly folds: readonly DraftFold[]
}

/** Who looks on while records are folded. */
export interface FoldWatcher {
  /** The model as it is to be folded. */
  watched(model: AnyModel): AnyModel
  /** So many pending actions of a record were folded again. */
  refolded(model: AnyModel, id: string, count: number): void
}

interface DraftFold {
  readonly ref: LocalRef
  readonly replica: StreamReplica
  readonly after: RecordState
}

/**
 * Every stream that this client knows something of, and the state of each model that follows from them: what the
 * Redux store is to show.
 */
export class Replicas {
  readonly #models: ReadonlyMap<string, AnyModel>
  readonly #replicas = new Map<string, StreamReplica>()
  readonly #refs = new Map<StreamReplica, LocalRef>()
  /** Made once: a reducer may make its initial state anew each time it is asked. */
  readonly #initialStates: ReadonlyMap<string, ModelState>
  readonly #states: Map<string, ModelState>
  readonly #touched = new Set<StreamReplica>()
  readonly #onThrow: (thrown: unknown, action: StampedAction) => void
  /** Hears what is confirmed of a stream that has changed. */
  onConfirmed: (ref: LocalRef, confirmed: Confirmed) => void = () => {}
  readonly #watcher: FoldWatcher | undefined

  constructor(
    models: readonly AnyModel[],
    onThrow: (thrown: unknown, action: StampedAction) => void,
    watcher?: FoldWatcher,
  ) {
    this.#models = modelsByName(models)
    this.#onThrow = onThrow
    this.#watcher = watcher
    this.#initialStates = new Map(
      models.map((model) => [model.name, initialModelState(this.#folding(model))]),
    )
    this.#states = new Map(this.#initialStates)
  }

  get models(): ReadonlyMap<string, AnyModel> {
    return this.#models
  }

  /** A model's state as the Redux store is to show it. */
  stateOf(model: string): ModelState {
    return this.#states.get(model)
  }

  /** A model's state before anything is known. */
  initialStateOf(model: string): ModelState {
    return this.#initialStates.get(model)
  }

  /** The stream on this client that the server calls (model, id); undefined for a model this client has not. */
  refOf(model: string, id: string): LocalRef | undefined {
    const found = this.#models.get(model)
    return found && { model: found, id: found.kind === 'entity' ? id : '' }
  }

  get({ model, id }: LocalRef): StreamReplica | undefined {
    return this.#replicas.get(streamKey(model.name, id))
  }

  /** How far a stream is confirmed; undefined when there is nothing to go on from. */
  positionOf(ref: LocalRef): Position | undefined {
    const confirmed = this.get(ref)?.confirmed
    if (confirmed === undefined || confirmed.version <= 0) return undefined
    return { version: confirmed.version, id: confirmed.eventId }
  }

  /**
   * The server folds this model with other code now, or has another history: what is confirmed is shown on, and nothing
   * is folded on it, until the server has told all of it anew.
   */
  forgetPositions(model: AnyModel): void {
    for (const [, replica] of this.ofModel(model)) {
      if (replica.confirmed !== undefined)
        replica.install({ ...replica.confirmed, version: outdated, eventId: '' }, [])
    }
  }

  /** Every stream, as of now. */
  get refs(): readonly LocalRef[] {
    return [...this.#refs.values()]
  }

  /** Every stream of a model with its id, as of now. */
  ofModel(model: AnyModel): [string, StreamReplica][] {
    const ofModel: [string, StreamReplica][] = []
    for (const [replica, ref] of this.#refs) if (ref.model === model) ofModel.push([ref.id, replica])
    return ofModel
  }

  #folding(model: AnyModel): AnyModel {
    return this.#watcher?.watched(model) ?? model
  }

  #make(ref: LocalRef): StreamReplica {
    const initial = recordIn(ref.model, this.initialStateOf(ref.model.name), ref.id)
    return new StreamReplica(this.#folding(ref.model), this.#onThrow, initial)
  }

  #register(ref: LocalRef, replica: StreamReplica): StreamReplica {
    this.#replicas.set(streamKey(ref.model.name, ref.id), replica)
    this.#refs.set(replica, ref)
    return replica
  }

  #ensure(ref: LocalRef): StreamReplica {
    return this.get(ref) ?? this.#register(ref, this.#make(ref))
  }

  /**
   * The streams of this client that an action is for.
   * @throws FoldbackError `no-stream-id`
   */
  streamsOf(action: StampedAction, actor: string): LocalRef[] {
    const streams: LocalRef[] = []
    for (const model of this.#models.values()) {
      const found = streamsOf(model, action, actor)
      if (!found.ok)
        throw new FoldbackError('no-stream-id', `${model.name}, ${action.type}`, {
          cause: found.thrown,
          action,
        })
      for (const id of found.ids) streams.push({ model, id: model.kind === 'entity' ? id : '' })
    }
    return streams
  }

  /**
   * Folds an action in every model it concerns, and changes nothing yet; undefined when it concerns none.
   *
   * @param without the id of a pending action that it takes the place of.
   * @throws what a reducer throws, or a FoldbackError `no-stream-id` or `state-not-json`: to whoever dispatches.
   */
  draft(action: StampedAction, actor: string, without?: string): Draft | undefined {
    const streams = this.streamsOf(action, actor)
    if (streams.length === 0) return undefined
    return { streams, folds: streams.map((ref) => this.#fold(ref, action, without)) }
  }

  #fold(ref: LocalRef, action: StampedAction, without: string | undefined): DraftFold {
    const replica = this.get(ref) ?? this.#make(ref)
    const outcome = replica.fold(action, without)
    if (outcome.ok) return { ref, replica, after: outcome.state }
    // The record may exist and not be loaded: the server will say.
    if (outcome.refusal.code === 'no-such-record') return { ref, replica, after: replica.visible }
    if (outcome.refusal.code === 'reducer-threw') throw outcome.thrown
    throw new FoldbackError('state-not-json', outcome.refusal.message, { action })
  }

  /** Takes in actions that are pending already: before all others of their stream, or behind them. */
  insert(ref: LocalRef, actions: readonly StampedAction[], isFirst: boolean): void {
    const replica = this.#ensure(ref)
    replica.insert(actions, isFirst)
    this.#touched.add(replica)
  }

  /** Makes the draft's action pending. The changed records are in the next `commit`. */
  add(action: StampedAction, { folds }: Draft): void {
    for (const { ref, replica, after } of folds) {
      if (this.get(ref) === undefined) this.#register(ref, replica)
      replica.add(action, after)
      this.#touched.add(replica)
    }
  }

  /** Takes a pending action out of a stream. */
  withdraw(ref: LocalRef, id: string): void {
    this.#change(ref, (replica) => replica.withdraw(id))
  }

  /** The newest action of a stream was folded without this one, whose place it takes. */
  supersede(ref: LocalRef, id: string): void {
    this.get(ref)?.supersede(id)
  }

  accept(ref: LocalRef, id: string, version: number): void {
    this.#change(ref, (replica) => replica.accept(id, version))
  }

  apply(ref: LocalRef, event: ReplicaEvent, isOwn: boolean): Applied {
    const replica = this.#ensure(ref)
    this.#touched.add(replica)
    return replica.apply(event, isOwn)
  }

  install(ref: LocalRef, confirmed: Confirmed, isSettled: (action: StampedAction) => boolean): void {
    const replica = this.#ensure(ref)
    this.#touched.add(replica)
    const settled = replica.pending.filter(isSettled).map((action) => action.meta.foldback.id)
    replica.install(confirmed, settled)
  }

  /** What is confirmed has been found to be so still. */
  touch(ref: LocalRef): void {
    this.#change(ref, () => {})
  }

  /** Forgets what the server confirmed; what is pending stays. */
  forget(ref: LocalRef): void {
    this.#change(ref, (replica) => replica.forget())
  }

  #change(ref: LocalRef, change: (replica: StreamReplica) => void): void {
    const replica = this.get(ref)
    if (replica === undefined) return
    change(replica)
    this.#touched.add(replica)
  }

  /** Streams that an accepted action shows to lack events. */
  get missingEvents(): LocalRef[] {
    return [...this.#touched]
      .filter((replica) => replica.isMissingEvents)
      .map((replica) => this.#refs.get(replica)!)
  }

  /** Folds again what is due and takes the result into the models' states; returns the records that changed. */
  commit(): ReceivedRecord[] {
    const changed: ReceivedRecord[] = []
    for (const [model, replicas] of this.#touchedByModel()) {
      const changes = replicas.map((replica) => {
        const { id } = this.#refs.get(replica)!
        const count = replica.refold()
        if (count > 0) this.#watcher?.refolded(model, id, count)
        return { id, state: replica.visible }
      })
      const before = this.#states.get(model.name)
      const after = withRecords(model, before, changes)
      if (after === before) continue
      this.#states.set(model.name, after)
      const isNew = ({ id, state }: RecordChange): boolean => recordIn(model, before, id) !== state
      for (const change of changes.filter(isNew)) changed.push({ model: model.name, ...change })
    }
    for (const replica of this.#touched) {
      const { confirmed } = replica
      if (confirmed !== undefined && confirmed.version !== outdated)
        this.onConfirmed(this.#refs.get(replica)!, confirmed)
      this.#sweep(replica)
    }
    this.#touched.clear()
    return changed
  }

  /** Puts a model's state back to the very object it was, after its last change has been taken back. */
  restore(model: string, state: ModelState): void {
    this.#states.set(model, state)
  }

  #touchedByModel(): Map<AnyModel, StreamReplica[]> {
    const byModel = new Map<AnyModel, StreamReplica[]>()
    for (const replica of this.#touched) {
      const { model } = this.#refs.get(replica)!
      const list = byModel.get(model)
      if (list === undefined) byModel.set(model, [replica])
      else list.push(replica)
    }
    return byModel
  }

  /** A stream of which nothing is confirmed and nothing pending is not kept. */
  #sweep(replica: StreamReplica): void {
    if (replica.confirmed !== undefined || replica.pendingCount > 0) return
    const { model, id } = this.#refs.get(replica)!
    this.#replicas.delete(streamKey(model.name, id))
    this.#refs.delete(replica)
  }
}
