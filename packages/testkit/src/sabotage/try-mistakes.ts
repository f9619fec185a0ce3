import type { Mistake } from './mistake.ts'
import { type SabotagedRun, SabotagedRuns } from './sabotaged-runs.ts'
import { caughtRuns, type Verdict } from './verdict.ts'

export interface Trial {
  readonly firstSeed: number
  /** Seeds for each mistake. */
  readonly runs: number
  /** Seeds for one that has not shown by then: until the first that shows it. */
  readonly runsMax: number
  /** Real seconds for each mistake, once a seed has shown it. */
  readonly secondsMax: number
  /** Processes at one time. */
  readonly workers: number
}

/** Tries each mistake on the same seeds; tells of each as soon as it is known. */
export async function tryMistakes(
  mistakes: readonly Mistake[],
  trial: Trial,
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const left = [...mistakes]
  const work = async (): Promise<void> => {
    for (let mistake = left.shift(); mistake !== undefined; mistake = left.shift())
      onVerdict(await tryMistake(mistake, trial))
  }
  await Promise.all(Array.from({ length: trial.workers }, work))
}

/** Tries a mistake on all seeds, and on more until the first one shows it. */
async function tryMistake(mistake: Mistake, trial: Trial): Promise<Verdict> {
  const { firstSeed, runs, runsMax, secondsMax } = trial
  const startedAt = Date.now()
  const seconds = (): number => (Date.now() - startedAt) / 1_000
  const done: SabotagedRun[] = []
  const isCaught = (): boolean => caughtRuns({ runs: done }).length > 0
  const isThrough = (): boolean =>
    isCaught() ? done.length >= runs || seconds() > secondsMax : done.length >= runsMax
  const sabotaged = new SabotagedRuns(mistake.name)
  while (!isThrough())
    done.push(await sabotaged.live({ seed: firstSeed + done.length, faults: mistake.faults }))
  sabotaged.end()
  return { mistake, runs: done, seconds: seconds() }
}
