import { isBoolean, isCount, isName, isOptional, isText, readerOf } from './check.ts'

/**
 * Server → client: action `n` of a lane was not accepted. When `final`, it uses up its number and those behind it
 * stand. When not, nothing from `n` on has happened, and the client sends from `n` again later.
 */
export interface Rejected {
  readonly type: 'rejected'
  readonly lane: string
  readonly n: number
  readonly final: boolean
  readonly code: string
  readonly message: string
  /** Milliseconds before which it is not worth sending from `n` again, where the server knows. */
  readonly retryAfterMs?: number
}

export const readRejected = readerOf<Rejected>('rejected', {
  lane: isName,
  n: isCount,
  final: isBoolean,
  code: isText,
  message: isText,
  retryAfterMs: isOptional(isCount),
})
