import { type Fields, isCount, isFields, isListOf, isName, isOptional, isText } from './check.ts'

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

export function readHello(fields: Fields): Hello | undefined {
  const { protocol, models, lanes, token } = fields
  if (!isCount(protocol) || !isFields(models) || !Object.values(models).every(isCount)) return undefined
  if (!isListOf(lanes, isLaneClaim) || !isOptional(token, isText)) return undefined
  return {
    type: 'hello',
    protocol,
    models: models as Hello['models'],
    lanes,
    ...(token !== undefined && { token }),
  }
}

function isLaneClaim(value: unknown): value is LaneClaim {
  return isFields(value) && isName(value['lane']) && isCount(value['settled'])
}
