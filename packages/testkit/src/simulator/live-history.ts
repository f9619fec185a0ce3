import { checkers } from '../checkers/checkers.ts'
import { BrokenPromise, type PromiseNumber } from '../checkers/promises.ts'
import type { Fault } from '../workload/faults.ts'
import { History } from '../workload/history.ts'
import { type Plan, planHistory } from '../workload/plan.ts'

export interface HistoryOptions {
  /** What goes wrong. @default some of all faults, drawn from the seed */
  readonly faults?: readonly Fault[]
  /** How many steps there are before the end. @default 60 */
  readonly steps?: number
  /** Which of the steps happen, by their places from 0. @default all */
  readonly only?: readonly number[]
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
export function liveHistory(seed: number, { only, ...options }: HistoryOptions = {}): Promise<HistoryReport> {
  const plan = planHistory(seed, options)
  const steps = only === undefined ? plan.steps : plan.steps.filter((_, index) => only.includes(index))
  return livePlan({ ...plan, steps })
}

export async function livePlan({ seed, faults, steps }: Plan): Promise<HistoryReport> {
  const history = new History({ seed, faults, watchers: checkers })
  const startsAt = history.world.clock.now()
  const broken = await brokenBy(async () => {
    await history.start()
    for (const step of steps) await history.do(step)
    await history.finish()
    for (const checker of checkers) await checker.ended?.(history)
  })
  const { world, happenings, trace } = history
  return {
    seed,
    faults: [...faults],
    happenings,
    simulatedMs: world.clock.now() - startsAt,
    events: world.memory.log.length,
    broken,
    trace,
  }
}

async function brokenBy(run: () => Promise<void>): Promise<Broken | undefined> {
  try {
    await run()
    return undefined
  } catch (thrown) {
    if (thrown instanceof BrokenPromise) return { promise: thrown.promise, message: thrown.message }
    return { promise: undefined, message: thrown instanceof Error ? String(thrown.stack) : String(thrown) }
  }
}
