import { isCount, isListOf, isName, isObjectOf, readerOf } from './check.ts'

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

export const readSettled = readerOf<Settled>('settled', {
  lane: isName,
  from: isCount,
  to: isCount,
  places: isListOf(isObjectOf<Place>({ model: isName, id: isName, version: isCount })),
})
