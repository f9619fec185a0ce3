import { type Fields, isCount, isName, isText } from './check.ts'

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

export function readRejected(fields: Fields): Rejected | undefined {
  const { lane, n, final, code, message } = fields
  if (!isName(lane) || !isCount(n) || typeof final !== 'boolean' || !isText(code) || !isText(message))
    return undefined
  return { type: 'rejected', lane, n, final, code, message }
}
