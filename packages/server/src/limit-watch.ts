import type { Logger } from 'pino'
import type { ServerLimits } from './limits.ts'
import type { Metrics } from './metrics.ts'

/** How often one limit is named in the log, at most. */
const logEveryMs = 60_000

/** These only give work another shape: nobody is refused anything. */
const quiet: ReadonlySet<keyof ServerLimits> = new Set([
  'turnActionsMax',
  'turnActionsPerUserMax',
  'openingSubscriptionsMax',
  'resumeEventsMax',
  'checksPerMinuteMax',
  'pageBytesMax',
  'scannedRecordsMax',
  // Each has an incident of its own.
  'foldMsMax',
])

/** Counts how often each limit takes effect, and now and then names it in the log. */
export class LimitWatch {
  readonly #metrics: Metrics
  readonly #log: Logger
  readonly #loggedAt = new Map<keyof ServerLimits, number>()

  constructor(metrics: Metrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  /** `about` is what helps to find who it was, such as an address. */
  readonly reached = (limit: keyof ServerLimits, about: object = {}): void => {
    this.#metrics.limitReached(limit)
    if (quiet.has(limit)) return
    const now = Date.now()
    if (now - (this.#loggedAt.get(limit) ?? -Infinity) < logEveryMs) return
    this.#loggedAt.set(limit, now)
    this.#log.warn({ limit, ...about }, `The limit ${limit} is reached. docs/limits.md says what it does.`)
  }
}
