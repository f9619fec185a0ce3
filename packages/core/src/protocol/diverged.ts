import { type Fields, isCount, isName } from './check.ts'

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

export function readDiverged(fields: Fields): Diverged | undefined {
  const { model, id, version, hash, modelVersion } = fields
  if (!isName(model) || !isName(id) || !isCount(version) || !isName(hash) || !isCount(modelVersion))
    return undefined
  return { type: 'diverged', model, id, version, hash, modelVersion }
}
