import { stateHash } from '@foldback/core'
import type { HeadState } from './head.ts'

const hashes = new WeakMap<HeadState, string>()

/** The hash of a record at a version: made once however many ask, and forgotten with the head. */
export function headHash(head: HeadState): string {
  let hash = hashes.get(head)
  if (hash === undefined) hashes.set(head, (hash = stateHash(head.state)))
  return hash
}
