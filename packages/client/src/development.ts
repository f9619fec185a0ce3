import { type Action, type AnyModel, FoldbackError } from '@foldback/core'
import type { SyncOptions } from './create-sync.ts'
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

  /** The states of these models are not what sync has made. */
  overwritten(models: readonly string[]): void {
    this.#warn(
      `Foldback: something else wrote to state.${models.join(', state.')} (a reset or a rehydration of the root state, ` +
        'a jump in DevTools, or sync.reducers is not spread into the root reducer). These slices belong to sync, ' +
        'and are replaced.',
    )
  }
}

export function developmentWith(warn: ClientPorts['warn']): Development | undefined {
  return new Development(warn)
}

const optionNames: { readonly [Name in keyof Required<SyncOptions<readonly AnyModel[]>>]: true } = {
  url: true,
  models: true,
  outbox: true,
  local: true,
  token: true,
  user: true,
  limits: true,
  onDiverged: true,
  ports: true,
  development: true,
}

/** @throws FoldbackError `misconfigured` */
export function checkOptionNames(options: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name))
  if (unknown !== undefined) throw new FoldbackError('misconfigured', `createSync has no option ${unknown}`)
}
