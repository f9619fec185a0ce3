import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { created, lineAdded } from './test-parts/browser-models.ts'
import { BrowserRig, type Tab } from './test-parts/browser-rig.ts'
import { ServerProcess } from './test-parts/server-process.ts'

let rig: BrowserRig

beforeAll(async () => {
  rig = await BrowserRig.start()
})
afterAll(() => rig?.close())

const id = 'o1'
const add = (...lines: readonly string[]) => lines.map((line) => lineAdded({ id, line }))

/** Each line is in the log once, and every tab shows them as the log has them, and has been refused nothing. */
async function expectOnce(
  server: ServerProcess,
  tabs: readonly Tab[],
  lines: readonly string[],
): Promise<void> {
  for (const tab of tabs) await tab.isSettled()
  const logged = await server.loggedLines(id)
  expect([...logged].sort()).toEqual(lines)
  for (const tab of tabs) {
    await tab.shows(`${id}: ${logged.join(' ')}\n`)
    expect(await tab.ask(({ sync }) => sync.rejected)).toEqual([])
  }
}

it('takes over what a closed tab and a crashed one have left, offline, and sends it once', async () => {
  const server = await ServerProcess.start()
  await server.dispatch('zoe', created({ id }))
  const device = await rig.device(server)
  const tabs = [await device.open(), await device.open(), await device.open()]
  for (const tab of tabs) await tab.shows(`${id}:`)
  await device.offline()
  for (const [index, tab] of tabs.entries()) {
    await tab.dispatch(...add(`${index}a`, `${index}b`))
    await tab.hasQueued(2)
  }
  const [closing, crashing, left] = tabs as [Tab, Tab, Tab]
  await closing.page.close()
  await crashing.crash()
  await left.hasQueued(6)
  await left.dispatch(...add('2c'))
  await device.online()
  await expectOnce(server, [left], ['0a', '0b', '1a', '1b', '2a', '2b', '2c'])
  const lines = await server.loggedLines(id)
  for (const tab of ['0', '1', '2']) {
    const own = lines.filter((line) => line.startsWith(tab))
    expect(own).toEqual([...own].sort())
  }
})

it('takes over what a closed tab has left, and nothing of living ones, in a browser without Web Locks', async () => {
  const server = await ServerProcess.start()
  await server.dispatch('zoe', created({ id }))
  const device = await rig.device(server)
  // As in a page that came by plain http.
  await device.context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
  const tabs = [await device.open(), await device.open(), await device.open()]
  for (const tab of tabs) await tab.shows(`${id}:`)
  await device.offline()
  for (const [index, tab] of tabs.entries()) {
    await tab.dispatch(...add(`${index}`))
    await tab.hasQueued(1)
  }
  const [closing, ...living] = tabs as [Tab, Tab, Tab]
  await closing.page.close()
  const pending = async () =>
    (await Promise.all(living.map(({ status }) => status))).map((each) => each.pending)
  await expect.poll(pending).toSatisfy((counts: number[]) => counts.includes(1) && counts.includes(2))
  await device.online()
  await expectOnce(server, living, ['0', '1', '2'])
})

it('sends what tabs have left that were closed and crashed while their actions were under way', async () => {
  const server = await ServerProcess.start()
  await server.dispatch('zoe', created({ id }))
  const device = await rig.device(server)
  const tabs = [await device.open(), await device.open()] as const
  for (const tab of tabs) await tab.isSettled()
  server.pause()
  for (const [index, tab] of tabs.entries()) {
    await tab.dispatch(...add(`${index}a`, `${index}b`))
    await tab.hasQueued(2)
  }
  await tabs[0].page.close()
  await tabs[1].crash()
  const next = await device.open()
  await next.hasQueued(4)
  server.resume()
  await expectOnce(server, [next], ['0a', '0b', '1a', '1b'])
})

it('has on disk what tabs had queued when the whole browser crashed, and sends it once', async () => {
  const server = await ServerProcess.start()
  await server.dispatch('zoe', created({ id }))
  const folder = await mkdtemp(join(tmpdir(), 'foldback-profile-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const device = await rig.deviceOnDisk(server, folder)
  const tabs = [await device.open(), await device.open()] as const
  for (const tab of tabs) await tab.isSettled()
  server.pause()
  for (const [index, tab] of tabs.entries()) {
    await tab.dispatch(...add(`${index}a`, `${index}b`))
    await tab.hasQueued(2)
  }
  await tabs[0].crashBrowser()

  const tab = await (await rig.deviceOnDisk(server, folder)).open()
  await tab.hasQueued(4)
  server.resume()
  await expectOnce(server, [tab], ['0a', '0b', '1a', '1b'])
})

/** Runs in a page before the app: from when `isDeaf` is set, nothing that the server says arrives there. */
function makeDeafable(): void {
  class DeafableSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      this.addEventListener('message', (event) => {
        if ('isDeaf' in window) event.stopImmediatePropagation()
      })
    }
  }
  Object.assign(window, { WebSocket: DeafableSocket })
}

