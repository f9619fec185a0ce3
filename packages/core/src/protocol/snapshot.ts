import type { RecordState } from '../fold.ts'
import { isCount, isMapOf, isName, isText, isThere, readerOf } from './check.ts'

/**
 * Server → client: a record as it is confirmed at a version. `state` is null when there is no record.
 *
 * `marks` says, for each lane of the session, up to which n its actions are settled in this state; read in the same
 * moment as the state. It replaces whatever the client had confirmed.
 */
export interface Snapshot {
  readonly type: 'snapshot'
  readonly model: string
  readonly id: string
  readonly version: number
  /** The id of the event with that version; empty at version 0. */
  readonly eventId: string
  readonly state: RecordState
  readonly marks: { readonly [lane: string]: number }
}

export const readSnapshot = readerOf<Snapshot>('snapshot', {
  model: isName,
  id: isName,
  version: isCount,
  eventId: isText,
  state: isThere,
  marks: isMapOf(isCount),
})
