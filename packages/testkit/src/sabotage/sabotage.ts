import { messageOf } from '@foldback/core'
import { Misuse } from '../simulator/command-line.ts'
import { readSabotageLine, sabotageHelp, type SabotageWishes } from './command-line.ts'
import { patchedFiles } from './patch-sources.ts'
import { tableOf } from './table.ts'
import { type ControlRun, tryControls } from './try-controls.ts'
import { tryMistakes } from './try-mistakes.ts'
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
  if (!areFitting(wishes)) return exitCodes.missed
  const verdicts = await tryAll(wishes)
  const caught = verdicts.filter((verdict) => caughtRuns(verdict).length > 0)
  const control = await tryControls(verdicts, wishes.trial.workers)
  console.log(
    `${tableOf(verdicts)}\n\n${controlText(control)}\n${caught.length} of ${verdicts.length} caught`,
  )
  const isClean = control.every(({ broken }) => broken === null)
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

/** Before anything is tried: the code may have moved on since a mistake was written down. */
function areFitting({ mistakes }: SabotageWishes): boolean {
  const misfits = mistakes.filter(({ name, edits }) => {
    try {
      patchedFiles(edits)
      return false
    } catch (thrown) {
      console.error(`${name}: ${messageOf(thrown)}`)
      return true
    }
  })
  return misfits.length === 0
}

function controlText(control: readonly ControlRun[]): string {
  const broken = control.filter((run) => run.broken !== null)
  const lines = broken.map(
    (run) =>
      `Without a mistake, seed ${run.seed} with ${run.faults?.join(', ') ?? 'its own faults'}: ${run.broken!.message}`,
  )
  const count = `Control: ${control.length} of these histories without a mistake, ${broken.length} of them broken.`
  return [...lines, count].join('\n')
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
  return first === undefined
    ? ''
    : `, such as ${first.broken!.message.replace(/\s+/g, ' ').slice(0, exampleLengthMax)}`
}
