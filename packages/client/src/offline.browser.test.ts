import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { created, lineAdded, noted, painted } from './test-parts/browser-models.ts'
import { BrowserRig } from './test-parts/browser-rig.ts'
import { ServerProcess } from './test-parts/server-process.ts'

let rig: BrowserRig

beforeAll(async () => {
  rig = await BrowserRig.start()
})
afterAll(() => rig?.close())

const id = 'o1'
const add = (...lines: readonly string[]) => lines.map((line) => lineAdded({ id, line }))

describe('actions dispatched offline', () => {
  it.each(['had a connection before', 'never had one'])(
    'outlive reloads and closed tabs, and go once and in order, on a device that %s',
    async (which) => {
      const server = await ServerProcess.start()
      const device = await rig.device(server)
      if (which === 'had a connection before') {
        const earlier = await device.open()
        await earlier.isSettled()
        await earlier.page.close()
      }
      await device.offline()
      const first = await device.open()
      await first.dispatch(created({ id }), ...add('a', 'b'))
      await first.hasQueued(3)
      await first.reload()
      await first.shows('o1: a b')
      await first.dispatch(...add('c'))
      await first.hasQueued(4)
      await first.page.close()

      const second = await device.open()
      await second.shows('o1: a b c')
      await second.dispatch(...add('d'))
      await second.hasQueued(5)
      await device.online()
      await second.isSettled()
      expect(await server.loggedLines(id)).toEqual(['a', 'b', 'c', 'd'])
      expect((await server.events('order', id)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5])
      expect(await second.text).toContain('o1: a b c d')
    },
  )

  it('of two devices on one order end in the same order everywhere, whoever comes back first', async () => {
    const server = await ServerProcess.start()
    const devices = [await rig.device(server), await rig.device(server)]
    const tabs = [await devices[0]!.open(), await devices[1]!.open({ user: 'bob' })]
    await tabs[0]!.dispatch(created({ id }))
    for (const tab of tabs) await tab.shows('o1:')
    for (const [round, order] of [
      [0, 1],
      [1, 0],
    ].entries()) {
      for (const device of devices) await device.offline()
      for (const [index, tab] of tabs.entries()) {
        await tab.dispatch(...add(`${round}${index}a`, `${round}${index}b`))
        await tab.hasQueued(2)
      }
      for (const index of order) {
        await devices[index]!.online()
        await tabs[index]!.isSettled()
      }
      const [former, latter] = order
      const expected = [
        `${round}${former}a`,
        `${round}${former}b`,
        `${round}${latter}a`,
        `${round}${latter}b`,
      ]
      expect((await server.loggedLines(id)).slice(-4)).toEqual(expected)
    }
    const { lines } = (await server.order(id))!
    expect(lines).toHaveLength(8)
    expect(await server.loggedLines(id)).toEqual(lines)
    for (const tab of tabs) await tab.shows(`o1: ${lines.join(' ')}`)
  })

  it('go once through a server that is killed again and again while they go', async () => {
    const server = await ServerProcess.start()
    const device = await rig.device(server)
    const tab = await device.open()
    await tab.isSettled()
    await tab.dispatch(created({ id }))
    const lines: string[] = []
    for (let kill = 0; kill < 4; kill++) {
      for (let burst = 0; burst < 10; burst++) {
        const names = Array.from({ length: 5 }, (_, index) => `${kill}-${burst}-${index}`)
        lines.push(...names)
        await tab.dispatch(...add(...names))
      }
      await server.kill()
      await server.start()
    }
    await tab.isSettled()
    expect(await server.loggedLines(id)).toEqual(lines)
    expect(await tab.text).toContain(`o1: ${lines.join(' ')}`)
  })

  it('wait on a connection that has gone quiet, and go once when the page is reloaded meanwhile', async () => {
    const server = await ServerProcess.start()
    const device = await rig.device(server)
    const tab = await device.open()
    await tab.dispatch(created({ id }))
    await tab.isSettled()
    // The browser holds back what an open WebSocket sends, and what comes for it.
    await device.context.setOffline(true)
    await tab.dispatch(...add('a', 'b'))
    await tab.hasQueued(2)
    await tab.reload()
    await tab.shows('o1: a b')
    await device.context.setOffline(false)
    await tab.isSettled()
    expect(await server.loggedLines(id)).toEqual(['a', 'b'])
  })
})

describe('a page that is opened offline', () => {
  it('shows what it showed last, with what is pending in it', async () => {
    const server = await ServerProcess.start()
    await server.dispatch('zoe', created({ id }), ...add('theirs'), created({ id: 'o2' }), noted('hello'))
    const device = await rig.device(server)
    const first = await device.open()
    await first.dispatch(painted('red'), ...add('mine'))
    await first.isSettled()
    await first.shows('o1: theirs mine\no2:')
    await device.offline()
    await first.dispatch(...add('later'), noted('offline'))
    await first.hasQueued(2)
    await first.page.close()

    const second = await device.open()
    const lastState = 'o1: theirs mine later\no2:\nboard: hello offline\ntheme: red'
    await second.shows(lastState)
    // At once: nothing half of it was to be seen before.
    expect((await second.ask(({ seen }) => seen)).slice(1)).toEqual([lastState])
    expect(await second.ask(({ sync }) => sync.record(sync.models[0], 'o3'))).toBeNull()
    await second.until({ phase: 'waiting', pending: 2, queued: 2, actor: 'ann' })
  })
})
