import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ContestOutcome, runContest } from './contest.ts'
import { type Comparison, compared, comparisonSentence } from './guard.ts'
import { thisMachine } from './machine.ts'
import type { Measurement } from './measurement.ts'
import { measurements } from './measurements/all.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { keep, keptResults } from './report/keep.ts'
import { terminalReport } from './report/terminal.ts'
import { resultsOf } from './results.ts'
import { guarded, missingPackages, selected } from './selection.ts'

/*
 * `npm run bench`: measures everything in rounds, says what came of it, and keeps the results of a full run in
 * results.json and docs/performance.md. With `--guard` it compares instead.
 */

const given = parsed()
const say = (sentence: string): void =>
  void process.stderr.write(`${Math.round(performance.now() / 1_000)} s: ${sentence}\n`)
if (given.isRedraw) keep(keptResults())
else {
  const options = { ...given, scale: { ...given.scale, folder: folderOfRun(given.scale.folder) } }
  process.exitCode = options.isGuard ? await guard(options) : await bench(options)
}

function parsed(): Options {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`)
    process.exit(1)
  }
}

/** Whatever ends this run, nothing of it stays. */
function folderOfRun(parent: string): string {
  const folder = mkdtempSync(join(parent, 'foldback-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  return folder
}

async function bench({ scale, rounds, only, isJson }: Options): Promise<number> {
  const wanted = selected(measurements, only)
  const present = wanted.filter((each) => missingPackages(each).length === 0)
  for (const each of wanted.filter((one) => !present.includes(one)))
    say(`left out: ${each.name} needs ${missingPackages(each).join(', ')}`)
  const outcome = await runContest(present, { scale, roundCount: rounds, progress: say })
  const results = resultsOf(outcome, present, {
    date: new Date().toISOString().slice(0, 10),
    scale: scale.name,
    machine: thisMachine(),
  })
  console.log(isJson ? JSON.stringify(results, undefined, 2) : terminalReport(results))
  if (outcome.failures.size > 0) return 1
  if (scale.name === 'full' && present.length === measurements.length) keep(results)
  return 0
}

async function guard({ scale, rounds, only }: Options): Promise<number> {
  const kept = keptResults()
  const contest = (contestants: readonly Measurement[]): Promise<ContestOutcome> =>
    runContest(contestants, { scale, roundCount: rounds, progress: say })
  const wanted = guarded(measurements)
  const first = await contest(selected(wanted, only))
  let comparisons = compared(first.rounds, kept)
  const suspects = comparisons.filter(({ isTooBad }) => isTooBad).map(({ figure }) => figure.key)
  if (suspects.length > 0) {
    say(`measured again, lest it was the machine: ${suspects.join(', ')}`)
    const again = await contest(selected(wanted, suspects))
    comparisons = compared([...first.rounds, ...again.rounds], kept)
  }
  const sentences = Array.from(first.failures, ([name, why]) => `WORSE ${name} failed: ${why}`)
  console.log([...sentences, ...comparisons.map(comparisonSentence)].join('\n'))
  return first.failures.size > 0 || comparisons.some(({ isTooBad }: Comparison) => isTooBad) ? 1 : 0
}
