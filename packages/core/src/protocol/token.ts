import { isOptional, isText, readerOf } from './check.ts'

/**
 * Client → server: the same user with a newer token, before the session expires. The answer is `renewed`, or a
 * `welcome` when the user's rights may have changed with it.
 */
export interface Token {
  readonly type: 'token'
  /** What `authenticate` is given. */
  readonly token?: string
}

export const readToken = readerOf<Token>('token', { token: isOptional(isText) })
