import { isBoolean, isCount, isName, isText, readerOf } from './check.ts'

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
}

export const readRejected = readerOf<Rejected>('rejected', {
  lane: isName,
  n: isCount,
  final: isBoolean,
  code: isText,
  message: isText,
})
