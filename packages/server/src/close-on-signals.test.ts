import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { created } from '../../../test-support/order-models.ts'
import { ServerProcess } from './test-parts/server-process.ts'

/* Over real sockets, with a real process that gets real signals. */

const patience = { timeout: 20_000 }

it('ends in good order on SIGTERM under load: nothing is lost or doubled, and no user is shown an error', async () => {
  const server = new ServerProcess()
  await server.start()
  const users = ['ann', 'bob', 'eve'].map((name) => server.user(name))
  const errors: string[] = []
  const phases: string[] = []
  for (const { sync } of users) {
    sync.onChange(() => {
      if (sync.status.error !== undefined) errors.push(sync.status.error.code)
      phases.push(sync.status.phase)
    })
  }
  const ids: string[] = []
  const dispatchSome = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each += 1) {
      const id = `${ids.length}`
      ids.push(id)
      users[ids.length % users.length]!.dispatch(created(id))
      if (each % 10 === 0) await pause(1)
    }
  }
  await vi.waitUntil(() => users.every(({ sync }) => sync.status.phase === 'connected'), patience)
  await dispatchSome(100)
  for (let round = 0; round < 3; round += 1) {
    const ended = server.end('SIGTERM')
    await dispatchSome(200)
    expect(await ended).toBe(0)
    await server.start()
  }
  await vi.waitUntil(() => users.every(({ sync }) => sync.status.pending === 0), patience)
  const logged: string[] = []
  let after: string | null = ''
  while (after !== null) {
    const page = await server.get(`/records/order?limit=1000${after === '' ? '' : `&after=${after}`}`)
    for (const { id, version } of page.records as { id: string; version: number }[]) {
      expect(version).toBe(1)
      logged.push(id)
    }
    after = page.next as string | null
  }
  expect(logged.sort()).toEqual(ids.sort())
  expect(errors).toEqual([])
  expect(phases).toContain('waiting')
  // Somebody who comes while it closes is refused, which is said, too.
  const said = server.lines.map(({ msg }) => msg).filter((msg) => msg.startsWith('The server'))
  const whole = ['The server closes.', 'The server has closed.']
  expect(said).toEqual([...whole, ...whole, ...whole])
}, 60_000)

it('ends at once on a second signal', async () => {
  const server = new ServerProcess(60_000)
  await server.start()
  const hanging = fetch(`http://127.0.0.1:${server.port}/hang`).catch(() => 'cut')
  await server.said()
  const ended = server.ended()
  server.signal('SIGINT')
  await vi.waitUntil(() => server.lines.some(({ msg }) => msg === 'The server closes.'), patience)
  // Whoever wants it to end goes on until it does; what comes right behind the first one is its echo.
  const impatience = setInterval(() => server.signal('SIGTERM'), 100)
  expect(await ended).toBe(143)
  clearInterval(impatience)
  expect(await hanging).toBe('cut')
}, 30_000)

it('takes a signal that comes twice at a time, as by npm, for one', async () => {
  const server = new ServerProcess()
  await server.start()
  const ended = server.ended()
  server.signal('SIGINT')
  server.signal('SIGTERM')
  expect(await ended).toBe(0)
}, 30_000)

it('ends when its time is over, says what it cut off, and has another exit code', async () => {
  const server = new ServerProcess(200)
  await server.start()
  const hanging = fetch(`http://127.0.0.1:${server.port}/hang`).catch(() => 'cut')
  await server.said()
  expect(await server.end('SIGTERM')).toBe(1)
  expect(await hanging).toBe('cut')
  expect(server.lines.at(-1)).toMatchObject({ level: 50, requests: 1, msg: expect.stringMatching(/cut off/) })
}, 30_000)
