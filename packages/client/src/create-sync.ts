import { checkAsked, checkOptions, checkRejection } from '#development'
import {
  type Action,
  type AnyModel,
  type EntityModel,
  FoldbackError,
  messageOf,
  type ModelNamed,
  type OutboxStorage,
  type PurityLimits,
  type RecordIdOf,
  type RecordOf,
  type StampedAction,
  type StampedActionOf,
} from '@foldback/core'
import { browserPorts } from './browser-ports.ts'
import { type ClientLimits, ClientSession } from './client-session.ts'
import { developmentHelp } from './development-help.ts'
import type { Divergence } from './divergence.ts'
import { type Entry, type LocalRef, type Outcome, RejectedError } from './entry.ts'
import { type EntityState, recordIn } from './model-state.ts'
import { memoryOutbox } from './outbox/memory-outbox.ts'
import type { Rejection } from './outbox/rejections.ts'
import type { ClientPorts } from './ports.ts'
import { Replicas } from './replicas.ts'
import type { SyncStatus } from './status.ts'
import { type Route, type StoreApi, StoreDoor } from './store-door.ts'

export interface SyncOptions<Models extends readonly AnyModel[]> {
  /** Where the server is: `ws://…` or `wss://…`. */
  readonly url: string
  /** The models that are synced; the same as the server's. */
  readonly models: Models
  /** Where pending actions and the last records are kept. @default memoryOutbox(), which lasts as long as the page */
  readonly outbox?: OutboxStorage
  /**
   * Actions of synced models that are to stay on this device: they are folded here, for as long as the page lives, and
   * neither sent nor kept. They go when their record leaves the store. @default none
   */
  readonly local?: (action: Action) => boolean
  /**
   * What the server's `authenticate` gets; asked for before each connection, and again before the login expires.
   * Undefined, or null, when there is none.
   */
  readonly token?: () => string | null | undefined | Promise<string | null | undefined>
  /**
   * Who is signed in, by the name that the server has for them (`status.actor`), as far as this device knows before the
   * server has said so. Asked for when the first action or `connect` opens what the device keeps, and at each `connect`:
   * what is written offline is then theirs, also right after another user has left. @default nobody knows
   */
  readonly user?: () => string | undefined
  readonly limits?: Partial<ClientLimits>
  /** Hears of each record that was folded into another state here than on the server, for your error tracker. */
  readonly onDiverged?: (divergence: Divergence) => void
  /** The world outside; tests bring their own. */
  readonly ports?: ClientPorts
  /**
   * Names mistakes in the console, such as reducers that are not pure, and shows in the Redux DevTools what becomes of
   * actions. What a bundler makes with NODE_ENV 'production' does neither, whatever is said here.
   * @default true, unless NODE_ENV is 'production'
   */
  readonly development?: boolean | Partial<PurityLimits>
}

/** A sync whatever its models are. */
export type AnySync = Omit<Sync, 'models' | 'reducers'>

export const clientLimitsDefault: ClientLimits = {
  retryMsMin: 500,
  retryMsMax: 30_000,
  returnMsMax: 5_000,
  welcomeMsMax: 10_000,
  sentMax: 1_000,
  heartbeatMs: 20_000,
  wakeMsMax: 5_000,
  renewMsMax: 60_000,
  keepMs: 30_000,
  settledKept: 100,
  openMsMax: 5_000,
  adoptMs: 5_000,
  coalesceMs: 750,
  rejectedMax: 1_000,
  localMax: 100,
  cacheMs: 1_000,
  keptRecordsMax: 10_000,
  checkMs: 30_000,
}

/** A model's state in the Redux store. */
export type StateOf<Model extends AnyModel> =
  Model extends EntityModel<string, infer _State> ? EntityState<RecordOf<Model>> : RecordOf<Model>

type Reducer<State> = (state: State | undefined, action: { type: string }) => State

/** A reducer for each model, by its name: to spread into the store's `reducer`. */
export type SyncReducers<Models extends readonly AnyModel[]> = {
  [Name in Models[number]['name']]: Reducer<StateOf<ModelNamed<Models, Name>>>
}

