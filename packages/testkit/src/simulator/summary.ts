import { promises } from '../checkers/promises.ts'
import { promiseText } from './failure-text.ts'
import { count, type Progress } from './progress.ts'
import type { Tally } from './tally.ts'

const hourMs = 3_600_000

/** What a run has come to, for people. */
export function summaryText(tally: Tally, progress: Progress): string {
  const lines = [headline(tally, progress), '', 'What really happened:', ...happeningLines(tally)]
  for (const { fault, sign } of tally.neverHappened)
    lines.push(`  never, though ${fault} was asked for: ${sign}`)
  lines.push('', verdict(tally), `trace ${tally.hash}`)
  return lines.join('\n')
}

function headline({ runs, seeds, simulatedMs, events }: Tally, { seconds, runsPerSecond }: Progress): string {
  const range = runs === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]} to ${seeds.at(-1)}`
  return (
    `${count(runs)} ${runs === 1 ? 'history' : 'histories'} (${range}) in ${seconds.toFixed(1)} s, ${runsPerSecond.toFixed(1)}/s: ` +
    `${(simulatedMs / hourMs).toFixed(1)} simulated hours, ${count(events)} events`
  )
}

function happeningLines({ happenings }: Tally): string[] {
  const sorted = [...happenings].sort(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(0, ...sorted.map(([what]) => what.length))
  return sorted.map(([what, times]) => `  ${what.padEnd(width)}  ${count(times).padStart(11)}`)
}

function verdict({ broken, neverHappened }: Tally): string {
  if (broken.length > 0) {
    const seeds = broken.map(({ seed }) => seed).sort((a, b) => a - b)
    const kinds = [...new Set(broken.map((each) => promiseText(each)))]
    return `${count(broken.length)} broken, in the seeds ${seeds.join(', ')}:\n  ${kinds.join('\n  ')}`
  }
  const held = `All ${Object.keys(promises).length} promises held.`
  return neverHappened.length === 0 ? held : `${held} But something that was asked for never happened.`
}

/** The same, for programs. */
export function summaryJson(tally: Tally, progress: Progress): object {
  return {
    runs: tally.runs,
    seeds: { first: tally.seeds[0], last: tally.seeds.at(-1) },
    seconds: Number(progress.seconds.toFixed(1)),
    runsPerSecond: Number(progress.runsPerSecond.toFixed(1)),
    simulatedHours: Number((tally.simulatedMs / hourMs).toFixed(1)),
    events: tally.events,
    happenings: Object.fromEntries([...tally.happenings].sort(([a], [b]) => (a < b ? -1 : 1))),
    runsWithFault: Object.fromEntries(tally.faults),
    neverHappened: tally.neverHappened,
    broken: tally.broken.map(({ seed, broken }) => ({ seed, ...broken })),
    hash: tally.hash,
  }
}
