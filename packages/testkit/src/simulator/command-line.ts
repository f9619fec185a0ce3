import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Fault, faultInfo, faultNames } from '../workload/faults.ts'
import { stepsUsual } from '../workload/plan.ts'

export interface Wishes {
  /** The first one. */
  readonly seed: number
  /** How many histories; undefined for as many as the seconds allow. */
  readonly runs: number | undefined
  readonly seconds: number | undefined
  /** Undefined for some of all, drawn from each seed. */
  readonly faults: readonly Fault[] | undefined
  readonly steps: number
  readonly only: readonly number[] | undefined
  readonly without: readonly Fault[]
  readonly workers: number
  readonly isJson: boolean
  readonly isTraced: boolean
}

/** What was asked for cannot be done; the message says what to do. */
export class Misuse extends Error {}

const runsUsual = 100

const options = {
  seed: { type: 'string' },
  runs: { type: 'string' },
  seconds: { type: 'string' },
  faults: { type: 'string' },
  steps: { type: 'string' },
  only: { type: 'string' },
  without: { type: 'string' },
  workers: { type: 'string' },
  trace: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** What the arguments ask for; `help` for a page about them. @throws Misuse */
export function readCommandLine(args: readonly string[]): Wishes | 'help' {
  const { values } = parsed(args)
  if (values.help) return 'help'
  const only = values.only === undefined ? undefined : placesIn(values.only)
  if (values.runs !== undefined && values.seconds !== undefined)
    throw new Misuse('Give --runs or --seconds, not both.')
  const isSingle = values.seed !== undefined && values.runs === undefined && values.seconds === undefined
  if (!isSingle && (only !== undefined || values.without !== undefined || values.trace))
    throw new Misuse('--only, --without and --trace are about one history: give its --seed, and no --runs.')
  const isOpenEnded = values.runs === undefined && values.seconds !== undefined
  return {
    seed: numberOf('seed', values.seed, 1, 0),
    runs: isOpenEnded ? undefined : numberOf('runs', values.runs, isSingle ? 1 : runsUsual, 1),
    seconds: isOpenEnded ? numberOf('seconds', values.seconds, 0, 1) : undefined,
    faults: values.faults === undefined ? undefined : faultsIn('faults', values.faults),
    steps: numberOf('steps', values.steps, stepsUsual, 0),
    only,
    without: values.without === undefined ? [] : faultsIn('without', values.without),
    workers: numberOf('workers', values.workers, availableParallelism(), 1),
    isJson: values.json,
    isTraced: values.trace,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
  } catch (thrown) {
    throw new Misuse(`${(thrown as Error).message}. See npm run simulate -- --help.`)
  }
}

/** A whole number given for an option, or the usual one. @throws Misuse */
export function numberOf(name: string, text: string | undefined, usual: number, min: number): number {
  if (text === undefined) return usual
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < min)
    throw new Misuse(`--${name} takes a whole number from ${min} on, not “${text}”.`)
  return value
}

function placesIn(text: string): number[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => numberOf('only', part, 0, 0))
}

function faultsIn(name: string, text: string): Fault[] {
  if (text === 'none') return []
  const wanted = text.split(',').map((part) => part.trim())
  const unknown = wanted.filter((each) => !(faultNames as readonly string[]).includes(each))
  if (unknown.length > 0)
    throw new Misuse(
      `--${name} does not know ${unknown.join(', ')}. It takes none, or some of: ${faultNames.join(', ')}.`,
    )
  return faultNames.filter((each) => wanted.includes(each))
}

export function helpText(): string {
  const width = Math.max(...faultNames.map((name) => name.length))
  const list = faultNames.map((name) => `  ${name.padEnd(width)}  ${faultInfo(name).says}`)
  return `npm run simulate -- [options]

Real clients and real servers live through random histories of cuts, crashes, reloads and deploys, with a clock,
a network and disks that follow from a seed. Each history ends in a quiet phase, and must keep every promise.

  --seed N       the first seed (1); alone, this one history
  --runs N       how many histories (${runsUsual})
  --seconds N    as many as there is time for, instead
  --faults a,b   what goes wrong in every history, or none; without it each seed draws its own
  --steps N      steps of a history before the quiet phase (${stepsUsual})
  --only 3,7     of the one history only these steps
  --without a,b  of the one history without these faults, steps as ever
  --trace        everything that happened in the one history
  --workers N    threads (as many as there are cores)
  --json         the summary as JSON on standard output
  --sabotage     shows instead that mistakes in the code are found; see --sabotage --help
  --help         this page

It ends with 0 when every promise held, 1 when one was broken, 2 when an option is wrong, and 3 when something that was
asked for has never happened.

Faults:
${list.join('\n')}
`
}
