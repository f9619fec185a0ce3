import { checkStoreApi, type Development, developmentWith } from '#development'
import {
  type Action,
  type AnyModel,
  FoldbackError,
  isPlainObject,
  messageOf,
  type StampedAction,
  stampAction,
  versionsOf,
  type Welcome,
} from '@foldback/core'
import type { ClientSession } from './client-session.ts'
import type { Entry } from './entry.ts'
import {
  type FoldbackAction,
  isReceived,
  isRejected,
  type ReceivedAction,
  type RejectedAction,
} from './foldback-actions.ts'
import { isModelState, type ModelState, reduceAction, withRecords } from './model-state.ts'
import type { ClientPorts } from './ports.ts'
import type { Draft, Replicas } from './replicas.ts'

/** What a Redux store offers to whoever sits in its dispatch. */
export interface StoreApi {
  // oxlint-disable-next-line typescript/no-explicit-any -- the store's state is the application's
  getState(): any
  dispatch(action: Action): unknown
}

/** Handles one action on its way through the store; `next` is the way onward. Returns what `dispatch` returns. */
export type Route = (action: unknown, next: (action: unknown) => unknown) => unknown

/** By model: its state before and after an action. */
type Folded = Map<string, { readonly before: ModelState; readonly after: ModelState }>

/**
 * Where the Redux store and the replicas meet. Actions of synced models are stamped, folded and made pending on
 * their way through; what comes from the server is dispatched. The reducers are pure in (state, action): what was
 * folded already is used again only when the state before is the very same object.
 */
export class StoreDoor {
  readonly #models: readonly AnyModel[]
  readonly #replicas: Replicas
  readonly #ports: ClientPorts
  readonly #session: () => ClientSession
  readonly #development: Development | undefined
  readonly #isLocal: (action: Action) => boolean
  #api: StoreApi | undefined
  /** For actions on their way through the store: each model's state before and after. */
  readonly #folded = new WeakMap<object, Folded>()
  readonly #entryOf = new WeakMap<object, Entry>()
  /** A foreign state that putting right was tried on already. */
  readonly #unmended = new Map<string, ModelState>()
  /** What the store showed last, by model. */
  readonly #shown = new Map<string, ModelState>()

