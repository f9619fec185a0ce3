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

/** The stream or streams an action is for; undefined means "not mine". */
export type StreamIds = string | readonly string[] | undefined

/** Finds the stream in an action. */
export type StreamIdOf<Creators extends ActionCreators> = (action: ActionOf<Creators>) => StreamIds

/** For one record for each id. */
export interface EntityOptions<
  Creators extends ActionCreators,
  StreamId extends StreamIdOf<Creators> | undefined = StreamIdOf<Creators>,
> extends CommonOptions<Creators> {
  readonly streamId: StreamId
  /** The actions that may act on a missing record. When given, the others are refused as `no-such-record`. */
  readonly creates?: readonly (keyof Creators & string)[]
  readonly stream?: undefined
}

/** For one record that everybody shares, or one for each user. */
export interface SingleOptions<
  Creators extends ActionCreators,
  Stream extends 'shared' | 'user' | undefined = 'shared' | 'user' | undefined,
> extends CommonOptions<Creators> {
  /** @default 'shared' */
  readonly stream?: Stream
  readonly streamId?: undefined
  readonly creates?: undefined
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

/** What names a record of this model, as the rest of a function's parameters: an id, where there is one for each. */
export type RecordIdOf<Model extends AnyModel> = Model extends { readonly kind: 'entity' } ? [id: string] : []

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

/** True for a slice that says by `null` that there is no record; not for one of which nothing is known. */
type CanBeMissing<State> = unknown extends State ? false : null extends State ? true : false

/** What the type checker says of a slice whose records come and go, and nothing tells them apart. */
type SliceFit<State> =
  CanBeMissing<State> extends true
    ? "The state of this slice can be null. Give streamId, for one record for each id, or else stream: 'shared'."
    : unknown

/** The same of its options. */
type OptionsFit<State> = CanBeMissing<State> extends true ? { readonly stream: 'shared' | 'user' } : unknown

/** What `defineModel` makes of these options. */
type ModelOf<Name extends string, State, Creators extends ActionCreators, StreamId, Stream> = {
  entity: EntityModel<Name, State, ActionOf<Creators>>
  shared: SharedModel<Name, State, ActionOf<Creators>>
  user: UserModel<Name, State, ActionOf<Creators>>
}[KindOf<State, StreamId, Stream>]

type KindOf<State, StreamId, Stream> = undefined extends StreamId
  ? Stream extends 'shared' | 'user'
    ? Stream
    : CanBeMissing<State> extends true
      ? 'entity'
      : 'shared'
  : 'entity'

/*
 * One signature for all options: with one for each kind of model, TypeScript tells what the last of them lacks, instead
 * of what is wrong.
 */

/**
 * Makes a model of a slice.
 *
 * @example one record for each id
 * export const salesOrders = defineModel(salesOrderSlice, { streamId: (action) => action.payload.id, creates: ['created'] })
 * @example one record that everybody shares
 * export const board = defineModel(boardSlice)
 * @example one record for each user
 * export const settings = defineModel(settingsSlice, { stream: 'user' })
 * A slice that begins as null says by it that there is no record; of such a one, say how its records are told apart.
 * @throws FoldbackError `misconfigured`, when a name or an option cannot be used.
 */
export function defineModel<Name extends string, State, Creators extends ActionCreators>(
  slice: SliceLike<Name, State, Creators> & SliceFit<State>,
): SharedModel<Name, State, ActionOf<Creators>>
export function defineModel<
  Name extends string,
  State,
  Creators extends ActionCreators,
  StreamId extends StreamIdOf<Creators> | undefined,
  Stream extends 'shared' | 'user' | undefined = undefined,
>(
  slice: SliceLike<Name, State, Creators>,
  options: EntityOptions<Creators, StreamId> | (SingleOptions<Creators, Stream> & OptionsFit<State>),
): ModelOf<Name, State, Creators, StreamId, Stream>
export function defineModel<Name extends string, State, Creators extends ActionCreators>(
  slice: SliceLike<Name, State, Creators>,
  options: EntityOptions<Creators> | SingleOptions<Creators> = {},
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
  if (options.streamId !== undefined) {
    return { ...base, kind: 'entity', streamId: options.streamId as (action: Action) => StreamIds }
  }
  return { ...base, kind: options.stream ?? 'shared' }
}

interface Named {
  readonly name: string
  readonly actions: ActionCreators
}

type AnyOptions = Omit<CommonOptions<ActionCreators>, 'coalesce'> & {
  readonly creates?: readonly string[] | undefined
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
