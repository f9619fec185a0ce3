import {
  type Action,
  type AnyModel,
  FoldbackError,
  isPlainObject,
  type StampedAction,
  type Welcome,
} from '@foldback/core'
import { isReceived, isRejected } from './foldback-actions.ts'
import type { ModelState } from './model-state.ts'
import type { ClientPorts } from './ports.ts'
import { UnheardActions } from './unheard-actions.ts'

/** Names in the console what a developer has probably not meant. */
export class Development {
  readonly #warn: ClientPorts['warn']
  readonly #unheard: UnheardActions
  /** Types of actions that were for no record, named once each. */
  readonly #strays = new Set<string>()
  /** Actions that have come to a model's reducer. */
  readonly #reduced = new WeakSet<object>()
  /** The last action was lost on its way to them. */
  #isLost = false
  /** What was said and is not to be said again. */
  readonly #said = new Set<string>()

  constructor(warn: ClientPorts['warn']) {
    this.#warn = warn
    this.#unheard = new UnheardActions(warn)
  }

  /** No model finds a stream in an action of its own. */
  stray({ type }: Action): void {
    if (this.#strays.has(type)) return
    this.#strays.add(type)
    this.#warn(
      `Foldback: no streamId finds an id in an action ${type}, so it is not sent and stays on this device. ` +
        'If it is for a record, look at its payload.',
    )
  }

  /** An action has gone through the store. */
  dispatched(action: unknown, models: readonly AnyModel[], stateOf: (model: string) => ModelState): void {
    if (isReceived(action) || isRejected(action)) return
    for (const model of models) this.#unheard.look(model, stateOf(model.name), action)
  }

  /** A model's reducer is asked for the state after an action of that model. */
  reduced(action: object, isBound: boolean): void {
    this.#reduced.add(action)
    if (!isBound) this.#warnOnce(`Foldback: ${new FoldbackError('not-bound').message}`)
  }

  /** The rest of the middleware, and the reducers, have had this action. */
  passedOn(action: StampedAction, models: readonly AnyModel[], root: unknown): void {
    this.#isLost = !this.#reduced.has(action) && missingIn(root, models).length === 0
    if (!this.#isLost) return
    this.#warnOnce(
      `Foldback: an action ${action.type} did not come to sync.reducers as sync.middleware had handed it on. ` +
        'Make sync.middleware the last, as in getDefault().concat(sync.middleware), and let no reducer but this ' +
        "sync's have the name of a model.",
    )
  }

  /** The store is about to be connected. */
  connecting(models: readonly AnyModel[], root: unknown): void {
    this.#lookForMissing(root, models)
  }

  /** The states of these models are not what sync has made. */
  overwritten(models: readonly AnyModel[], root: unknown): void {
    this.#lookForMissing(root, models)
    const missing = missingIn(root, models)
    const names = models.flatMap((model) => (missing.includes(model) ? [] : [model.name]))
    // Then something else is the cause, and was named.
    const isNamed = this.#isLost
    this.#isLost = false
    if (isNamed || names.length === 0) return
    this.#warn(
      `Foldback: something else wrote to state.${names.join(', state.')} (a reset or a rehydration of the root state, ` +
        'a jump in DevTools, or another reducer of the same name). These slices belong to sync, and are replaced.',
    )
  }

  #lookForMissing(root: unknown, models: readonly AnyModel[]): void {
    const names = missingIn(root, models).map(({ name }) => name)
    if (names.length === 0) return
    this.#warnOnce(
      `Foldback: there is no state.${names.join(', no state.')} in the store. ` +
        'Spread sync.reducers into its reducer: { ...sync.reducers, ui: uiSlice.reducer }.',
    )
  }

  /** The server has told the versions of its models. */
  connected(models: readonly AnyModel[], server: Welcome['models']): void {
    for (const { name, version } of models) {
      if (!Object.hasOwn(server, name))
        this.#warnOnce(
          `Foldback: the server has no model ${name}, so its actions wait and its records do not come. ` +
            'Give createServer the same models as createSync, and start it again.',
        )
      else if (server[name] !== version)
        this.#warnOnce(
          `Foldback: the model ${name} has version ${version} here and ${server[name]} in the server, ` +
            'which sends whole records instead of events until both have the same.',
        )
    }
  }

  #warnOnce(sentence: string): void {
    if (this.#said.has(sentence)) return
    this.#said.add(sentence)
    this.#warn(sentence)
  }
}

/** The models of which the store has no state. */
function missingIn(root: unknown, models: readonly AnyModel[]): readonly AnyModel[] {
  return isPlainObject(root) ? models.filter(({ name }) => root[name] === undefined) : []
}

export function developmentWith(warn: ClientPorts['warn']): Development | undefined {
  return new Development(warn)
}

export { checkAsked, checkOptions, checkRejection, checkStoreApi } from './option-checks.ts'
