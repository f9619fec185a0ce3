import type { Clock } from '@foldback/core'
import { Lru } from '../heads/lru.ts'

interface Bucket {
  tokens: number
  /** As of when, in milliseconds since 1970. */
  at: number
}

export interface BucketLimits {
  /** Tokens that come back in a second. */
  readonly perSecond: number
  /** Tokens that a full bucket has. */
  readonly burst: number
  /** Buckets that are remembered. One that is forgotten is full again, as one that was left alone for long is anyway. */
  readonly keysMax: number
}

/** A bucket of tokens for each key: who takes one where there is none has to wait. */
export class TokenBuckets {
  readonly #clock: Clock
  readonly #limits: BucketLimits
  readonly #buckets: Lru<Bucket>

  constructor(clock: Clock, limits: BucketLimits) {
    this.#clock = clock
    this.#limits = limits
    this.#buckets = new Lru(limits.keysMax, () => false)
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes one token if there is one. */
  take(key: string): boolean {
    const bucket = this.#filled(key)
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }

  /** True when there is a token. */
  has(key: string): boolean {
    return this.#filled(key).tokens >= 1
  }

  /** Takes so many tokens, also when there are not as many: then they are owed. */
  spend(key: string, count: number): void {
    this.#filled(key).tokens -= count
  }

  /** Milliseconds until there are enough tokens to go on for a second, or half a bucket where that is less. */
  waitMs(key: string): number {
    const { perSecond, burst } = this.#limits
    const enough = Math.max(1, Math.min(perSecond, burst / 2))
    return Math.max(0, Math.ceil(((enough - this.#filled(key).tokens) / perSecond) * 1_000))
  }

  #filled(key: string): Bucket {
    const now = this.#clock.now()
    const { perSecond, burst } = this.#limits
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      const full = { tokens: burst, at: now }
      this.#buckets.set(key, full)
      return full
    }
    // A clock that was put back takes nothing away.
    const elapsedMs = Math.max(0, now - bucket.at)
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsedMs / 1_000) * perSecond)
    bucket.at = now
    return bucket
  }
}