  constructor(parts: {
    models: readonly AnyModel[]
    replicas: Replicas
    ports: ClientPorts
    session: () => ClientSession
    isDevelopment: boolean
    isLocal: (action: Action) => boolean
  }) {
    this.#models = parts.models
    this.#replicas = parts.replicas
    this.#ports = parts.ports
    this.#session = parts.session
    this.#development = parts.isDevelopment ? developmentWith(parts.ports.warn) : undefined
    this.#isLocal = parts.isLocal
    for (const { name } of this.#models) this.#shown.set(name, this.#replicas.stateOf(name))
  }

  get isBound(): boolean {
    return this.#api !== undefined
  }

  bind(api: StoreApi): Route {
    checkStoreApi(api)
    this.#api = api
    return (action, next) => this.#route(action, next)
  }

  /** The server is about to be spoken to. @throws FoldbackError `not-bound` */
  connecting(): void {
    if (this.#api === undefined) throw new FoldbackError('not-bound')
    this.#development?.connecting(this.#models, this.#api.getState())
  }

  /** The server has told the versions of its models. */
  connected(models: Welcome['models']): void {
    this.#development?.connected(this.#models, models)
  }

  entryOf(action: object): Entry | undefined {
    return this.#entryOf.get(action)
  }

  /** The reducer of one model's state in the store. */
  reduce(model: AnyModel, given: ModelState, action: unknown): ModelState {
    const initial = this.#replicas.initialStateOf(model.name)
    const state = given === undefined ? initial : given
    if (isActionOf(model, action)) this.#development?.reduced(action, this.isBound)
    const folded = isPlainObject(action) ? this.#folded.get(action)?.get(model.name) : undefined
    if (folded !== undefined && folded.before === state) return folded.after
    const sound = isModelState(model, state) ? state : initial
    if (isReceived(action) || isRejected(action)) return reduceReceived(model, sound, action)
    return isActionOf(model, action) ? reduceAction(model, sound, action) : sound
  }

  /** Dispatches an action as the application does. */
  dispatchAnew(action: Action): void {
    if (this.#api === undefined) throw new FoldbackError('not-bound')
    this.#api.dispatch(action)
  }

  /** Lets the store show what came from the server. */
  dispatch(action: FoldbackAction): void {
    this.#remember(action)
    this.#api?.dispatch(action)
  }

  #route(action: unknown, next: (action: unknown) => unknown): unknown {
    const isSynced = this.#models.some((model) => isActionOf(model, action))
    const result = isSynced ? this.#dispatchSynced(action as Action, next) : next(action)
    this.#development?.dispatched(action, this.#models, (model) => this.#replicas.stateOf(model))
    const isMending = isReceived(action) && action.payload.models !== undefined
    if (!isMending) this.#mend()
    return result
  }

  #dispatchSynced(action: Action, next: (action: unknown) => unknown): unknown {
    const session = this.#session()
    const versions = versionsOf(this.#models, action.type)
    const foldback = {
      id: this.#ports.random.id(),
      at: session.now(),
      actor: session.actor,
      ...(versions && { versions }),
    }
    const made = stampAction(toJson(action), foldback)
    const streams = this.#replicas.streamsOf(made, session.actor)
    // No model finds a stream in it: it is for this device only.
    if (streams.length === 0) {
      this.#development?.stray(action)
      return next(action)
    }
    const isLocal = this.#isLocal(action)
    const merged = isLocal ? undefined : session.mergesWith(made, streams)
    const stamped =
      merged === undefined ? made : stampAction(made, { ...foldback, merged: mergedCount(merged) })
    const draft = this.#replicas.draft(stamped, session.actor, merged?.id)!
    if (isLocal) return this.#dispatchLocal(stamped, draft, action, next)
    const rootBefore: unknown = this.#api!.getState()
    const entry = session.add(stamped, draft, merged)
    this.#entryOf.set(action, entry)
    this.#entryOf.set(stamped, entry)
    const folded = this.#remember(stamped)
    try {
      next(stamped)
    } catch (thrown) {
      if (!this.#isTaken(rootBefore)) this.#undo(folded, () => session.undo(entry, merged))
      else if (merged !== undefined) session.merged(merged, entry)
      throw thrown
    }
    this.#development?.passedOn(stamped, this.#models, this.#api!.getState())
    if (merged !== undefined) session.merged(merged, entry)
    return action
  }

  #dispatchLocal(
    stamped: StampedAction,
    draft: Draft,
    action: Action,
    next: (action: unknown) => unknown,
  ): unknown {
    const rootBefore: unknown = this.#api!.getState()
    const undo = this.#session().addLocal(stamped, draft)
    const folded = this.#remember(stamped)
    try {
      next(stamped)
    } catch (thrown) {
      if (!this.#isTaken(rootBefore)) this.#undo(folded, undo)
      throw thrown
    }
    return action
  }

  /** Of an action on which something threw: a subscriber, and everything has changed; or another slice's reducer. */
  #isTaken(rootBefore: unknown): boolean {
    return this.#api!.getState() !== rootBefore && this.#isShown()
  }

  #undo(folded: Folded, undo: () => void): void {
    undo()
    for (const [name, { before }] of folded) {
      this.#replicas.restore(name, before)
      this.#shown.set(name, before)
    }
  }

  /** Notes what the models' states become with this action, so that the reducers need not fold again. */
  #remember(action: object): Folded {
    const folded: Folded = new Map()
    for (const { name } of this.#models) {
      const before = this.#shown.get(name)
      const after = this.#replicas.stateOf(name)
      if (before === after) continue
      folded.set(name, { before, after })
      this.#shown.set(name, after)
    }
    this.#folded.set(action, folded)
    return folded
  }

  #isShown(): boolean {
    const state: unknown = this.#api!.getState()
    return (
      isPlainObject(state) && this.#models.every(({ name }) => state[name] === this.#replicas.stateOf(name))
    )
  }

  /** `state[model]` belongs to sync: what something else has written there is replaced. */
  #mend(): void {
    const state: unknown = this.#api!.getState()
    if (!isPlainObject(state)) return
    const models: { [model: string]: ModelState } = {}
    for (const { name } of this.#models) {
      const foreign = state[name]
      const own = this.#replicas.stateOf(name)
      if (foreign === own) this.#unmended.delete(name)
      else if (!this.#unmended.has(name) || this.#unmended.get(name) !== foreign) {
        this.#unmended.set(name, foreign)
        models[name] = own
      }
    }
    if (Object.keys(models).length === 0) return
    this.#development?.overwritten(
      this.#models.filter(({ name }) => Object.hasOwn(models, name)),
      state,
    )
    this.dispatch({ type: 'foldback/received', payload: { events: [], records: [], models } })
  }
}

/** How many actions the one that takes the place of this one stands for. */
function mergedCount({ action }: Entry): number {
  return (action.meta.foldback.merged ?? 1) + 1
}

function isActionOf(model: AnyModel, action: unknown): action is Action {
  return isPlainObject(action) && typeof action['type'] === 'string' && model.types.has(action['type'])
}

function reduceReceived(
  model: AnyModel,
  state: ModelState,
  action: ReceivedAction | RejectedAction,
): ModelState {
  const { payload } = action
  const models = 'models' in payload ? payload.models : undefined
  const base = models !== undefined && Object.hasOwn(models, model.name) ? models[model.name] : state
  return withRecords(
    model,
    base,
    payload.records.filter((record) => record.model === model.name),
  )
}

/** The form that travels, so that what is folded here is what is folded there. */
function toJson(action: Action): Action {
  try {
    return JSON.parse(JSON.stringify(action)) as Action
  } catch (cause) {
    throw new FoldbackError('action-not-json', messageOf(cause), { cause, action })
  }
}
