import { type Refusal, refusal } from '@foldback/core'
import type { EngineLimits } from '../limits.ts'
import type { EnginePorts } from '../ports.ts'
import { countedAs } from '../rules.ts'
import { TokenBuckets } from '../bounds/token-buckets.ts'
import type { FairQueue } from './fair-queue.ts'
import type { Submission } from './submission.ts'

/** Says of each action that arrives whether it may wait to be folded, before anything is spent on it. */
export class Entrance {
  readonly #limits: EngineLimits
  readonly #ports: EnginePorts
  readonly #queue: FairQueue
  readonly #rates: TokenBuckets
  #isClosed = false

  constructor(limits: EngineLimits, ports: EnginePorts, queue: FairQueue) {
    this.#limits = limits
    this.#ports = ports
    this.#queue = queue
    this.#rates = new TokenBuckets(ports.clock, {
      perSecond: limits.actionsPerSecondMax,
      burst: limits.actionsBurstMax,
      keysMax: limits.ratedUsersMax,
    })
  }

  close(): void {
    this.#isClosed = true
  }

  /** How many users' rates are remembered. */
  get ratedUsersCount(): number {
    return this.#rates.size
  }

  /** Why the action has to come again later; undefined when it may come in, which counts for its user's rate. */
  reasonAgainst({ session, bytes }: Submission): Refusal | undefined {
    if (this.#isClosed) return refusal('closing')
    if (this.#queue.length >= this.#limits.queuedActionsMax) return this.#reached('queuedActionsMax', 'busy')
    // One that is alone comes in, however large: frameBytesMax has let it pass.
    const isFull = this.#queue.length > 0 && this.#queue.bytes + bytes > this.#limits.queuedBytesMax
    if (isFull) return this.#reached('queuedBytesMax', 'busy')
    const user = countedAs(session)
    if (this.#rates.take(user)) return undefined
    const reason = this.#reached('actionsPerSecondMax', 'rate-limited')
    return { ...reason, retryAfterMs: this.#rates.waitMs(user) }
  }

  #reached(limit: keyof EngineLimits, code: 'busy' | 'rate-limited'): Refusal {
    this.#ports.limited?.(limit)
    return refusal(code)
  }
}
