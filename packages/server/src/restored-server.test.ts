import { expect, it, vi } from 'vitest'
import { created, models, orderSlice, renamed, themeSlice } from '../../../test-support/order-models.ts'
import { run } from './cli/run.ts'
import { type ProcessUser, ServerProcess } from './test-parts/server-process.ts'

/* A backup is taken, life goes on, the backup is put back: real processes, files, sockets and clients. */

const [orders] = models
const patience = { timeout: 20_000 }

async function foldback(...args: readonly string[]): Promise<any> {
  let said = ''
  await run([...args, '--json'], { say: (line) => (said = line), complain: () => {}, progress: undefined })
  return JSON.parse(said)
}

function isQuiet({ sync }: ProcessUser): boolean {
  return sync.status.phase === 'connected' && sync.status.pending === 0
}

it('leaves nobody wrong, stuck or silent', async () => {
  const server = new ServerProcess()
  await server.start()
  const ann = server.user('ann')
  const bob = server.user('bob')
  const both = [ann, bob]
  for (const { sync } of both) sync.subscribe(orders)
  const customerOf = (user: ProcessUser, id: string) => user.getState().order.entities[id]?.customer
  ann.dispatch(created('1', 'Ada'))
  ann.dispatch(created('2', 'Bea'))
  await vi.waitUntil(() => both.every(isQuiet) && customerOf(bob, '2') === 'Bea', patience)

  const backup = server.path('backups/monday.db')
  expect(await foldback('backup', server.database, backup)).toMatchObject({ eventCount: 2 })
  ann.dispatch(renamed('1', 'Lost'))
  bob.dispatch(created('3', 'Lost too'))
  bob.dispatch(themeSlice.actions.painted('lost'))
  await vi.waitUntil(() => both.every(isQuiet) && customerOf(ann, '3') === 'Lost too', patience)

  expect(await foldback('restore', backup, server.database)).toMatchObject({
    error: { code: 'database-in-use' },
  })
  expect(await server.end('SIGTERM')).toBe(0)
  // Written while nobody was there: it is not lost.
  ann.dispatch(renamed('2', 'Bee'))
  const restored = await foldback('restore', backup, server.database)
  expect(restored).toMatchObject({ eventCount: 2, before: expect.any(String) })
  expect(await foldback('verify', restored.before)).toMatchObject({ eventCount: 5 })
  await server.start()

  await vi.waitUntil(() => both.every(isQuiet) && customerOf(bob, '2') === 'Bee', patience)
  // Not wrong.
  for (const user of both) {
    const { entities, ids } = user.getState().order
    expect([...ids].sort()).toEqual(['1', '2'])
    for (const id of ids) expect(entities[id]).toEqual((await server.get(`/records/order/${id}`)).state)
    expect(customerOf(user, '1')).toBe('Ada')
  }
  expect(bob.getState().theme).toEqual({ color: 'grey' })
  // Not silent.
  const lostOf = (user: ProcessUser) =>
    user.lost.flatMap(({ payload }) => payload.actions.map(({ type }) => type))
  expect(lostOf(ann)).toEqual(['order/renamed'])
  expect(lostOf(bob)).toEqual(['order/created', 'theme/painted'])
  for (const { sync } of both) expect(sync.status.error?.code).toBe('history-lost')
  // Not stuck: versions that were there before, of other events.
  bob.dispatch(renamed('1', 'Zoe'))
  ann.dispatch(created('3', 'Anew'))
  await vi.waitUntil(
    () => both.every((user) => customerOf(user, '1') === 'Zoe' && customerOf(user, '3') === 'Anew'),
    patience,
  )
  ann.dispatch(orderSlice.actions.deleted({ id: '3' }))
  await vi.waitUntil(() => both.every(isQuiet) && customerOf(bob, '3') === undefined, patience)
  expect(await foldback('verify', server.database)).toMatchObject({ eventCount: 6 })
}, 60_000)
