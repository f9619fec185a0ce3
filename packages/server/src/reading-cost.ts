import type { HostLimits } from './limits.ts'

/** A frame or body counts at least so many bytes, whatever is in it. */
const bytesMin = 512
/** Below that the time does not count: on a busy machine it says more about others. */
export const timedBytesMin = 16 * 1_024
/** Nor does one that took very long count more than so many times its bytes. */
const factorMax = 4

/**
 * What reading so many bytes counts for the rate of their sender: the bytes, or the time that it took to handle them,
 * in the bytes that the sender may send in it. So nobody takes more than `handlingPercentMax` of the server's time for
 * long by frames that are large and costly.
 */
export function readingCost(
  { bytesPerSecondMax, handlingPercentMax }: Pick<HostLimits, 'bytesPerSecondMax' | 'handlingPercentMax'>,
  bytes: number,
  tookMs: number,
): number {
  const bytesPerMs = (bytesPerSecondMax / 1_000) * (100 / handlingPercentMax)
  const timeBytes = bytes < timedBytesMin ? 0 : Math.min(tookMs * bytesPerMs, bytes * factorMax)
  return Math.max(bytes, bytesMin, timeBytes)
}
