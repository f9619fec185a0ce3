import type { Round } from './contest.ts'

export type Target = { readonly atLeast: number } | { readonly atMost: number }

/** A number that says how good Foldback is, from what was measured in the same round. */
export interface Figure {
  readonly key: string
  /** A few words, for a chart. */
  readonly label: string
  /** What it is, for a table. */
  readonly what: string
  readonly target: Target
  /**
   * Whether a run in CI compares it with the one that is kept: a ratio, which means the same on another machine, of what
   * is measured within seconds and without the peers.
   */
  readonly isGuarded: boolean
  readonly parts: readonly Part[]
  /** @param values what was measured, in the order of `parts`. */
  readonly value: (...values: readonly number[]) => number
}

/** A value of a measurement. */
interface Part {
  readonly measurement: string
  readonly value: string
}

const part = (measurement: string, value: string): Part => ({ measurement, value })
const ratio = (a: number, b: number): number => a / b

const settled = part('Foldback, one action per frame', 'perSecond')
const echoed = part('ws echo', 'perSecond')

/** As the project's goals have them; a target is never made softer. */
export const figures: readonly Figure[] = [
  {
    key: 'durable_vs_echo',
    label: 'Durable actions vs. a bare echo',
    what: 'durable settled actions, one per frame / bare echo messages',
    target: { atLeast: 1 },
    isGuarded: true,
    parts: [settled, echoed],
    value: ratio,
  },
  {
    key: 'batched_vs_echo',
    label: 'The same, batched, vs. a bare echo',
    what: 'durable settled actions, batched as clients like / bare echo messages',
    target: { atLeast: 2 },
    isGuarded: true,
    parts: [part('Foldback, batched', 'perSecond'), echoed],
    value: ratio,
  },
  {
    key: 'vs_logux',
    label: 'Durable actions vs. Logux',
    what: "durable actions / Logux's processed actions, both one per frame",
    target: { atLeast: 5 },
    isGuarded: false,
    parts: [settled, part('Logux', 'perSecond')],
    value: ratio,
  },
  {
    key: 'server_cpu_us_per_action',
    label: 'Server CPU for an action, µs',
    what: 'processor time of the server for a durable action, all threads, µs',
    target: { atMost: 15 },
    isGuarded: false,
    parts: [part('Foldback, one action per frame', 'serverCpuMicroseconds')],
    value: (microseconds) => microseconds,
  },
  {
    key: 'rtt_vs_floor',
    label: 'Round trip vs. echo + fdatasync',
    what: 'durable round trip / (echo round trip + one fdatasync), medians',
    target: { atMost: 1.25 },
    isGuarded: true,
    parts: [
      part('Foldback, one at a time', 'p50Microseconds'),
      part('ws echo, one at a time', 'p50Microseconds'),
      part('One fdatasync', 'p50Microseconds'),
    ],
    value: (foldback, echo, fdatasync) => foldback / (echo + fdatasync),
  },
  {
    key: 'fanout_vs_broadcast',
    label: 'Fan-out vs. a bare broadcast',
    what: 'events delivered to 1,000 subscribers / bare broadcast deliveries',
    target: { atLeast: 2 },
    isGuarded: true,
    parts: [part('Foldback, fan-out', 'deliveriesPerSecond'), part('ws broadcast', 'deliveriesPerSecond')],
    value: ratio,
  },
  {
    key: 'refold_vs_reducer',
    label: 'Refolding vs. the reducer alone',
    what: 'events refolded from a log on disk / actions folded by the reducer alone',
    target: { atLeast: 0.5 },
    isGuarded: true,
    parts: [part('Foldback, refold', 'perSecond'), part('The reducer alone', 'perSecond')],
    value: ratio,
  },
  {
    key: 'rehydrate_vs_emmett',
    label: 'Loading a stream vs. Emmett',
    what: 'events of a 10,000-event stream loaded without its snapshot / Emmett on SQLite',
    target: { atLeast: 3 },
    isGuarded: false,
    parts: [part('Foldback, rehydrate', 'perSecond'), part('Emmett, rehydrate', 'perSecond')],
    value: ratio,
  },
  {
    key: 'restart_ms_10M_over_10k',
    label: 'Start: 10,000,000 vs. 10,000 events',
    what: 'start to first settled action with 10,000,000 events / with 10,000',
    target: { atMost: 1.2 },
    isGuarded: false,
    parts: [part('Foldback, restart', 'largeMilliseconds'), part('Foldback, restart', 'smallMilliseconds')],
    value: ratio,
  },
  {
    key: 'memory_per_idle_vs_ws',
    label: 'Memory of a connection vs. ws',
    what: 'memory of an idle synced connection / of a bare ws connection',
    target: { atMost: 1.5 },
    isGuarded: true,
    parts: [
      part('Foldback, idle connections', 'bytesPerConnection'),
      part('ws, idle connections', 'bytesPerConnection'),
    ],
    value: ratio,
  },
  {
    key: 'log_bytes_vs_action',
    label: 'Bytes on disk vs. the action',
    what: "bytes on disk for an event, log and records / bytes of the action's JSON",
    target: { atMost: 2 },
    isGuarded: true,
    parts: [part('Foldback, log size', 'bytesPerEvent'), part('Foldback, log size', 'bytesPerAction')],
    value: ratio,
  },
  {
    key: 'cost_growth',
    label: 'CPU in a large vs. a small log',
    what: 'server CPU per action at 1,000,000 streams and 10,000,000 events / at 100 streams and none',
    target: { atMost: 1.3 },
    isGuarded: false,
    parts: [
      part('Foldback, large log', 'serverCpuMicroseconds'),
      part('Foldback, small log', 'serverCpuMicroseconds'),
    ],
    value: ratio,
  },
]

/** The figure's value in a round; undefined when something that it is made of was not measured. */
export function valueIn(round: Round, { parts, value }: Figure): number | undefined {
  const values = parts.map(({ measurement, value: name }) => round.get(measurement)?.[name])
  return values.every((each) => each !== undefined) ? value(...values) : undefined
}

export function isMet(value: number, target: Target): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

/** How many times worse a value is than another one; below 1 when it is better. */
export function timesWorse(value: number, than: number, target: Target): number {
  return 'atLeast' in target ? than / value : value / than
}
