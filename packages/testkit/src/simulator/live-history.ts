import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { checkersOf } from '../checkers/checkers.ts'
import { BrokenPromise, type PromiseNumber } from '../checkers/promises.ts'
import type { Fault } from '../workload/faults.ts'
import { finish } from '../workload/finish.ts'
import { History } from '../workload/history.ts'
import { type Plan, planHistory } from '../workload/plan.ts'

export interface HistoryOptions {
  /** What goes wrong. @default some of all faults, drawn from the seed */
  readonly faults?: readonly Fault[] | undefined
  /** How many steps there are before the end. @default 60 */
  readonly steps?: number | undefined
  /** Which of the steps happen, by their places from 0. @default all */
  readonly only?: readonly number[] | undefined
  /** Faults that are left out after the steps have been drawn. @default none */
  readonly without?: readonly Fault[] | undefined
}

export interface HistoryReport {
  readonly seed: number
  readonly faults: readonly Fault[]
  /** What really happened, and how often. */
  readonly happenings: ReadonlyMap<string, number>
  readonly simulatedMs: number
  readonly events: number
  readonly broken: Broken | undefined
  /** What happened when, line by line. */
  readonly trace: readonly string[]
}

export interface Broken {
  /** Undefined when something was thrown that no checker has thrown. */
  readonly promise: PromiseNumber | undefined
  readonly message: string
}

/** Lives through the history of a seed, and checks what was promised. */
export function liveHistory(seed: number, options: HistoryOptions = {}): Promise<HistoryReport> {
  return livePlan(planFor(seed, options))
}

/** The history of a seed, without what is left out. */
export function planFor(seed: number, { only, without = [], faults, steps }: HistoryOptions): Plan {
  const plan = planHistory(seed, { ...(faults && { faults }), ...(steps !== undefined && { steps }) })
  return {
    seed,
    faults: new Set([...plan.faults].filter((fault) => !without.includes(fault))),
    steps: only === undefined ? plan.steps : plan.steps.filter((_, index) => only.includes(index)),
  }
}

async function livePlan({ seed, faults, steps }: Plan): Promise<HistoryReport> {
  const history = new History({ seed, faults })
  const checkers = checkersOf(history)
  const broken = await brokenBy(async () => {
    await history.start()
    for (const step of steps) await history.do(step)
    await finish(history)
    for (const checker of checkers) await checker.ended?.()
    history.throwWhatWasSeen()
  })
  const { chronicle, world } = history
  const { happenings, trace } = chronicle
  return {
    seed,
    faults: [...faults],
    happenings,
    simulatedMs: chronicle.ms,
    events: world.memory.log.length,
    broken,
    trace,
  }
}

/** What broke while this ran; also what nobody was there to hear. */
async function brokenBy(run: () => Promise<void>): Promise<Broken | undefined> {
  let fault: { readonly thrown: unknown } | undefined
  const unheard = (thrown: unknown): void => void (fault ??= { thrown })
  process.on('unhandledRejection', unheard)
  try {
    await run()
    await setImmediate()
  } catch (thrown) {
    fault = { thrown }
  } finally {
    process.off('unhandledRejection', unheard)
  }
  return fault && brokenOf(fault.thrown)
}

function brokenOf(thrown: unknown): Broken {
  if (thrown instanceof BrokenPromise) return { promise: thrown.promise, message: thrown.message }
  return { promise: undefined, message: thrown instanceof Error ? String(thrown.stack) : String(thrown) }
}

/** The same for histories that went the same way. */
export function traceHash({ trace }: HistoryReport): string {
  const hash = createHash('sha256')
  for (const line of trace) hash.update(line).update('\n')
  return hash.digest('hex').slice(0, 16)
}
