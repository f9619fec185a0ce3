import type { Action } from '../action.ts'
import { initialActionType } from '../fold.ts'
import type { AnyModel } from '../model.ts'
import { Glimpse } from './glimpse.ts'
import { GlobalsWatch } from './globals-watch.ts'
import type { ImpureKind, ImpureUse } from './impure-uses.ts'
import { type PurityLimits, purityLimits } from './purity-limits.ts'

export interface PurityParts {
  /** What reducers see around them: `globalThis`. */
  readonly globals: object
  /** Hears a sentence for the developer, with the action that showed it. */
  readonly warn: (sentence: string, model: AnyModel, action: Action) => void
  readonly limits?: Partial<PurityLimits>
}

/**
 * In development: names reducers that use something else than their state and their action, or that write to these.
 * Each is named once for each model, action type and thing used. What a reducer gives or throws does not change.
 */
export class PurityCheck {
  readonly #parts: PurityParts
  readonly #limits: PurityLimits
  readonly #watch: GlobalsWatch
  readonly #watched = new WeakMap<AnyModel, AnyModel>()
  /** What was said already. */
  readonly #known = new Set<string>()

  /** @throws FoldbackError `misconfigured`, for limits that are none. */
  constructor(parts: PurityParts) {
    this.#parts = parts
    this.#limits = purityLimits(parts.limits)
    this.#watch = new GlobalsWatch(parts.globals)
  }

  /** The model, with a reducer that is watched. */
  watched(model: AnyModel): AnyModel {
    const known = this.#watched.get(model)
    if (known !== undefined) return known
    const watched = {
      ...model,
      reducer: (state: unknown, action: Action): unknown => this.#reduce(model, state, action),
    }
    this.#watched.set(model, watched)
    return watched
  }

  #reduce(model: AnyModel, state: unknown, action: Action): unknown {
    const { comparedValuesMax } = this.#limits
    const inputs = [
      new Glimpse(state, 'state', comparedValuesMax),
      new Glimpse(action, 'action', comparedValuesMax),
    ]
    const uses: ImpureUse[] = []
    try {
      return this.#watch.during<unknown>(
        () => model.reducer(state, action),
        (use) => void uses.push(use),
      )
    } finally {
      for (const { kind, name } of uses)
        this.#tell(model, action, name, `${verbs[kind]} (${name})`, advice[kind])
      for (const input of inputs) {
        const path = input.findChange()
        // One sentence for all of a state: its paths are as many as its records are large.
        if (path !== undefined)
          this.#tell(model, action, path.split(/[.[]/)[0]!, `writes to ${path}`, writeAdvice)
      }
    }
  }

  #tell(model: AnyModel, action: Action, what: string, deed: string, next: string): void {
    const key = `${model.name} ${action.type} ${what}`
    if (this.#known.has(key)) return
    this.#known.add(key)
    const occasion = action.type === initialActionType ? 'in its initial state' : `on ${action.type}`
    const sentence = `Foldback: the reducer of ${model.name} ${deed} ${occasion}. ${next}`
    this.#parts.warn(sentence, model, action)
  }
}

const verbs: { readonly [Kind in ImpureKind]: string } = {
  clock: 'reads the clock',
  chance: 'uses chance',
  network: 'uses the network',
  storage: 'uses the storage of the device',
  locale: 'uses the locale of the device',
  zone: 'uses the time zone of the device',
  timer: 'runs something later',
}

const differs = 'It is run on every device and again later, and would give another state each time'

const advice: { readonly [Kind in ImpureKind]: string } = {
  clock: `${differs}: use action.meta.foldback.at, or put the time into the payload with \`prepare\`.`,
  chance: `${differs}: put what was chosen into the payload with \`prepare\`.`,
  network: `${differs}: ask in a thunk before you dispatch, and put the answer into the payload.`,
  storage: `${differs}: read it in a thunk or in \`prepare\` and put it into the payload, and write it in a listener.`,
  locale: `${differs}: compare strings with < and >, and format where something is shown.`,
  zone: `${differs}: use UTC (getUTCHours, toISOString), or put local values into the payload with \`prepare\`.`,
  timer: 'It is run on every device and again later, each time with that: do it in a thunk or a listener.',
}

const writeAdvice =
  'States and actions are kept and folded again, so the change shows where nothing has happened: return a new ' +
  'object, or make the slice with createSlice, whose reducers may write to the draft they get.'
