import { promises } from '../checkers/promises.ts'
import type { HistoryOptions, HistoryReport } from './live-history.ts'
import { planFor } from './live-history.ts'
import type { Shrunk } from './shrink.ts'
import { stepsUsual } from '../workload/plan.ts'

/** A frame that says nothing but that somebody is there, or equal. */
const idle = /\[\{"type":"(ping|pong|check)"[^{}]*\}\]$/
const traceLinesMax = 80
const lineLengthMax = 240

/** What somebody needs to know of a broken promise: which, how it came to it, and how to see it again. */
export function failureText({ report, options }: Shrunk): string {
  const { seed, broken, faults, trace } = report
  const steps = planFor(seed, options).steps.map((step) => `  ${JSON.stringify(step)}`)
  const telling = trace.filter((line) => !idle.test(line))
  const lines = telling.slice(-traceLinesMax).map((line) => `  ${clipped(line)}`)
  const left = trace.length - lines.length
  return [
    `Seed ${seed} breaks ${promiseText(report)}`,
    broken!.message,
    '',
    `Faults that it takes: ${faults.join(', ') || 'none'}`,
    `Steps that it takes:`,
    ...steps,
    '',
    `What happened, in simulated milliseconds${left > 0 ? ` (${left} lines more with --trace)` : ''}:`,
    ...lines,
    '',
    `Replay it: ${replayCommand(seed, options)}`,
  ].join('\n')
}

export function promiseText({ broken }: Pick<HistoryReport, 'broken'>): string {
  const promise = broken?.promise
  return promise === undefined ? 'no promise, but throws' : `promise ${promise}: ${promises[promise]}.`
}

/** The command that lives through the very same history. */
export function replayCommand(seed: number, { faults, steps, only, without }: HistoryOptions): string {
  const parts = ['npm run simulate --', `--seed ${seed}`]
  if (faults !== undefined) parts.push(`--faults ${faults.join(',') || 'none'}`)
  if (steps !== undefined && steps !== stepsUsual) parts.push(`--steps ${steps}`)
  if (only !== undefined) parts.push(`--only '${only.join(',')}'`)
  if (without !== undefined && without.length > 0) parts.push(`--without ${without.join(',')}`)
  return parts.join(' ')
}

function clipped(line: string): string {
  return line.length <= lineLengthMax ? line : `${line.slice(0, lineLengthMax)} …`
}
