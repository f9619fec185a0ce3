import { expect, it } from 'vitest'
import { History } from '../workload/history.ts'
import type { Step } from '../workload/steps.ts'
import { TrueScreens } from './true-screens.ts'

it('knows that a record which was let go of is shown as what was done since, until it comes again', async () => {
  const history = new History({ seed: 1, faults: new Set(['slow-readers']) })
  history.watchers.push(new TrueScreens(history))
  await history.start()
  const lives = async (...steps: readonly Step[]): Promise<void> => {
    for (const step of steps) await history.do(step)
  }
  const on = { client: 1, order: 1 } as const
  const page = history.devices[1]!.page()!
  await lives(
    { do: 'wait', ms: 1_000 },
    { do: 'dispatch', kind: 'created', hiddenFrom: 'ann', ...on },
    { do: 'unsubscribe', ...on },
    { do: 'wait', ms: 1_000 },
    // So slow that the record is not told while the server has more to say.
    { do: 'slow down', client: 1, isSlow: true },
    { do: 'dispatch', kind: 'noted', client: 0, order: 0 },
    { do: 'wait', ms: 60 },
    { do: 'dispatch', kind: 'created', hiddenFrom: 'bob', ...on },
  )
  await history.world.runUntil(() => page.isDone)
  const [orders] = page.sync.models
  expect(page.sync.isLoaded(orders, '1')).toBe(false)
  await lives({ do: 'dispatch', kind: 'line', ...on })
  expect(page.orders['1']).toEqual({ id: '1', hiddenFrom: 'bob', lines: ['line 3 '] })
  await history.world.runUntil(() => page.sync.isLoaded(orders, '1'))
  await lives({ do: 'dispatch', kind: 'line', ...on })
  expect(page.orders['1']).toEqual({ id: '1', hiddenFrom: 'ann', lines: ['line 3 ', 'line 4 '] })
})
