import { runContest } from './contest.ts'
import { guard } from './guard.ts'
import { thisMachine } from './machine.ts'
import { measurements } from './measurements/all.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { keep, keptResults } from './report/keep.ts'
import { terminalReport } from './report/terminal.ts'
import { resultsOf } from './results.ts'
import { guarded, missingPackages, selected } from './selection.ts'

/*
 * `npm run bench`: measures everything in rounds, says what came of it, and keeps the results of a full run in
 * results.json and docs/performance.md.
 */

const options = parsed()
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`)
process.exitCode = await bench(options)

function parsed(): Options {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`)
    process.exit(1)
  }
}

async function bench({ scale, rounds, only, isJson, isGuard }: Options): Promise<number> {
  const wanted = selected(isGuard ? guarded(measurements) : measurements, only)
  const missing = wanted.filter((each) => missingPackages(each).length > 0)
  for (const each of missing) say(`left out: ${each.name} needs ${missingPackages(each).join(', ')}`)
  const present = wanted.filter((each) => !missing.includes(each))
  const outcome = await runContest(present, { scale, roundCount: rounds, progress: say })
  const results = resultsOf(outcome, present, {
    date: new Date().toISOString().slice(0, 10),
    scale: scale.name,
    machine: thisMachine(),
  })
  console.log(isJson ? JSON.stringify(results, undefined, 2) : terminalReport(results))
  if (isGuard) {
    const { sentences, hasFailed } = guard(outcome, keptResults())
    for (const sentence of sentences) console.log(sentence)
    return hasFailed ? 1 : 0
  }
  if (outcome.failures.size > 0) return 1
  if (scale.name === 'full' && only.length === 0 && missing.length === 0) keep(results)
  return 0
}
