import { isCount, isListOf, isMapOf, isName, isObjectOf, isOptional, isText, readerOf } from './check.ts'

/** Client → server, first in every connection: who is speaking, with which models, and which lanes it holds. */
export interface Hello {
  readonly type: 'hello'
  readonly protocol: number
  /** The version of each model's code in this client, by model name. */
  readonly models: { readonly [model: string]: number }
  readonly lanes: readonly LaneClaim[]
  /** What `authenticate` is given, beside the headers of the upgrade request. */
  readonly token?: string
}

export interface LaneClaim {
  readonly lane: string
  /** The client knows the outcome of every action up to this n, so the server may forget its refusals. */
  readonly settled: number
}

export const readHello = readerOf<Hello>('hello', {
  protocol: isCount,
  models: isMapOf(isCount),
  lanes: isListOf(isObjectOf<LaneClaim>({ lane: isName, settled: isCount })),
  token: isOptional(isText),
})
