import { type Asked, type SabotagedRun, SabotagedRuns } from './sabotaged-runs.ts'
import type { Verdict } from './verdict.ts'

/** A history of the code as it is. */
export interface ControlRun extends SabotagedRun {
  readonly faults: Asked['faults']
}

/** The very same histories without a mistake: each must be clean, or what a mistake was caught in says nothing. */
export async function tryControls(
  verdicts: readonly Verdict[],
  workers: number,
): Promise<readonly ControlRun[]> {
  const left = [...askedOf(verdicts).values()]
  const done: ControlRun[] = []
  const work = async (): Promise<void> => {
    const untouched = new SabotagedRuns('none')
    for (let asked = left.shift(); asked !== undefined; asked = left.shift())
      done.push({ ...(await untouched.live(asked)), faults: asked.faults })
    untouched.end()
  }
  await Promise.all(Array.from({ length: workers }, work))
  return done
}

/** Each once, of those that a checker has stopped. */
function askedOf(verdicts: readonly Verdict[]): ReadonlyMap<string, Asked> {
  const asked = verdicts.flatMap(({ mistake, runs }) => {
    const { faults } = mistake
    return runs.filter(({ broken }) => broken !== null).map(({ seed }): Asked => ({ seed, faults }))
  })
  return new Map(asked.map((each) => [JSON.stringify(each), each]))
}
