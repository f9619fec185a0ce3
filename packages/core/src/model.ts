import { checkModel, checkModels } from '#model-checks'
import type { Action, StampedAction } from './action.ts'
import type { StandardSchema } from './standard-schema.ts'

/**
 * How a model's actions find their stream. *shared*: one stream for everybody. *user*: one for each user.
 * *entity*: one for each id that `streamId` finds in the action.
 */
export type ModelKind = 'shared' | 'user' | 'entity'

/** The stream of a shared model. */
export const sharedStream = 'shared'

/** Action creators by their short names, as a Redux Toolkit slice or an NgRx action group has them. */
export type ActionCreators = {
  // oxlint-disable-next-line typescript/no-explicit-any -- creators take any arguments; `unknown` would admit none
  readonly [name: string]: ((...args: any[]) => Action) & { readonly type: string }
}

/** What a model is made of: a Redux Toolkit slice fits, and so does anything else of this shape. */
export interface SliceLike<Name extends string, State, Creators extends ActionCreators> {
  readonly name: Name
  readonly reducer: (state: State | undefined, action: { type: string }) => State
  readonly actions: Creators
}

/** Every action that the creators can make. */
export type ActionOf<Creators extends ActionCreators> = ReturnType<Creators[keyof Creators]>

/**
 * Brings an action that was written under version `from` of a model, older than today's, up to date: another type,
 * another payload, or the action as it is. Pure, and one action for one. It keeps `meta.foldback`, whatever comes back.
 */
export type Upcast = (action: WrittenAction, from: number) => Action

/** An action of an older version: no type says any more what was in it. */
export interface WrittenAction extends Action {
  // oxlint-disable-next-line typescript/no-explicit-any -- `unknown` would make every upcast a cast
  readonly payload?: any
  readonly meta: StampedAction['meta']
}

interface CommonOptions<Creators extends ActionCreators> {
  /** Raise it when the reducer's behaviour changes. @default 1 */
  readonly version?: number
  /**
   * Sees the actions that were written under an older version: those that still come, be their type one that no model
   * handles any more, and the events of this model. @default none: they are taken as they are
   */
  readonly upcast?: Upcast
  /** Payload schemas by action name, from any Standard Schema library. Checked by the server. */
  readonly schemas?: { readonly [Name in keyof Creators]?: StandardSchema }
  /**
   * Actions that overwrite what an earlier one of the same key wrote, such as each keystroke in a field: by action
   * name, what it overwrites. While it has not been sent, the last one takes the place of those before it. Actions
   * that are named here must not depend on each other when their keys differ; undefined: this one is not merged.
   * @example coalesce: { customerTyped: () => 'customer', noteTyped: ({ payload }) => payload.lineId }
   */
  readonly coalesce?: {
    readonly [Name in keyof Creators]?: (action: ReturnType<Creators[Name]>) => string | undefined
  }
}

export interface SharedOptions<Creators extends ActionCreators> extends CommonOptions<Creators> {
  readonly stream?: 'shared'
}

export interface UserOptions<Creators extends ActionCreators> extends CommonOptions<Creators> {
  readonly stream: 'user'
}

/** The stream or streams an action is for; undefined means "not mine". */
export type StreamIds = string | readonly string[] | undefined

export interface EntityOptions<Creators extends ActionCreators> extends CommonOptions<Creators> {
  readonly streamId: (action: ActionOf<Creators>) => StreamIds
  /** The actions that may act on a missing record. When given, the others are refused as `no-such-record`. */
  readonly creates?: readonly (keyof Creators & string)[]
}

interface ModelBase<Name extends string, State, Record, Handled extends Action> {
  readonly name: Name
  readonly version: number
  readonly upcast: Upcast | undefined
  readonly reducer: (state: State | undefined, action: Action) => State
  /** Action types this model handles; no others reach its reducer. */
  readonly types: ReadonlySet<string>
  /** Payload schemas by action type. */
  readonly schemas: ReadonlyMap<string, StandardSchema>
  /** Action types that may act on a missing record; undefined: all. */
  readonly createsTypes: ReadonlySet<string> | undefined
  /** By action type, what an action overwrites. */
  readonly mergeKeys: ReadonlyMap<string, (action: Action) => string | undefined>
  /** Only for the type checker: the record as an application sees it. */
  readonly __record?: Record
  /** Only for the type checker: the actions it handles. */
  readonly __action?: Handled
}

export interface SharedModel<
  Name extends string = string,
  State = unknown,
  Handled extends Action = Action,
> extends ModelBase<Name, State, State, Handled> {
  readonly kind: 'shared'
}

export interface UserModel<
  Name extends string = string,
  State = unknown,
  Handled extends Action = Action,
> extends ModelBase<Name, State, State, Handled> {
  readonly kind: 'user'
}

