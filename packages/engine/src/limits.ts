import { type ActionLimits, actionLimitsDefault, FoldbackError } from '@foldback/core'

/** Every bound of the engine. Each has a default, and a server option of the same name. */
export interface EngineLimits extends ActionLimits {
  /** Bytes of one incoming frame or body. */
  readonly frameBytesMax: number
  /** Bytes of one record as JSON. Checked whenever the record is written beside its events. */
  readonly recordBytesMax: number
  /** Actions waiting to be folded, of all sessions together. More are refused as `busy`. */
  readonly queuedActionsMax: number
  /** Actions in one turn, which is one commit. */
  readonly turnActionsMax: number
  /** Records held in memory, beside those that a turn is working on. */
  readonly cachedRecordsMax: number
  /** Lanes whose marks are held in memory, beside those of connected sessions. */
  readonly cachedLanesMax: number
  /** Lanes that one session may hold. */
  readonly lanesPerSessionMax: number
  /** Subscriptions that one session may hold; all records of a model count as one. */
  readonly subscriptionsPerSessionMax: number
  /** Events that a resumed subscription gets; one that is further behind gets the record. */
  readonly resumeEventsMax: number
  /** Bytes waiting for a slow reader before it gets no more events, and a fresh state when it has caught up. */
  readonly bufferedBytesMax: number
  /** Milliseconds without a word of a client after which its connection is given up. */
  readonly silentMsMax: number
  /** Checks of a state that one session is answered in a minute; more are passed over. */
  readonly checksPerMinuteMax: number
  /** Milliseconds without an event after which a record that trails its events is written. */
  readonly restMs: number
  /** Milliseconds for which the outcome of an action with an id or key of its own is remembered. */
  readonly idempotencyMs: number
}

export const engineLimitsDefault: EngineLimits = {
  ...actionLimitsDefault,
  frameBytesMax: 1024 * 1024,
  recordBytesMax: 16 * 1024 * 1024,
  queuedActionsMax: 100_000,
  turnActionsMax: 1_000,
  cachedRecordsMax: 10_000,
  cachedLanesMax: 100_000,
  lanesPerSessionMax: 100,
  subscriptionsPerSessionMax: 10_000,
  resumeEventsMax: 500,
  bufferedBytesMax: 4 * 1024 * 1024,
  silentMsMax: 60_000,
  checksPerMinuteMax: 20,
  restMs: 1_000,
  idempotencyMs: 24 * 60 * 60 * 1_000,
}

/** The defaults with these changes, each checked to be a whole number above 0. */
export function engineLimits(changes: Partial<EngineLimits> = {}): EngineLimits {
  if (typeof changes !== 'object' || changes === null)
    throw new FoldbackError('misconfigured', 'limits must be an object, such as { frameBytesMax: 65_536 }')
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(engineLimitsDefault, name))
      throw new FoldbackError(
        'misconfigured',
        `no limit is named ${name}; there are ${Object.keys(engineLimitsDefault).join(', ')}`,
      )
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new FoldbackError('misconfigured', `the limit ${name} must be a whole number above 0`)
    }
  }
  return { ...engineLimitsDefault, ...changes }
}
