import { figures, isMet, timesWorse } from '../figures.ts'
import type { Results } from '../results.ts'
import { type Bar, barChart } from './bar-chart.ts'
import { numberText, targetText } from './numbers.ts'

interface Contestant {
  /** Of the measurement. */
  readonly name: string
  readonly label: string
  readonly keeps: string
}

/** Those that answer the same actions of the same clients, and what is kept when they answer. */
const contestants: readonly Contestant[] = [
  { name: 'Foldback, batched', label: 'Foldback, batched', keeps: 'durable when answered' },
  {
    name: 'Foldback, one action per frame',
    label: 'Foldback, one per frame',
    keeps: 'durable when answered',
  },
  { name: 'ws echo', label: 'Bare ws echo', keeps: 'keeps nothing' },
  { name: 'Socket.IO echo', label: 'Socket.IO echo', keeps: 'keeps nothing' },
  { name: 'Logux', label: 'Logux', keeps: 'keeps nothing on disk' },
  { name: 'Yjs with Hocuspocus', label: 'Yjs with Hocuspocus', keeps: 'in memory; on disk seconds later' },
  {
    name: 'The coupled design, written plainly',
    label: 'Socket, reduce, reply, two writes',
    keeps: 'durable just after the answer',
  },
  { name: 'Emmett, append', label: 'Emmett, append', keeps: 'durable; without a socket' },
]

/** The names of all measurements in the charts. */
export const chartedMeasurements: readonly string[] = contestants.map(({ name }) => name)

/** The pictures of docs/performance.md, by the names of their files. */
export function charts(results: Results): Readonly<Record<string, string>> {
  return {
    'actions-per-second.svg': actionsPerSecond(results),
    'server-cpu.svg': serverCpu(results),
    'targets.svg': targets(results),
  }
}

function actionsPerSecond(results: Results): string {
  const echo = valueOf(results, 'ws echo', 'perSecond')
  return barChart({
    title: 'Actions answered in a second: longer is better',
    subtitle: `20 clients with 50 actions of 150 bytes on their way each; server and clients share ${results.machine.cores} cores`,
    bars: barsOf(results, 'perSecond').sort((a, b) => b.value - a.value),
    ...(echo !== undefined && { mark: { value: echo, label: 'bare echo' } }),
  })
}

function serverCpu(results: Results): string {
  return barChart({
    title: 'Processor time of the server for an action, in µs: shorter is better',
    subtitle: 'All threads. The same load, but for Emmett, which has no socket',
    bars: barsOf(results, 'serverCpuMicroseconds').sort((a, b) => a.value - b.value),
  })
}

function barsOf(results: Results, value: string): Bar[] {
  return contestants.flatMap(({ name, label, keeps }) => {
    const median = valueOf(results, name, value)
    if (median === undefined) return []
    const look = name.startsWith('Foldback') ? 'good' : 'plain'
    return [{ label, note: keeps, value: median, said: numberText(median), look }]
  })
}

const valueOf = ({ measurements }: Results, name: string, value: string): number | undefined =>
  measurements[name]?.values[value]?.median

/** So many times the target a bar shows. */
const timesTargetMax = 2

function targets(results: Results): string {
  const bars = figures.flatMap(({ key, label, target }): Bar[] => {
    const median = results.figures[key]?.median
    if (median === undefined) return []
    return [
      {
        label,
        note: `target ${targetText(target)}`,
        value: 1 / timesWorse(median, targetNumber(target), target),
        said: numberText(median),
        look: isMet(median, target) ? 'good' : 'bad',
      },
    ]
  })
  return barChart({
    title: 'The figures and their targets: past the line is met',
    subtitle: `Each bar is how far the figure has come; at ${timesTargetMax} times its target it ends`,
    bars,
    mark: { value: 1, label: 'target' },
    valueMax: timesTargetMax,
  })
}

const targetNumber = (target: (typeof figures)[number]['target']): number =>
  'atLeast' in target ? target.atLeast : target.atMost