export interface EntityModel<
  Name extends string = string,
  State = unknown,
  Handled extends Action = Action,
> extends ModelBase<Name, State, NonNullable<State>, Handled> {
  readonly kind: 'entity'
  readonly streamId: (action: Action) => StreamIds
}

/** Any model at all. */
// oxlint-disable-next-line typescript/no-explicit-any -- reducers are contravariant in State; only `any` takes all
export type AnyModel = SharedModel<string, any> | UserModel<string, any> | EntityModel<string, any>

/** What an application calls a record of this model: the state without "missing". */
export type RecordOf<Model extends AnyModel> = NonNullable<Model['__record']>

/** An action of this model as it is folded, sent and kept; which one it is follows from its `type`. */
export type StampedActionOf<Model extends AnyModel> = StampedAs<NonNullable<Model['__action']>>

type StampedAs<Handled extends Action> = [Action] extends [Handled]
  ? StampedAction
  : Handled & Pick<StampedAction, 'meta'>

/** The model of that name among these. */
export type ModelNamed<Models extends readonly AnyModel[], Name extends Models[number]['name']> = Extract<
  Models[number],
  { readonly name: Name }
>

/**
 * Makes a model of a slice.
 *
 * @example one record for each id
 * export const salesOrders = defineModel(salesOrderSlice, { streamId: (action) => action.payload.id, creates: ['created'] })
 * @example one record that everybody shares
 * export const board = defineModel(boardSlice)
 * @example one record for each user
 * export const settings = defineModel(settingsSlice, { stream: 'user' })
 * @throws FoldbackError `misconfigured`, when a name or an option cannot be used.
 */
export function defineModel<Name extends string, State, Creators extends ActionCreators>(
  slice: SliceLike<Name, State, Creators>,
  options: EntityOptions<Creators>,
): EntityModel<Name, State, ActionOf<Creators>>
export function defineModel<Name extends string, State, Creators extends ActionCreators>(
  slice: SliceLike<Name, State, Creators>,
  options: UserOptions<Creators>,
): UserModel<Name, State, ActionOf<Creators>>
export function defineModel<Name extends string, State, Creators extends ActionCreators>(
  slice: SliceLike<Name, State, Creators>,
  options?: SharedOptions<Creators>,
): SharedModel<Name, State, ActionOf<Creators>>
export function defineModel<Name extends string, State, Creators extends ActionCreators>(
  slice: SliceLike<Name, State, Creators>,
  options: SharedOptions<Creators> | UserOptions<Creators> | EntityOptions<Creators> = {},
): AnyModel {
  checkModel(slice, options)
  const base = {
    name: slice.name,
    version: options.version ?? 1,
    upcast: options.upcast,
    reducer: slice.reducer,
    types: new Set(Object.values(slice.actions).map((creator) => creator.type)),
    schemas: schemasOf(slice, options),
    createsTypes: createsOf(slice, options),
    mergeKeys: mergeKeysOf(slice, options),
  }
  if ('streamId' in options && options.streamId !== undefined) {
    return { ...base, kind: 'entity', streamId: options.streamId as (action: Action) => StreamIds }
  }
  return { ...base, kind: 'stream' in options ? (options.stream ?? 'shared') : 'shared' }
}

interface Named {
  readonly name: string
  readonly actions: ActionCreators
}

type AnyOptions = Omit<CommonOptions<ActionCreators>, 'coalesce'> & {
  readonly creates?: readonly string[]
  readonly coalesce?: object
}

function schemasOf(slice: Named, options: AnyOptions): Map<string, StandardSchema> {
  const schemas = Object.entries(options.schemas ?? {}) as [string, StandardSchema | undefined][]
  return new Map(
    schemas.flatMap(([name, schema]) => (schema === undefined ? [] : [[typeNamed(slice, name), schema]])),
  )
}

type MergeKey = (action: Action) => string | undefined

function mergeKeysOf(slice: Named, options: AnyOptions): Map<string, MergeKey> {
  const keys = Object.entries((options.coalesce ?? {}) as { [name: string]: MergeKey })
  return new Map(keys.map(([name, key]) => [typeNamed(slice, name), key]))
}

/** What an action overwrites of a model's record; undefined when it is not to be merged. */
export function mergeKeyOf(model: AnyModel, action: Action): string | undefined {
  return model.mergeKeys.get(action.type)?.(action)
}

function createsOf(slice: Named, options: AnyOptions): Set<string> | undefined {
  return options.creates && new Set(options.creates.map((name) => typeNamed(slice, name)))
}

function typeNamed(slice: Named, name: string): string {
  return slice.actions[name]!.type
}

/** Models by name, checked to be different from each other. */
export function modelsByName(models: readonly AnyModel[]): ReadonlyMap<string, AnyModel> {
  checkModels(models)
  return new Map(models.map((model) => [model.name, model]))
}
