import type { DoorLimits } from './limits.ts'

/** A frame or body counts at least so many bytes, whatever is in it. */
const bytesMin = 1_024

/**
 * What reading so many bytes counts for the rate of their sender: the bytes, or the time that it took to handle them,
 * in the bytes that the sender may send in it. So nobody takes more than `handlingPercentMax` of the server's time for
 * long, whatever it is that they send.
 */
export function readingCost(
  { bytesPerSecondMax, handlingPercentMax }: Pick<DoorLimits, 'bytesPerSecondMax' | 'handlingPercentMax'>,
  bytes: number,
  tookMs: number,
): number {
  const bytesPerMs = (bytesPerSecondMax / 1_000) * (100 / handlingPercentMax)
  return Math.max(bytes, bytesMin, tookMs * bytesPerMs)
}
