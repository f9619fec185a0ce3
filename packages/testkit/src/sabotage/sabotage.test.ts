import { expect, it } from 'vitest'
import { mistakeNamed } from './mistakes.ts'
import { tableOf } from './table.ts'
import { tryControls } from './try-controls.ts'
import { tryMistakes } from './try-mistakes.ts'
import { caughtRuns, type Verdict } from './verdict.ts'

/*
 * Some mistakes that show at once. `npm run simulate -- --sabotage` tries all of them; docs/reliability.md has its
 * table.
 */
const quick = [
  'reuse-a-version',
  'record-a-state-under-another-version',
  'settle-twice-as-many',
  'count-as-queued-what-is-not-written',
  'tell-events-to-clients-of-another-version',
].map((name) => mistakeNamed(name)!)

const trial = { firstSeed: 1, runs: 1, runsMax: 12, secondsMax: 60, workers: 1 }

it('finds mistakes that are put into the code under test, and nothing in the same histories where none is', async () => {
  const verdicts: Verdict[] = []
  await tryMistakes(quick, trial, (verdict) => verdicts.push(verdict))
  const missed = verdicts.filter((verdict) => caughtRuns(verdict).length === 0)
  expect(missed.map(({ mistake }) => mistake.name)).toEqual([])
  const control = await tryControls(verdicts, 1)
  expect(control.length).toBeGreaterThan(1)
  expect(control.filter(({ broken }) => broken !== null)).toEqual([])
}, 120_000)

it('tells which promises each has broken, and whether a checker has seen it or the code only throws', () => {
  const [mistake] = quick as [NonNullable<(typeof quick)[number]>]
  const broke = (seed: number, promise?: 2 | 3) => ({ seed, broken: { promise, message: 'It broke.' } })
  const clean = (seed: number) => ({ seed, broken: null })
  const table = tableOf([
    { mistake, runs: [clean(1), broke(2, 2), broke(3, 3), broke(4, 3)], seconds: 2 },
    { mistake, runs: [broke(1), clean(2)], seconds: 0 },
    { mistake, runs: [clean(1)], seconds: 0 },
  ])
  const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  expect(cells.slice(2).map((row) => row.slice(3, 6))).toEqual([
    ['3 (2), 2 (1)', '3 of 4', '2'],
    ['no checker; it throws or goes round', '0 of 2', ''],
    ['nobody', '0 of 1', ''],
  ])
})
