import { type Fields, isOptional, isText } from './check.ts'

/**
 * Client → server: the same user with a newer token, before the session expires. The answer is `renewed`, or a
 * `welcome` when the user's rights may have changed with it.
 */
export interface Token {
  readonly type: 'token'
  /** What `authenticate` is given. */
  readonly token?: string
}

export function readToken({ token }: Fields): Token | undefined {
  if (!isOptional(token, isText)) return undefined
  return { type: 'token', ...(token !== undefined && { token }) }
}
