import { FoldbackError } from '@foldback/core'
import type { Authenticate, Identity } from './authenticate.ts'
import type { LimitWatch } from './limit-watch.ts'
import type { HostLimits } from './limits.ts'

/**
 * `authenticate`, but only so often at one time and for so long: a directory that answers slowly, or never, must not
 * make callers pile up. Too many, and those that wait for too long, are refused as `busy` and come back later.
 */
export function boundedAuthenticate(
  authenticate: Authenticate,
  limits: HostLimits,
  watch: LimitWatch,
): Authenticate {
  let underWay = 0
  return async (caller) => {
    if (underWay >= limits.authenticationsMax) {
      watch.reached('authenticationsMax')
      throw new FoldbackError('busy')
    }
    underWay++
    try {
      return await inTime(authenticate(caller), limits.authenticationMsMax, watch)
    } finally {
      underWay--
    }
  }
}

function inTime(
  answer: ReturnType<Authenticate>,
  msMax: number,
  watch: LimitWatch,
): ReturnType<Authenticate> {
  if (!(answer instanceof Promise)) return answer
  return new Promise<Identity | undefined>((resolve, reject) => {
    const timer = setTimeout(() => {
      watch.reached('authenticationMsMax')
      reject(new FoldbackError('busy'))
    }, msMax).unref()
    void answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