/** A Redux middleware, without needing Redux to say so. */
export type SyncMiddleware = (
  // oxlint-disable-next-line typescript/no-explicit-any -- as Redux types it
  api: any,
) => (next: (action: unknown) => unknown) => (action: unknown) => unknown

/** The promise of an outcome. It does not reject because an action was refused; `unwrap` does. */
export interface Settling extends Promise<Outcome> {
  /** The action when it is accepted. @throws RejectedError with the refusal's code and message */
  unwrap(): Promise<StampedAction>
}

/** Lets something go that was wanted. Calling it again does nothing. */
export type Release = () => void

/** Everything that `createSync` makes. */
export interface Sync<Models extends readonly AnyModel[] = readonly AnyModel[]> {
  readonly models: Models
  /** @example configureStore({ reducer: { ...sync.reducers, ui } }) */
  readonly reducers: SyncReducers<Models>
  /** Goes last: `middleware: (getDefault) => getDefault().concat(sync.middleware)`. */
  readonly middleware: SyncMiddleware
  /** The door that the middleware uses, for stores that have no middleware. One store for each sync. */
  bind(api: StoreApi): Route
  /** Begins to talk to the server, and to try again when the connection is lost. */
  connect(): void
  /** Stops that. Actions stay pending until the next `connect`. */
  disconnect(): void
  /**
   * What became of a dispatched action, when it is settled; offline that can take long.
   * @param action what was given to `dispatch`, what it returned, or the stamped action
   * @throws FoldbackError `not-dispatched`; `discarded`, `taken-over` when it will have no outcome here
   */
  settled(action: Action): Settling
  /**
   * Actions that were refused and that nobody has dealt with yet, oldest first; they outlive the page if the outbox
   * does. The same array until they change.
   */
  readonly rejected: readonly Rejection[]
  /**
   * Dispatches a refused action again, as a new one, which is returned; the refusal is dealt with. One that was dealt
   * with before is not dispatched.
   */
  retry(rejection: Rejection): Action
  /**
   * Dispatches `action` in the place of a refused one, or of one that is pending. A pending one that may have been sent
   * already is settled first, one way or the other.
   * @throws FoldbackError `too-late`, for one that is settled.
   */
  edit(instead: Rejection | Action, action: Action): void
  /**
   * Forgets a refusal, or gives a pending action up: one that was not sent yet is gone at once; one that may have been
   * sent stays pending until the server has answered whether it was in time, which `settled` tells.
   * @throws FoldbackError `too-late`, for an action that is settled; `not-dispatched`; `discarded`, `taken-over`
   */
  discard(what: Rejection | Action): void
  /**
   * Disconnects and shows nothing more of the user. Their pending actions are kept, and neither shown nor sent until
   * they sign in again; another user's `connect` does not touch them.
   */
  signOut(): Promise<void>
  /**
   * For programs that end: disconnects for good, resolves when all that is pending is written on the device, and lets
   * go of the outbox. What is dispatched afterwards is neither kept nor sent.
   */
  close(): Promise<void>
  /** Keeps a record, or without an id all records of an entity model, loaded and live in the store. */
  subscribe(model: Models[number], id?: string): Release
  /** The record as the store shows it: null when there is none, undefined while that is not known. */
  record<Model extends Models[number]>(
    model: Model,
    ...id: RecordIdOf<Model>
  ): RecordOf<Model> | null | undefined
  /** True when it is known which records there are: all of a model, or whether one exists. */
  isLoaded(model: Models[number], id?: string): boolean
  /** Actions that are not settled, oldest first, of a record or of a whole model. The same array until they change. */
  pending<Model extends Models[number]>(model?: Model, id?: string): readonly StampedActionOf<Model>[]
  readonly status: SyncStatus
  /** Calls back when `status`, `pending` or `isLoaded` may answer differently. */
  onChange(listener: () => void): Release
}

/**
 * Makes the client's half: reducers and a middleware for a Redux store, and the connection behind them.
 *
 * @example
 * export const sync = createSync({ url: 'ws://localhost:4000', models })
 * export const store = configureStore({
 *   reducer: { ...sync.reducers, ui: uiSlice.reducer },
 *   middleware: (getDefault) => getDefault().concat(sync.middleware),
 * })
 * sync.connect()
 * @throws FoldbackError `misconfigured`
 */
