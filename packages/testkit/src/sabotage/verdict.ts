import type { PromiseNumber } from '../checkers/promises.ts'
import type { Mistake } from './mistake.ts'
import type { SabotagedRun } from './sabotaged-runs.ts'

/** What came of histories with one mistake in the code. */
export interface Verdict {
  readonly mistake: Mistake
  readonly runs: readonly SabotagedRun[]
  readonly seconds: number
}

/** Histories in which a checker has seen a promise broken. Code that only throws was not caught by any. */
export function caughtRuns({ runs }: Pick<Verdict, 'runs'>): readonly SabotagedRun[] {
  return runs.filter(({ broken }) => broken?.promise !== undefined)
}

/** How often each promise was seen broken, most often first. */
export function promisesBroken(
  verdict: Pick<Verdict, 'runs'>,
): readonly (readonly [PromiseNumber, number])[] {
  const counts = new Map<PromiseNumber, number>()
  for (const { broken } of caughtRuns(verdict)) {
    const promise = broken!.promise!
    counts.set(promise, (counts.get(promise) ?? 0) + 1)
  }
  return [...counts].sort(([a, some], [b, others]) => others - some || a - b)
}
