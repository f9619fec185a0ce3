import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { created, renamed } from '../../../test-support/order-models.ts'
import { lane } from '../../../test-support/raw-sync-client.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import { sqlite } from './sqlite/sqlite-store.ts'

it('keeps records, versions, events and outcomes through a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-restart-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const start = () => RunningServer.start({ store: sqlite(join(folder, 'orders.db')) })

  const before = await start()
  const client = await before.sync()
  await client.hello()
  client.push(1, created('1'), renamed('none', 'Grace'))
  await client.next('settled')
  await client.next('rejected')
  const key = { 'idempotency-key': 'monday' }
  const answer = await before.post(renamed('1', 'Grace'), key)
  const record = (await before.get('/records/order/1')).body
  const events = (await before.get('/events/order/1')).body
  expect(record).toMatchObject({ version: 2, state: { customer: 'Grace' } })
  await before.server.close()

  const after = await start()
  expect((await after.fetch('/readyz')).status).toBe(200)
  expect((await after.get('/records/order/1')).body).toEqual(record)
  expect((await after.get('/events/order/1')).body).toEqual(events)
  expect((await after.get('/records/order/1?version=1')).body).toMatchObject({ state: { customer: 'Ada' } })
  expect((await after.post(renamed('1', 'Grace'), key)).body).toEqual(answer.body)
  const again = await after.sync()
  expect((await again.hello()).lanes).toMatchObject([
    { lane, mark: 2, refusals: [{ n: 2, code: 'no-such-record' }] },
  ])
  const plain = await after.plain()
  plain.send(renamed('1', 'Edsger'))
  expect(await plain.record()).toMatchObject({ version: 3, state: { customer: 'Edsger' } })
})

it('is not ready any more when another server has taken over the file, where nothing locks it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-restart-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'orders.db')
  const store = () => sqlite(path)
  const first = await RunningServer.start({ store: store() })
  expect((await first.fetch('/readyz')).status).toBe(200)
  rmSync(`${path}-lock`)
  const second = await RunningServer.start({ store: store() })
  expect(await first.get('/readyz')).toMatchObject({ status: 503, body: { code: 'writer-superseded' } })
  expect((await second.fetch('/readyz')).status).toBe(200)
})
