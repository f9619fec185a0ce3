import type { EventStore } from '@foldback/engine'
import { describe, expect, it } from 'vitest'
import { History } from '../workload/history.ts'
import type { HistoryPage } from '../workload/history-page.ts'
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

describe('what the server has refused and was never sent itself', () => {
  const on = { client: 1, order: 1 } as const
  const numberOfThemes = ({ settings }: HistoryPage): number =>
    (settings as { readonly themes: readonly string[] }).themes.length

  interface Started {
    readonly history: History
    /** The next append writes so many actions, and nobody knows how many; then the disk is full. */
    readonly writesOnly: (count: number) => void
    /** All that pages have sent. */
    readonly sent: () => string
  }

  async function starts(): Promise<Started> {
    const history = new History({ seed: 1, faults: new Set(['large-actions']) })
    let sent = ''
    history.watchers.push(new TrueScreens(history), {
      sent: ({ direction, messages }) => void (sent += direction === 'up' ? JSON.stringify(messages) : ''),
    })
    const { disk } = history.world
    let written: number | undefined
    const storeFor = disk.storeFor.bind(disk)
    disk.storeFor = (store, isAlive) => {
      const append: EventStore['append'] = async (batch) => {
        if (written === undefined) return store.append(batch)
        await store.append({ ...batch, units: batch.units.slice(0, written), records: [] })
        written = undefined
        disk.isFull = true
        return batch.units.map(() => ({ status: 'unknown' }))
      }
      const get = (target: EventStore, name: keyof EventStore): unknown =>
        name === 'append' ? append : Reflect.get(target, name)
      return storeFor(new Proxy(store, { get }), isAlive)
    }
    await history.start()
    await history.do({ do: 'wait', ms: 1_000 })
    return { history, writesOnly: (count) => (written = count), sent: () => sent }
  }

  it.each(['works', 'does not open'] as const)(
    'may be gone from a screen while it is pending, when no frame has room for it; the storage %s',
    async (storage) => {
      const { history, writesOnly, sent } = await starts()
      await history.do({ do: 'storage', client: 1, storage })
      await history.do({ do: 'reload', client: 1 })
      await history.do({ do: 'wait', ms: 1_000 })
      const page = history.devices[1]!.page()!
      writesOnly(1)
      await history.do({ do: 'dispatch', kind: 'large', length: 2_900, ...on })
      await history.do({ do: 'dispatch', kind: 'themed', ...on })
      await history.world.runUntil(() => numberOfThemes(page) === 1)
      await history.do({ do: 'wait', ms: 0 })
      expect(page.pendingIds).toHaveLength(2)
      expect(page.settings).toEqual({ themes: ['themed 1 '] })
      expect(sent()).not.toContain('large 0 ')
      history.world.disk.isFull = false
      await history.world.runUntil(() => page.isDone)
      expect(page.settings).toEqual({ themes: ['themed 1 '] })
    },
  )

  it('may be gone from a screen while it is pending, when it was given up before it left', async () => {
    const { history, writesOnly, sent } = await starts()
    const page = history.devices[1]!.page()!
    history.world.disk.isFull = true
    await history.do({ do: 'dispatch', kind: 'themed', ...on })
    await history.do({ do: 'wait', ms: 150 })
    // The one before it is put off: it is sealed, and stays.
    await history.do({ do: 'dispatch', kind: 'themed', ...on })
    await history.do({ do: 'wait', ms: 20 })
    await history.do({ do: 'discard', which: 1, ...on })
    await history.do({ do: 'dispatch', kind: 'themed', ...on })
    await history.do({ do: 'wait', ms: 20 })
    expect(page.pendingIds).toHaveLength(3)
    history.world.disk.isFull = false
    writesOnly(2)
    await history.world.runUntil(() => numberOfThemes(page) === 2)
    await history.do({ do: 'wait', ms: 0 })
    expect(page.pendingIds).toHaveLength(3)
    expect(page.settings).toEqual({ themes: ['themed 0 ', 'themed 3 '] })
    expect(sent()).not.toContain('themed 1 ')
    history.world.disk.isFull = false
    await history.world.runUntil(() => page.isDone)
    expect(page.settings).toEqual({ themes: ['themed 0 ', 'themed 3 '] })
  })
})