it('shows once what a crashed tab had done, and this one had seen happen, before it was taken over', async () => {
  const server = await ServerProcess.start()
  await server.dispatch('zoe', created({ id }))
  const device = await rig.device(server)
  await device.context.addInitScript(makeDeafable)
  const deaf = await device.open()
  await deaf.isSettled()
  const witness = await device.open()
  await witness.isSettled()
  await deaf.page.evaluate(() => Object.assign(window, { isDeaf: true }))
  await deaf.dispatch(...add('a', 'b'))
  await witness.shows(`${id}: a b\n`)
  expect(await witness.keptCount).toBe(2)
  await deaf.crash()
  await expect.poll(() => witness.keptCount).toBe(0)
  await expectOnce(server, [witness], ['a', 'b'])
  await witness.dispatch(...add('c'))
  await expectOnce(server, [witness], ['a', 'b', 'c'])
})

describe('a frozen tab', () => {
  /** It does nothing by itself, so that it can be frozen at rest. */
  const limits = { adoptMs: 60_000, cacheMs: 60_000 }
  /** Names of the locks by which the tabs that are open now show that they live. */
  const locksOf = (tab: Tab): Promise<string[]> =>
    tab.page.evaluate(async () => (await navigator.locks.query()).held!.map(({ name }) => name!))
  /** As when a browser takes a sleeping tab's locks away. */
  const takeLocks = (tab: Tab, names: readonly string[]): Promise<void> =>
    tab.page.evaluate(async (all) => {
      for (const name of all) await navigator.locks.request(name, { steal: true }, () => {})
    }, names)

  it('keeps its queue to itself while it has its lock, and sends it when it wakes up', async () => {
    const server = await ServerProcess.start()
    await server.dispatch('zoe', created({ id }))
    const device = await rig.device(server)
    const sleeper = await device.open({ limits })
    await sleeper.isSettled()
    await device.offline()
    await sleeper.dispatch(...add('a', 'b'))
    await sleeper.hasQueued(2)
    const wake = await sleeper.freeze()
    await device.online()
    const other = await device.open()
    await other.dispatch(...add('c'))
    await other.isSettled()
    expect(await server.loggedLines(id)).toEqual(['c'])
    await wake()
    await expectOnce(server, [sleeper, other], ['a', 'b', 'c'])
  })

  it('whose open actions were taken over meanwhile has them back from the server, and goes on', async () => {
    const server = await ServerProcess.start()
    await server.dispatch('zoe', created({ id }))
    const device = await rig.device(server)
    const sleeper = await device.open({ limits })
    await sleeper.isSettled()
    await device.offline()
    await sleeper.dispatch(...add('a', 'b'))
    await sleeper.hasQueued(2)
    const locks = await locksOf(sleeper)
    const wake = await sleeper.freeze()
    const other = await device.open()
    await takeLocks(other, locks)
    await other.hasQueued(2)
    await other.dispatch(...add('c'))
    const dispatching = sleeper.dispatch(...add('d'))
    await wake()
    await dispatching
    await device.online()
    await expectOnce(server, [sleeper, other], ['a', 'b', 'c', 'd'])
    await sleeper.dispatch(...add('e'))
    await expectOnce(server, [sleeper, other], ['a', 'b', 'c', 'd', 'e'])
  })

  it('whose actions were taken over while they were under way does not send them twice', async () => {
    const server = await ServerProcess.start()
    await server.dispatch('zoe', created({ id }))
    const device = await rig.device(server)
    const sleeper = await device.open({ limits })
    await sleeper.isSettled()
    server.pause()
    await sleeper.dispatch(...add('a', 'b'))
    await sleeper.hasQueued(2)
    const locks = await locksOf(sleeper)
    const wake = await sleeper.freeze()
    const other = await device.open()
    await takeLocks(other, locks)
    await other.hasQueued(2)
    await other.dispatch(...add('c'))
    await other.hasQueued(3)
    const dispatching = sleeper.dispatch(...add('d'))
    await wake()
    await dispatching
    server.resume()
    await expectOnce(server, [sleeper, other], ['a', 'b', 'c', 'd'])
  })
})
