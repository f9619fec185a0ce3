import { type ActionLimits, actionLimitsDefault, delayMsMax, FoldbackError } from '@foldback/core'

/** Every bound of the engine. Each has a default, and a server option of the same name. */
export interface EngineLimits extends ActionLimits {
  /** Bytes of one incoming frame or body. */
  readonly frameBytesMax: number
  /** Bytes of one record as JSON. Checked whenever the record is written beside its events. */
  readonly recordBytesMax: number
  /** Records that one action may be for, of all models together. */
  readonly actionStreamsMax: number
  /** Actions waiting to be folded, of all sessions together. More are refused as `busy`. */
  readonly queuedActionsMax: number
  /** Bytes of actions waiting to be folded, of all sessions together. More are refused as `busy`. */
  readonly queuedBytesMax: number
  /** Actions in one turn, which is one commit. */
  readonly turnActionsMax: number
  /** Actions of one user in one turn, so that others need not wait for all of a flood. */
  readonly turnActionsPerUserMax: number
  /** Actions that one user may send in a second, over a while. More are refused as `rate-limited`. */
  readonly actionsPerSecondMax: number
  /** Actions that one user may send at once after a pause. */
  readonly actionsBurstMax: number
  /** Users whose rates are remembered. */
  readonly ratedUsersMax: number
  /** Milliseconds in which an action should be judged and folded. One that takes longer is reported. */
  readonly foldMsMax: number
  /** Bytes of records held in memory, beside those that a turn is working on: of their JSON, and 500 for each. */
  readonly cachedRecordBytesMax: number
  /** Lanes whose marks are held in memory, beside those of connected sessions. */
  readonly cachedLanesMax: number
  /** Lanes that one session may hold: at least 100, which clients count on. */
  readonly lanesPerSessionMax: number
  /** Lanes that all sessions of one user may hold. */
  readonly lanesPerUserMax: number
  /** Subscriptions that one session may hold; all records of a model count as one. */
  readonly subscriptionsPerSessionMax: number
  /** Subscriptions that all sessions together may hold. */
  readonly subscriptionsMax: number
  /** Subscriptions of one session that are being read at one time; the others wait for their turn. */
  readonly openingSubscriptionsMax: number
  /** Events that a resumed subscription gets; one that is further behind gets the record. */
  readonly resumeEventsMax: number
  /** Bytes waiting for a slow reader before it gets no more events, and a fresh state when it has caught up. */
  readonly bufferedBytesMax: number
  /** Records that changed while a plain reader lagged, before its connection is given up. */
  readonly laggingRecordsMax: number
  /** Frames of one session that wait, because it is being opened or because much came at once. */
  readonly waitingFramesMax: number
  /** Milliseconds from connecting to the `hello`. */
  readonly helloMsMax: number
  /** Milliseconds without a word of a client after which its connection is given up. */
  readonly silentMsMax: number
  /** Checks of a state that one session is answered in a minute; more are passed over. */
  readonly checksPerMinuteMax: number
  /** Bytes, as stored, of the records or events in one answer to a query; one that is larger comes alone. */
  readonly pageBytesMax: number
  /** Records that one query looks at, to find those that may be read. */
  readonly scannedRecordsMax: number
  /** Milliseconds without an event after which a record that trails its events is written. */
  readonly restMs: number
  /** Milliseconds for which the outcome of an action with an id or key of its own is remembered. */
  readonly idempotencyMs: number
}

export const engineLimitsDefault: EngineLimits = {
  ...actionLimitsDefault,
  frameBytesMax: 1024 * 1024,
  recordBytesMax: 16 * 1024 * 1024,
  actionStreamsMax: 100,
  queuedActionsMax: 100_000,
  queuedBytesMax: 64 * 1024 * 1024,
  turnActionsMax: 1_000,
  turnActionsPerUserMax: 200,
  actionsPerSecondMax: 1_000,
  actionsBurstMax: 10_000,
  ratedUsersMax: 100_000,
  foldMsMax: 100,
  cachedRecordBytesMax: 64 * 1024 * 1024,
  cachedLanesMax: 100_000,
  lanesPerSessionMax: 100,
  lanesPerUserMax: 20_000,
  subscriptionsPerSessionMax: 10_000,
  subscriptionsMax: 500_000,
  openingSubscriptionsMax: 50,
  resumeEventsMax: 500,
  bufferedBytesMax: 4 * 1024 * 1024,
  laggingRecordsMax: 10_000,
  waitingFramesMax: 10_000,
  helloMsMax: 10_000,
  silentMsMax: 60_000,
  checksPerMinuteMax: 20,
  pageBytesMax: 1024 * 1024,
  scannedRecordsMax: 10_000,
  restMs: 1_000,
  idempotencyMs: 24 * 60 * 60 * 1_000,
}

/** So many lanes a client names at once. */
const lanesPerSessionMin = 100

/** The defaults with these changes, each checked. */
export function engineLimits(changes: Partial<EngineLimits> = {}): EngineLimits {
  if (typeof changes !== 'object' || changes === null)
    throw new FoldbackError('misconfigured', 'limits must be an object, such as { frameBytesMax: 65_536 }')
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(engineLimitsDefault, name))
      throw new FoldbackError(
        'misconfigured',
        `no limit is named ${name}; there are ${Object.keys(engineLimitsDefault).join(', ')}`,
      )
    checkLimit(name, value)
    if (name === 'lanesPerSessionMax' && value < lanesPerSessionMin)
      throw new FoldbackError('misconfigured', `the limit ${name} must be at least ${lanesPerSessionMin}`)
  }
  return { ...engineLimitsDefault, ...changes }
}

/** @throws FoldbackError `misconfigured`, for what is no whole number above 0, and for a time that no timer can wait. */
export function checkLimit(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new FoldbackError('misconfigured', `the limit ${name} must be a whole number above 0`)
  if (value > delayMsMax && isForTimer(name)) {
    throw new FoldbackError(
      'misconfigured',
      `the limit ${name} may be ${delayMsMax} milliseconds at most, which is the longest that a timer waits`,
    )
  }
}

function isForTimer(name: string): boolean {
  return /Ms(Max)?$/.test(name) && name !== 'idempotencyMs'
}
