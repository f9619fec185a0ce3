import { isCount, isName, type Reader } from './check.ts'

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

/** By name, and not by a shape like the others: it is most of what a server reads. */
export const readPush: Reader<Push> = ({ lane, n, actions }) =>
  isName(lane) && isCount(n) && n !== 0 && Array.isArray(actions)
    ? { type: 'push', lane, n, actions }
    : undefined
