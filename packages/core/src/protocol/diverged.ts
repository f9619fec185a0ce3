import { isCount, isName, readerOf } from './check.ts'

/**
 * Server → client: what a `check` said is not what is committed at that version of the record. A snapshot of the record
 * follows.
 */
export interface Diverged {
  readonly type: 'diverged'
  readonly model: string
  readonly id: string
  readonly version: number
  /** The `stateHash` of the committed state. */
  readonly hash: string
  /** The version of the model's code in this server. */
  readonly modelVersion: number
}

export const readDiverged = readerOf<Diverged>('diverged', {
  model: isName,
  id: isName,
  version: isCount,
  hash: isName,
  modelVersion: isCount,
})
