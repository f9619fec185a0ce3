import { SeededRandom } from '../simulation/seeded-random.ts'
import { type Fault, faultNames } from './faults.ts'
import { StepSource } from './step-source.ts'
import type { Step } from './steps.ts'

/** All that a history is made of, drawn from its seed before it begins: so that steps can be left out of it. */
export interface Plan {
  readonly seed: number
  readonly faults: ReadonlySet<Fault>
  readonly steps: readonly Step[]
}

export const stepsUsual = 60
/** How many of all faults come together, where nobody says which. */
const sharesOfFaults = [0.1, 0.25, 0.5, 1]

/**
 * @param faults those of the history; when they are left out, some of all
 */
export function planHistory(
  seed: number,
  { faults, steps = stepsUsual }: { readonly faults?: readonly Fault[]; readonly steps?: number } = {},
): Plan {
  const random = new SeededRandom(seed * 7_919)
  const present = new Set(faults ?? drawnFaults(random))
  const source = new StepSource(random, present)
  return { seed, faults: present, steps: Array.from({ length: steps }, () => source.next()) }
}

/** Different histories have different faults: what all of them together hide, some of them show. */
function drawnFaults(random: SeededRandom): readonly Fault[] {
  const share = sharesOfFaults[random.below(sharesOfFaults.length)]!
  return faultNames.filter(() => random.fraction() < share)
}
