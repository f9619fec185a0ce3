import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Misuse, numberOf } from '../simulator/command-line.ts'
import type { Mistake } from './mistake.ts'
import { mistakeNamed, mistakes } from './mistakes.ts'
import type { Trial } from './try-mistakes.ts'

export interface SabotageWishes {
  readonly mistakes: readonly Mistake[]
  readonly trial: Trial
}

const runsUsual = 40
const secondsUsual = 120
/** So many times as many seeds are tried for a mistake that none of them has shown. */
const patience = 10

const options = {
  sabotage: { type: 'boolean' },
  runs: { type: 'string' },
  seed: { type: 'string' },
  seconds: { type: 'string' },
  workers: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** What the arguments behind `--sabotage` ask for; `help` for a page about them. @throws Misuse */
export function readSabotageLine(args: readonly string[]): SabotageWishes | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const runs = numberOf('runs', values.runs, runsUsual, 1)
  return {
    mistakes: positionals.length === 0 ? mistakes : positionals.map(known),
    trial: {
      firstSeed: numberOf('seed', values.seed, 1, 0),
      runs,
      runsMax: runs * patience,
      secondsMax: numberOf('seconds', values.seconds, secondsUsual, 1),
      workers: numberOf('workers', values.workers, availableParallelism(), 1),
    },
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (thrown) {
    throw new Misuse(`${(thrown as Error).message}. See npm run simulate -- --sabotage --help.`)
  }
}

function known(name: string): Mistake {
  const mistake = mistakeNamed(name)
  if (mistake !== undefined) return mistake
  throw new Misuse(
    `--sabotage does not know ${name}. Without a name it tries all of them; --help lists them.`,
  )
}

export function sabotageHelp(): string {
  const list = mistakes.map(({ name, promise, why }) => `  ${name}\n      ${why} (promise ${promise})`)
  return `npm run simulate -- --sabotage [names] [options]

Puts one mistake after the other into the code under test, as it is loaded, and looks whether the simulator finds it.
Each history that has shown one is lived through without any too, and must be clean then.

  --runs N     seeds for each mistake (${runsUsual}); up to ${patience} times as many for one that has not shown by then
  --seed N     the first seed (1)
  --seconds N  for each mistake, once a seed has shown it (${secondsUsual}): some make histories go round in circles
  --workers N  processes at one time (as many as there are cores)
  --help       this page

It ends with 0 when a checker has caught every mistake and nothing else, 1 when not, and 2 when an option is wrong.

Mistakes:
${list.join('\n')}
`
}
