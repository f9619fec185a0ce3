import type { Scale } from '../measurement.ts'

const sizes = {
  full: { events: 10_000_000, streams: 1_000_000 },
  quick: { events: 1_000_000, streams: 100_000 },
} as const

/** The log that shows whether costs grow with it. */
export function largeLog(scale: Scale['name']) {
  return { kind: 'totals', ...sizes[scale] } as const
}
