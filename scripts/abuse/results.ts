import type { Attack } from './attacks.ts'

/** What came of one attack. */
export interface Result {
  readonly attack: Attack
  readonly tried: number
  readonly crash: string | undefined
  /** Memory of the server's process before the attack, and the most since. */
  readonly idleMiB: number
  readonly peakMiB: number
  /** Of the well-behaved client, in milliseconds. */
  readonly quietP99Ms: number
  readonly p99Ms: number
  /** What the well-behaved client was refused, and why an attack could not be made. */
  readonly complaints: readonly string[]
  /** How often each code was given and each limit took effect. */
  readonly refusals: ReadonlyMap<string, number>
}

const ratioMax = 3
/** A commit takes as long now and then on a quiet server too, whatever the sample says. */
const quietMsMin = 5

const headings = [
  'attack',
  'tried',
  'crashes',
  'peak MiB (idle, bound)',
  'p99 ms',
  'quiet',
  'ratio',
  'refused or limited',
]

/** The results as a table in Markdown. */
export function table(results: readonly Result[]): string {
  const rows = [headings, headings.map(() => '---'), ...results.map(cellsOf)]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellsOf(result: Result): string[] {
  const { attack, tried, crash, idleMiB, peakMiB, quietP99Ms, p99Ms, refusals } = result
  const refused = [...refusals].map(([name, count]) => `${name} ${count}`).join(', ')
  return [
    attack.name,
    String(tried),
    crash === undefined ? '0' : `1 (${crash})`,
    `${peakMiB.toFixed(0)} (${idleMiB.toFixed(0)}, ${attack.memoryMiBMax})`,
    p99Ms.toFixed(1),
    quietP99Ms.toFixed(1),
    `${ratioOf(result).toFixed(1)}${attack.latencyNote === undefined ? '' : ` (${attack.latencyNote})`}`,
    refused || '–',
  ]
}

function ratioOf({ p99Ms, quietP99Ms }: Result): number {
  return p99Ms / Math.max(quietP99Ms, quietMsMin)
}

/** Everything about a result that is outside its bounds, in sentences. */
export function faultsOf(result: Result, { judgesLatency }: { readonly judgesLatency: boolean }): string[] {
  const { attack, crash, peakMiB, complaints, refusals } = result
  const faults: string[] = []
  if (crash !== undefined) faults.push(`the server crashed (${crash})`)
  if (peakMiB > attack.memoryMiBMax)
    faults.push(`the server took ${peakMiB.toFixed(0)} MiB, and at most ${attack.memoryMiBMax} are allowed`)
  if (judgesLatency && attack.latencyNote === undefined && ratioOf(result) > ratioMax)
    faults.push(`others waited ${ratioOf(result).toFixed(1)} times as long as when it is quiet`)
  if (complaints.length > 0) faults.push(`not as it should be: ${complaints.slice(0, 3).join(', ')}`)
  for (const name of attack.expects) {
    if (!refusals.has(name)) faults.push(`${name} never took effect, so nothing was tested`)
  }
  return faults.map((fault) => `${attack.name}: ${fault}`)
}
