// `npm run simulate`: lives through many histories, and tells what broke.
import { sabotage } from '../sabotage/sabotage.ts'
import { helpText, Misuse, readCommandLine, type Wishes } from './command-line.ts'
import { workTogether } from './crew.ts'
import { failureText } from './failure-text.ts'
import { type HistoryOptions, liveHistory } from './live-history.ts'
import { Progress } from './progress.ts'
import { type HistoryResult, resultOf } from './result.ts'
import { shrink } from './shrink.ts'
import { summaryJson, summaryText } from './summary.ts'
import { Tally } from './tally.ts'

const exitCodes = { clean: 0, broken: 1, misuse: 2, neverHappened: 3 } as const
/** Broken histories that are made short and told of in full; the others are named. */
const toldMax = 3

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  if (args.includes('--sabotage')) return sabotage(args)
  const wishes = wishesOf(args)
  if (wishes === undefined) return exitCodes.misuse
  if (wishes === 'help') {
    console.log(helpText())
    return exitCodes.clean
  }
  const tally = new Tally()
  const progress = new Progress(tally, process.stderr)
  const options = optionsOf(wishes)
  if (wishes.runs === 1) tally.add(await liveOne(wishes, options))
  else await liveMany(wishes, options, tally, progress)
  progress.end()
  // On standard error, where it does not disturb who reads JSON.
  for (const { seed } of firstOfEach(tally.broken)) console.error(`${await told(seed, options)}\n`)
  console.log(wishes.isJson ? JSON.stringify(summaryJson(tally, progress)) : summaryText(tally, progress))
  if (tally.broken.length > 0) return exitCodes.broken
  return tally.neverHappened.length > 0 ? exitCodes.neverHappened : exitCodes.clean
}

function wishesOf(args: readonly string[]): Wishes | 'help' | undefined {
  try {
    return readCommandLine(args)
  } catch (thrown) {
    if (!(thrown instanceof Misuse)) throw thrown
    console.error(thrown.message)
    return undefined
  }
}

function optionsOf({ faults, steps, only, without }: Wishes): HistoryOptions {
  return { faults, steps, only, without }
}

async function liveOne({ seed, isTraced }: Wishes, options: HistoryOptions): Promise<HistoryResult> {
  const report = await liveHistory(seed, options)
  if (isTraced) console.log(report.trace.join('\n'))
  return resultOf(report)
}

async function liveMany(
  { seed: first, runs = Infinity, seconds = Infinity, workers }: Wishes,
  options: HistoryOptions,
  tally: Tally,
  progress: Progress,
): Promise<void> {
  let given = 0
  await workTogether({
    workers: Math.min(workers, runs),
    options,
    nextSeed: () => (given < runs && progress.seconds < seconds ? first + given++ : undefined),
    onResult: (result) => {
      tally.add(result)
      progress.look()
    },
  })
}

/** One of each promise. */
function firstOfEach(broken: readonly HistoryResult[]): readonly HistoryResult[] {
  const byPromise = new Map<unknown, HistoryResult>()
  for (const each of [...broken].sort((a, b) => a.seed - b.seed))
    if (!byPromise.has(each.broken?.promise)) byPromise.set(each.broken?.promise, each)
  return [...byPromise.values()].slice(0, toldMax)
}

async function told(seed: number, options: HistoryOptions): Promise<string> {
  const report = await liveHistory(seed, options)
  if (report.broken === undefined)
    return `Seed ${seed} has broken a promise, and does not any more when it is tried again.`
  return failureText(await shrink(report, options))
}

process.exitCode = await main()
