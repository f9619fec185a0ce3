import { isCount, isOptional, readerOf } from './check.ts'

/** Server → client, the answer to `token`: the session goes on as it is, only longer. */
export interface Renewed {
  readonly type: 'renewed'
  /** When the session expires, by the server's clock: milliseconds since 1970. Never, when it is left out. */
  readonly expiresAt?: number
}

export const readRenewed = readerOf<Renewed>('renewed', { expiresAt: isOptional(isCount) })
