import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkersOf } from '../checkers/checkers.ts'
import { finish } from '../workload/finish.ts'
import { History } from '../workload/history.ts'
import type { ActionKind, Step } from '../workload/steps.ts'

/*
 * Random histories of several devices against one server, with connections cut before any frame, the server killed and
 * pages opened, closed, reloaded and frozen at any time. Whatever happened, in the end each action that a device had is
 * in the log once or refused, each page's order is kept, and everybody sees what the plain reducers make of the log.
 */

const client = fc.nat(2)
const tab = fc.nat(1)
const order = fc.nat(2)
const kind = fc.constantFrom<ActionKind>(
  'created',
  'line',
  'line',
  'line',
  'refused',
  'enriched',
  'deleted',
  'noted',
  'themed',
  'titled',
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('dispatch' as const), client, tab, order, kind }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('foreign' as const), order }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(400) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash' as const), how: fc.constantFrom('process', 'power') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('offline', 'online'), client, tab }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('reload', 'close tab'), client, tab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('freeze', 'wake'), client, tab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('open tab', 'power cut'), client }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('discard', 'retry'), client, tab, which: fc.nat(2) }),
  },
)

async function live(seed: number, steps: readonly Step[], cuts: readonly number[]): Promise<History> {
  const history = new History({ seed, faults: new Set() })
  const checkers = checkersOf(history)
  const isCut = new Set(cuts)
  await history.start()
  history.world.network.cutsAt = (delivery) => isCut.has(delivery)
  for (const each of steps) await history.do(each)
  await finish(history)
  for (const checker of checkers) await checker.ended?.()
  return history
}

describe('exactly once', () => {
  it('each action is in the log once, in order, and all sides end equal, whatever is cut or crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(step, { maxLength: 40 }),
        fc.uniqueArray(fc.nat(150), { maxLength: 12 }),
        async (seed, steps, cuts) => {
          await live(seed, steps, cuts)
        },
      ),
      {
        numRuns: Number(process.env['RUNS'] ?? 400),
        ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
      },
    )
  }, 60_000)

  it('a cut before each single frame of one history changes nothing of what comes of it', async () => {
    const steps: Step[] = [
      { do: 'dispatch', client: 0, order: 0, kind: 'created' },
      { do: 'dispatch', client: 0, order: 0, kind: 'line' },
      { do: 'dispatch', client: 0, order: 0, kind: 'refused' },
      { do: 'wait', ms: 100 },
      { do: 'foreign', order: 0 },
      { do: 'dispatch', client: 0, order: 0, kind: 'line' },
      { do: 'dispatch', client: 1, order: 0, kind: 'enriched' },
      { do: 'wait', ms: 100 },
      { do: 'dispatch', client: 1, order: 0, kind: 'refused' },
      { do: 'dispatch', client: 0, order: 0, kind: 'line' },
      { do: 'foreign', order: 0 },
    ]
    const uncut = await live(1, steps, [])
    const frames = uncut.world.network.deliveries
    expect(frames).toBeGreaterThan(20)
    for (let cut = 0; cut < frames; cut++) await live(1, steps, [cut])
  }, 60_000)
})
