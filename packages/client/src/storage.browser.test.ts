import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { created, lineAdded } from './test-parts/browser-models.ts'
import { BrowserRig } from './test-parts/browser-rig.ts'
import { ServerProcess } from './test-parts/server-process.ts'

let rig: BrowserRig

beforeAll(async () => {
  rig = await BrowserRig.start()
})
afterAll(() => rig?.close())

const id = 'o1'
// The browser compresses what it keeps; this takes the room that it seems to.
const padding = randomBytes(75_000).toString('base64')
const add = (...lines: readonly string[]) => lines.map((line) => lineAdded({ id, line, padding }))

describe('a device without room', () => {
  it('says that actions are not safe, goes on when there is room, and loses none', async () => {
    const server = await ServerProcess.start()
    const device = await rig.device(server)
    await device.limitStorage(200_000)
    const tab = await device.open()
    await tab.isSettled()
    await device.offline()
    await tab.dispatch(created({ id }), ...add('a', 'b', 'c'))
    await tab.until({ pending: 4, queued: 0, error: { code: 'outbox-failed' } })
    await tab.shows('o1: a b c')

    await device.limitStorage(undefined)
    await tab.hasQueued(4)
    expect((await tab.status).error).toBeUndefined()
    await tab.reload()
    await tab.shows('o1: a b c')
    await device.online()
    await tab.isSettled()
    expect(await server.loggedLines(id)).toEqual(['a', 'b', 'c'])
  })

  it('says so with a connection too, and sends nothing that is not safe', async () => {
    const server = await ServerProcess.start()
    const device = await rig.device(server)
    await device.limitStorage(200_000)
    const tab = await device.open()
    await tab.dispatch(created({ id }))
    await tab.isSettled()
    await tab.dispatch(...add('a', 'b', 'c'))
    const unsafe = { pending: 3, queued: 0, error: { code: 'outbox-failed' } }
    await tab.until({ phase: 'connected', ...unsafe })
    await device.offline()
    await tab.until({ phase: 'waiting', ...unsafe })
    await device.online()
    await tab.until({ phase: 'connected', ...unsafe })
    expect(await server.loggedLines(id)).toEqual([])
    await device.limitStorage(undefined)
    await tab.isSettled()
    expect((await tab.status).error).toBeUndefined()
    expect(await server.loggedLines(id)).toEqual(['a', 'b', 'c'])
  })

  it('gives up the records that it keeps before it lets actions wait', async () => {
    const server = await ServerProcess.start()
    const ids = Array.from({ length: 10 }, (_, index) => `r${index}`)
    await server.dispatch('zoe', created({ id }))
    for (const each of ids) await server.dispatch('zoe', created({ id: each, padding }))
    const device = await rig.device(server)
    await device.limitStorage(1_300_000)
    const tab = await device.open()
    const usage = () => tab.page.evaluate(async () => (await navigator.storage.estimate()).usage)
    await expect.poll(usage).toBeGreaterThan(ids.length * padding.length)
    await device.offline()
    await tab.dispatch(...add('a', 'b', 'c', 'd', 'e'))
    await tab.hasQueued(5)
    expect((await tab.status).error).toBeUndefined()
    await tab.reload()
    await tab.hasQueued(5)
    await device.online()
    await tab.isSettled()
    expect(await server.loggedLines(id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

/** Each runs in a page before the app. */
const unusable = {
  missing: () => {
    Object.defineProperty(window, 'indexedDB', { value: undefined })
  },
  denied: () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('It is denied.', 'SecurityError')
    }
  },
  'stuck for good': () => {
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = function openAndSayNothing(...args) {
      const request = open.apply(this, args)
      for (const name of ['success', 'error', 'upgradeneeded', 'blocked'])
        request.addEventListener(name, (event) => event.stopImmediatePropagation())
      return request
    }
  },
}

describe('a browser whose IndexedDB is', () => {
  it.each(Object.keys(unusable) as (keyof typeof unusable)[])(
    '%s: the app works for as long as its page, and says so',
    async (how) => {
      const server = await ServerProcess.start()
      const device = await rig.device(server)
      await device.context.addInitScript(unusable[how])
      const tab = await device.open({ limits: { openMsMax: 200 } })
      await tab.until({ phase: 'connected', storage: 'page', error: { code: 'outbox-unavailable' } })
      await tab.dispatch(created({ id }), ...add('a'))
      await tab.isSettled()
      await device.offline()
      await tab.dispatch(...add('b'))
      await tab.hasQueued(1)
      await tab.shows('o1: a b')
      await tab.until({ phase: 'waiting', storage: 'page', error: { code: 'outbox-unavailable' } })
      await device.online()
      await tab.isSettled()
      expect(await server.loggedLines(id)).toEqual(['a', 'b'])
    },
  )
})
