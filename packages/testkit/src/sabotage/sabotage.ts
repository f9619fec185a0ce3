import { Misuse } from '../simulator/command-line.ts'
import { readSabotageLine, sabotageHelp, type SabotageWishes } from './command-line.ts'
import { tableOf } from './table.ts'
import { controls, tryMistakes } from './try-mistakes.ts'
import { caughtRuns, type Verdict } from './verdict.ts'

const exitCodes = { caught: 0, missed: 1, misuse: 2 } as const

/** `npm run simulate -- --sabotage`: shows which mistakes in the code under test the simulator finds. */
export async function sabotage(args: readonly string[]): Promise<number> {
  const wishes = wishesOf(args)
  if (wishes === undefined) return exitCodes.misuse
  if (wishes === 'help') {
    console.log(sabotageHelp())
    return exitCodes.caught
  }
  const isClean = await tryControls(wishes)
  const verdicts = await tryAll(wishes)
  const caught = verdicts.filter((verdict) => caughtRuns(verdict).length > 0)
  console.log(`${tableOf(verdicts)}\n\n${caught.length} of ${verdicts.length} caught`)
  return isClean && caught.length === verdicts.length ? exitCodes.caught : exitCodes.missed
}

function wishesOf(args: readonly string[]): SabotageWishes | 'help' | undefined {
  try {
    return readSabotageLine(args)
  } catch (thrown) {
    if (!(thrown instanceof Misuse)) throw thrown
    console.error(thrown.message)
    return undefined
  }
}

/** Without a mistake every seed is clean: only then does it say something that one is caught. */
async function tryControls({ mistakes, trial }: SabotageWishes): Promise<boolean> {
  const verdicts: Verdict[] = []
  await tryMistakes(controls(mistakes), { ...trial, runsMax: trial.runs }, (verdict) => verdicts.push(verdict))
  const broken = verdicts.flatMap(({ mistake, runs }) =>
    runs.filter((run) => run.broken !== null).map((run) => ({ ...run, faults: mistake.faults })),
  )
  for (const { seed, faults, broken: what } of broken)
    console.log(`Without a mistake, seed ${seed} with ${faults ?? 'its own faults'} says: ${what!.message}`)
  const count = verdicts.reduce((sum, { runs }) => sum + runs.length, 0)
  console.log(`Control: of ${count} histories without a mistake ${broken.length} broke a promise.\n`)
  return broken.length === 0
}

/** The verdicts in the order of the list, whoever was first. */
async function tryAll({ mistakes, trial }: SabotageWishes): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  await tryMistakes(mistakes, trial, (verdict) => {
    verdicts.push(verdict)
    const { length } = caughtRuns(verdict)
    console.error(`${verdict.mistake.name}: ${length} of ${verdict.runs.length}${exampleOf(verdict)}`)
  })
  return verdicts.sort((a, b) => mistakes.indexOf(a.mistake) - mistakes.indexOf(b.mistake))
}

const exampleLengthMax = 200

/** What the first history said, on one line. */
function exampleOf(verdict: Verdict): string {
  const [first] = [...caughtRuns(verdict), ...verdict.runs.filter(({ broken }) => broken !== null)]
  return first === undefined ? '' : `, such as ${first.broken!.message.replace(/\s+/g, ' ').slice(0, exampleLengthMax)}`
}
