import { isCount, isName, readerOf } from './check.ts'

/**
 * Client → server: actions n, n + 1, n + 2 … of a lane. The actions themselves are looked at one by one, so that
 * one that is wrong does not take the others with it.
 */
export interface Push {
  readonly type: 'push'
  readonly lane: string
  /** The number of the first action, from 1. */
  readonly n: number
  readonly actions: readonly unknown[]
}

export const readPush = readerOf<Push>('push', {
  lane: isName,
  n: (value) => isCount(value) && value !== 0,
  actions: Array.isArray,
})
