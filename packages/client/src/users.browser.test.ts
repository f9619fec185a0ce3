import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closed, created, lineAdded, painted, reopened } from './test-parts/browser-models.ts'
import { BrowserRig } from './test-parts/browser-rig.ts'
import { ServerProcess } from './test-parts/server-process.ts'

let rig: BrowserRig

beforeAll(async () => {
  rig = await BrowserRig.start()
})
afterAll(() => rig?.close())

const id = 'o1'
const colors = async (server: ServerProcess, user: string) =>
  (await server.events('theme', user, user)).map(
    ({ action, actor }) => `${actor} ${action.payload as string}`,
  )

describe('another user on the same device', () => {
  it('neither sees nor sends the queue of one who has signed out, and that one has it back', async () => {
    const server = await ServerProcess.start()
    const device = await rig.device(server)
    const tab = await device.open()
    await tab.dispatch(painted('red'))
    await tab.isSettled()
    await device.offline()
    await tab.dispatch(created({ id }), lineAdded({ id, line: 'a' }), painted('blue'))
    await tab.hasQueued(3)
    await tab.ask(({ sync }) => sync.signOut())
    expect(await tab.text).toBe('board:\ntheme:')
    expect(await tab.status).toMatchObject({ pending: 0, queued: 0, phase: 'disconnected' })
    const seenByAnn = await tab.ask(({ seen }) => seen.length)

    await tab.signIn('bea')
    await tab.dispatch(painted('green'))
    await tab.hasQueued(1)
    await device.online()
    await tab.isSettled()
    expect((await tab.ask(({ seen }) => seen)).slice(seenByAnn).join()).not.toMatch(/o1|red|blue/)
    await tab.reloadAs('bea')
    await tab.isSettled()
    expect((await tab.ask(({ seen }) => seen)).join()).not.toMatch(/o1|red|blue/)
    expect(await server.order(id)).toBeNull()
    expect(await colors(server, 'bea')).toEqual(['bea green'])
    expect(await colors(server, 'ann')).toEqual(['ann red'])

    await tab.ask(({ sync }) => sync.signOut())
    await tab.signIn('ann')
    await tab.shows('o1: a\nboard:\ntheme: red blue')
    await tab.isSettled()
    expect(await server.loggedLines(id)).toEqual(['a'])
    expect(await colors(server, 'ann')).toEqual(['ann red', 'ann blue'])
    expect(await colors(server, 'bea')).toEqual(['bea green'])
  })

  it('who signs in without the first one signing out does not send that queue, nor keep it on the screen', async () => {
    const server = await ServerProcess.start()
    const device = await rig.device(server)
    const tab = await device.open()
    await tab.dispatch(painted('red'))
    await tab.isSettled()
    await device.offline()
    await tab.dispatch(created({ id }), painted('blue'))
    await tab.hasQueued(2)
    await tab.reloadAs('bea')
    await device.online()
    await tab.until({ phase: 'connected', pending: 0, actor: 'bea' })
    await tab.dispatch(painted('green'))
    await tab.isSettled()
    expect(await tab.text).toBe('board:\ntheme: green')
    expect(await server.order(id)).toBeNull()
    await tab.reloadAs('ann')
    await tab.shows('o1:\nboard:\ntheme: red blue')
    await tab.isSettled()
    expect(await colors(server, 'ann')).toEqual(['ann red', 'ann blue'])
    expect(await colors(server, 'bea')).toEqual(['bea green'])
  })
})

it('keeps a refused action through reloads, for a retry that works', async () => {
  const server = await ServerProcess.start()
  await server.dispatch('zoe', created({ id }))
  const device = await rig.device(server)
  const tab = await device.open()
  await tab.shows('o1:')
  await device.offline()
  const lines = ['a', 'b', 'c', 'd', 'e']
  await tab.dispatch(...lines.map((line) => lineAdded({ id, line })))
  await tab.hasQueued(lines.length)
  await server.dispatch('zoe', closed({ id }))
  await device.online()
  await tab.isSettled()
  const refused = () => tab.ask(({ sync }) => sync.rejected.map(({ code, action }) => [code, action.payload]))
  const all = lines.map((line) => ['closed', { id, line }])
  expect(await refused()).toEqual(all)
  await expect.poll(() => tab.text).toContain('o1:\n')

  await device.offline()
  await tab.reload()
  await expect.poll(refused).toEqual(all)
  await device.online()
  await tab.isSettled()
  expect(await refused()).toEqual(all)

  await server.dispatch('zoe', reopened({ id }))
  await tab.ask(({ sync }) => void sync.retry(sync.rejected[0]!))
  await tab.ask(({ sync }) => sync.rejected.forEach((rejection) => sync.discard(rejection)))
  await tab.isSettled()
  await tab.reload()
  await tab.isSettled()
  expect(await refused()).toEqual([])
  expect(await server.loggedLines(id)).toEqual(['a'])
  await tab.shows('o1: a\n')
})
