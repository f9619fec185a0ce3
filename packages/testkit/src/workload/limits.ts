import type { ClientLimits } from '@foldback/client'
import type { EngineLimits } from '@foldback/engine'
import type { Fault } from './faults.ts'

/** Bytes of a frame from a client, where actions are large. */
export const largeFrameBytesMax = 3_000

/** Tight enough for what is rare in a year of production to happen in a minute. */
export function engineLimitsFor(present: ReadonlySet<Fault>): Partial<EngineLimits> {
  return {
    restMs: 100,
    cachedRecordBytesMax: 1,
    resumeEventsMax: 4,
    checksPerMinuteMax: 1_000_000,
    ...(present.has('one-cached-lane') && { cachedLanesMax: 1 }),
    ...(present.has('slow-readers') && { bufferedBytesMax: 500 }),
    ...(present.has('short-queue') && { queuedActionsMax: 4, turnActionsMax: 2 }),
    ...(present.has('large-actions') && { frameBytesMax: largeFrameBytesMax }),
    ...(present.has('large-records') && { recordBytesMax: 1_200 }),
    ...(present.has('half-open') && { silentMsMax: 400 }),
  }
}

export function clientLimitsFor(present: ReadonlySet<Fault>): Partial<ClientLimits> {
  return {
    keepMs: 150,
    coalesceMs: 100,
    openMsMax: 300,
    adoptMs: 1_000,
    cacheMs: 200,
    checkMs: present.has('frequent-checks') ? 100 : 700,
    ...(present.has('half-open') && { heartbeatMs: 120, welcomeMsMax: 300, retryMsMin: 20 }),
    ...(present.has('expiring-logins') && { retryMsMin: 20 }),
  }
}