export function createSync<const Models extends readonly AnyModel[]>(
  options: SyncOptions<Models>,
): Sync<Models> {
  return new SyncClient(options)
}

class SyncClient<const Models extends readonly AnyModel[]> implements Sync<Models> {
  readonly models: Models
  readonly reducers: SyncReducers<Models>
  readonly #ports: ClientPorts
  readonly #replicas: Replicas
  readonly #session: ClientSession
  readonly #door: StoreDoor
  readonly #listeners = new Set<() => void>()
  readonly #pending = new Map<string, readonly StampedAction[]>()

  constructor(options: SyncOptions<Models>) {
    checkOptions(options, clientLimitsDefault)
    const { models, ports = browserPorts } = options
    this.models = models
    this.#ports = ports
    const development = options.development ?? isDevelopment()
    const help = developmentHelp(development, ports)
    this.#replicas = new Replicas(
      models,
      (thrown, action) =>
        ports.warn(
          `Foldback: a reducer threw on the recorded event ${action.type}: ${messageOf(thrown)}`,
          thrown,
        ),
      help,
    )
    this.#door = new StoreDoor({
      models,
      replicas: this.#replicas,
      ports,
      session: () => this.#session,
      isDevelopment: development !== false,
      isLocal: options.local ?? (() => false),
    })
    this.#session = new ClientSession({
      url: checkedUrl(options.url),
      replicas: this.#replicas,
      storage: options.outbox ?? memoryOutbox(),
      ports,
      limits: { ...clientLimitsDefault, ...options.limits },
      token: options.token,
      user: options.user ?? (() => undefined),
      dispatch: (action) => this.#guarded(() => this.#door.dispatch(action)),
      onDiverged: (divergence) => this.#guarded(() => options.onDiverged?.(divergence)),
      onModels: (versions) => this.#door.connected(versions),
      onChange: () => this.#changed(),
    })
    if (help !== undefined) this.onChange(() => help.look(this.#session))
    this.reducers = Object.fromEntries(
      models.map((model) => [
        model.name,
        (state: unknown, action: unknown) => this.#door.reduce(model, state, action),
      ]),
    ) as SyncReducers<Models>
  }

  readonly middleware: SyncMiddleware = (api: StoreApi) => {
    const route = this.bind(api)
    return (next) => (action) => route(action, next)
  }

  bind(api: StoreApi): Route {
    if (this.#door.isBound)
      throw new FoldbackError('misconfigured', 'a sync belongs to one store; make another for another store')
    return this.#door.bind(api)
  }

  connect(): void {
    this.#door.connecting()
    this.#session.connect()
  }

  disconnect(): void {
    this.#session.disconnect()
  }

  settled(action: Action): Settling {
    const entry = this.#entryOf(action)
    const outcome = entry === undefined ? Promise.reject(new FoldbackError('not-dispatched')) : entry.settled
    return Object.assign(outcome, { unwrap: () => outcome.then(unwrapped) })
  }

  #entryOf(action: Action): Entry | undefined {
    return this.#door.entryOf(action) ?? (isStamped(action) ? this.#session.entryOf(action) : undefined)
  }

  get rejected(): readonly Rejection[] {
    return this.#session.rejected
  }

  retry(rejection: Rejection): Action {
    checkRejection(rejection)
    const { meta, ...rest } = rejection.action
    const { foldback: _foldback, ...others } = meta
    const action = Object.keys(others).length === 0 ? rest : { ...rest, meta: others }
    this.edit(rejection, action)
    return action
  }

  edit(instead: Rejection | Action, action: Action): void {
    if (isRejection(instead)) return this.#insteadOf(instead, action)
    const entry = this.#unsettled(instead)
    this.#door.dispatchAnew(action)
    // It may have been merged into the very action that takes its place.
    if (entry.standing === entry) this.#session.discard(entry, this.#entryOf(action))
  }

  /** Once: who asks twice has clicked twice. */
  #insteadOf(rejection: Rejection, action: Action): void {
    if (!this.#session.dismiss(rejection)) return
    try {
      this.#door.dispatchAnew(action)
    } catch (thrown) {
      this.#session.reject(rejection)
      throw thrown
    }
  }

  discard(what: Rejection | Action): void {
    if (isRejection(what)) this.#session.dismiss(what)
    else this.#session.discard(this.#unsettled(what))
  }

  #unsettled(action: Action): Entry {
    const entry = this.#entryOf(action)?.standing
    if (entry === undefined) throw new FoldbackError('not-dispatched')
    if (entry.abandoned !== undefined) throw entry.abandoned
    if (entry.isGivenUp) throw new FoldbackError('discarded')
    if (entry.outcome !== undefined) throw new FoldbackError('too-late')
    return entry
  }

  signOut(): Promise<void> {
    return this.#session.signOut()
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  subscribe(model: Models[number], id?: string): Release {
    checkAsked(this.models, model, id, 'all')
    const { interests } = this.#session
    const own = this.#own(model)
    return own.kind === 'entity' && id === undefined
      ? interests.holdModel(own)
      : interests.holdRecord(refOf(own, id))
  }

  record<Model extends Models[number]>(model: Model, id?: string): RecordOf<Model> | null | undefined {
    checkAsked(this.models, model, id)
    const ref = refOf(this.#own(model), id)
    const record = recordIn(model, this.#replicas.stateOf(model.name), ref.id)
    return record ?? (this.#session.isLoaded(ref) ? null : undefined)
  }

  isLoaded(model: Models[number], id?: string): boolean {
    checkAsked(this.models, model, id, 'all')
    const own = this.#own(model)
    if (own.kind === 'entity' && id === undefined)
      return this.#session.interests.ofModel(own)?.isSynced ?? false
    return this.#session.isLoaded(refOf(own, id))
  }

  /** The one that was given to `createSync`, also for its twin, as of a module that was loaded again. */
  #own(model: AnyModel): AnyModel {
    return this.models.find(({ name }) => name === model.name) ?? model
  }

  pending<Model extends Models[number]>(model?: Model, id?: string): readonly StampedActionOf<Model>[]
  pending(model?: Models[number], id?: string): readonly StampedAction[] {
    if (model !== undefined) checkAsked(this.models, model, id, 'all')
    const key = model === undefined ? '' : id === undefined ? model.name : `${model.name}/${id}`
    const isWanted = (ref: LocalRef): boolean =>
      model === undefined ||
      (ref.model.name === model.name && (id === undefined || model.kind !== 'entity' || ref.id === id))
    const actions = this.#session.entries
      .filter(({ streams }) => model === undefined || streams.some(isWanted))
      .map(({ action }) => action)
    const before = this.#pending.get(key)
    if (before !== undefined && isSame(before, actions)) return before
    // An empty answer is not worth remembering by its key, of which there are as many as records.
    if (actions.length === 0) {
      this.#pending.delete(key)
      return nothing
    }
    this.#pending.set(key, actions)
    return actions
  }

  get status(): SyncStatus {
    return this.#session.status
  }

  onChange(listener: () => void): Release {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #changed(): void {
    for (const listener of this.#listeners) this.#guarded(listener)
  }

  /** What throws in the application must not keep the rest of what the server says from it. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (thrown) {
      this.#ports.warn(`Foldback: what was called about a change threw: ${messageOf(thrown)}`, thrown)
    }
  }
}

const nothing: readonly never[] = []

function unwrapped(outcome: Outcome): StampedAction {
  if (outcome.accepted) return outcome.action
  throw new RejectedError(outcome)
}

function isStamped(action: Action): action is StampedAction {
  return (action as Partial<StampedAction> | undefined)?.meta?.foldback !== undefined
}

function isRejection(what: Rejection | Action): what is Rejection {
  return Object(what) === what && 'code' in what && 'action' in what
}

/** One stream: of a shared or a user model there is one only on this client. */
function refOf(model: AnyModel, id: string | undefined): LocalRef {
  return { model, id: model.kind === 'entity' ? (id ?? '') : '' }
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((value, index) => value === after[index])
}

function checkedUrl(url: string): string {
  if (/^wss?:\/\/./.test(url)) return url
  throw new FoldbackError(
    'misconfigured',
    `url must begin with ws:// or wss://, and is ${JSON.stringify(url)}`,
  )
}

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Bundlers put the value in the place of the whole expression; where there is neither, nobody is developing. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}
