import type { Json } from '@foldback/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedDevice } from './simulated-device.ts'
import type { SimulatedPage } from './simulated-page.ts'
import { VirtualClock } from './virtual-clock.ts'

let clock: VirtualClock
let device: SimulatedDevice
let page: SimulatedPage

beforeEach(() => {
  clock = new VirtualClock()
  device = new SimulatedDevice(clock, new SeededRandom(1))
  page = device.openPage()
})

/** Lets so much time pass. */
async function run(forMs: number): Promise<void> {
  const until = clock.now() + forMs
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    if ((clock.nextAt ?? Infinity) > until) break
    clock.step()
  }
  clock.moveTo(until)
}

const put = (key: string, value: Json, mode: 'write' | 'strict' = 'strict', by = page): Promise<void> =>
  by.storage.transact(mode, async (rows) => rows.put(key, value))
const failureOf = (promise: Promise<void>): Promise<unknown> => promise.catch((thrown: unknown) => thrown)
const keys = (): string[] => device.list('').map(([key]) => key)

describe('a transaction', () => {
  it('that fails has changed nothing', async () => {
    device.failsAt = () => true
    const failed = failureOf(put('a', 1))
    await run(100)
    expect(await failed).toEqual(new Error('The disk has failed.'))
    expect(keys()).toEqual([])
  })

  it('of a page that died before it happened does not happen, and nobody hears of one that did', async () => {
    let answers = 0
    device.observe = () => page.die()
    for (const key of ['a', 'b', 'c']) void put(key, 1).then(() => answers++)
    await run(100)
    expect(keys()).toHaveLength(1)
    expect(answers).toBe(0)
  })

  it('that would need room fails on a full disk until something is removed', async () => {
    void put('a', 1)
    await run(100)
    device.isFull = true
    const failed = failureOf(put('b', 1))
    await run(100)
    expect(await failed).toEqual(new Error('The disk is full.'))
    void page.storage.transact('strict', async (rows) => rows.remove('a'))
    await run(100)
    void put('b', 1)
    await run(100)
    expect(keys()).toEqual(['b'])
  })
})

describe('a device whose power is cut', () => {
  it('has everything that was strict, and what was written before it', async () => {
    void put('relaxed', 1, 'write')
    await run(20)
    void put('strict', 1)
    await run(20)
    device.crash()
    expect(keys()).toEqual(['relaxed', 'strict'])
  })

  it('may lose what was not strict, the last first', async () => {
    const kept = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      clock = new VirtualClock()
      device = new SimulatedDevice(clock, new SeededRandom(seed))
      page = device.openPage()
      void put('first', 1, 'write').then(() => put('second', 1, 'write'))
      while (keys().length < 2) await run(1)
      device.crash()
      kept.add(keys().join())
    }
    expect([...kept].sort()).toEqual(['', 'first', 'first,second'])
  })
})

describe('a lock', () => {
  it('is one page’s until that lets go, dies or is frozen', async () => {
    const taken: boolean[] = []
    const take = async (by: SimulatedPage): Promise<(() => void) | undefined> => {
      const release = await by.storage.lock('name')
      taken.push(release !== undefined)
      return release
    }
    const second = device.openPage()
    void take(page).then(async (release) => {
      await take(second)
      release?.()
      await take(second)
      second.freeze()
      await take(page)
      page.die()
      await take(device.openPage())
    })
    await run(1_000)
    expect(taken).toEqual([true, false, true, true, true])
  })
})

describe('a frozen page', () => {
  it('hears what has happened meanwhile, in order, when it wakes', async () => {
    const heard: string[] = []
    const { clock: pageClock } = page.ports({
      random: new SeededRandom(1),
      connect: () => ({ send: () => {}, close: () => {} }),
      warn: () => {},
    })
    pageClock.after(10, () => heard.push('timer'))
    const cancel = pageClock.after(20, () => heard.push('cancelled'))
    pageClock.after(30, () => heard.push('later timer'))
    page.freeze()
    await run(100)
    expect(heard).toEqual([])
    page.wake()
    cancel()
    await run(0)
    expect(heard).toEqual(['timer', 'later timer'])
  })
})
