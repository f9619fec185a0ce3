import type { Spread } from '../contest.ts'
import type { Target } from '../figures.ts'
import type { Results } from '../results.ts'

/** Such as '1.07', '14.2' or '41,200': as many digits as say something. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}

/** Such as '1.07–1.15'. */
export function rangeText({ lowest, highest }: Spread): string {
  return `${numberText(lowest)}–${numberText(highest)}`
}

/** Such as '≥ 5'. */
export function targetText(target: Target): string {
  return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
}

/** What a value of a measurement is counted in. */
const units: Readonly<Record<string, string>> = {
  perSecond: 'a second',
  deliveriesPerSecond: 'deliveries a second',
  serverCpuMicroseconds: 'µs of the server’s processor time each',
  p50Microseconds: 'µs, median',
  p99Microseconds: 'µs, 99th percentile',
  bytesPerConnection: 'bytes a connection',
  bytesPerEvent: 'bytes on disk for an event',
  bytesPerAction: 'bytes of JSON for an action',
  smallMilliseconds: 'ms with a small log',
  largeMilliseconds: 'ms with a large one',
}

/** Such as '41,200 a second'. */
export function valueText(name: string, { median }: Spread): string {
  return `${numberText(median)} ${units[name] ?? name}`
}

/** What everything was measured on, without which the numbers say little. */
export function machineText({ machine, rounds, measurements }: Results): string {
  const { cores, processor, memoryBytes, node, sqlite, system } = machine
  const fdatasync = measurements['One fdatasync']?.values['p50Microseconds']?.median
  return [
    `${cores} cores (${processor})`,
    `${Math.round(memoryBytes / 2 ** 30)} GiB`,
    ...(fdatasync === undefined ? [] : [`a disk with ${numberText(1e6 / fdatasync)} fdatasyncs a second`]),
    system,
    `Node ${node}`,
    `SQLite ${sqlite}`,
    rounds === 1 ? '1 round' : `${rounds} rounds`,
  ].join(', ')
}
