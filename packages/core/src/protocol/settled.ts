import { type Fields, isCount, isFields, isListOf, isName } from './check.ts'

/**
 * Server → client: actions `from` to `to` of a lane are accepted as they were sent, and durable.
 *
 * `places` has each stream that the action `from` is recorded in, with its version there; each further action of
 * the range has the next version in the same streams. It is empty when the server only knows that they were
 * accepted before: then their places come with the streams themselves.
 */
export interface Settled {
  readonly type: 'settled'
  readonly lane: string
  readonly from: number
  readonly to: number
  readonly places: readonly Place[]
}

export interface Place {
  readonly model: string
  readonly id: string
  readonly version: number
}

export function readSettled(fields: Fields): Settled | undefined {
  const { lane, from, to, places } = fields
  if (!isName(lane) || !isCount(from) || !isCount(to) || !isListOf(places, isPlace)) return undefined
  return { type: 'settled', lane, from, to, places }
}

function isPlace(value: unknown): value is Place {
  return isFields(value) && isName(value['model']) && isName(value['id']) && isCount(value['version'])
}
