import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, FoldbackError } from '@foldback/core'
import type { EventStore } from '@foldback/engine'
import { memoryStore } from '@foldback/testkit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { created } from '../../../test-support/order-models.ts'
import { RunningServer } from '../../../test-support/running-server.ts'
import { sqlite } from './sqlite/sqlite-store.ts'

// Threads, processes and disks take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** A memory store whose appends do what they are told. */
function troubledStore() {
  const store = memoryStore()
  let append: EventStore['append'] | undefined
  const proxy = new Proxy(store, {
    get: (_, name: keyof EventStore) =>
      name === 'append' && append !== undefined ? append : store[name].bind(store),
  })
  return {
    store: proxy,
    fail: (code: ErrorCode) => (append = () => Promise.reject(new FoldbackError(code))),
    hang: () => (append = () => new Promise(() => {})),
    mend: () => (append = undefined),
  }
}

function keptLog() {
  const lines: { level: number; code?: string; msg: string }[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[number])
  return { lines, log: pino({ level: 'info' }, { write }) }
}

describe('/readyz', () => {
  it.each(['disk-full', 'store-failed', 'busy', 'writer-superseded'] as const)(
    'says %s while that is so, and yes again after; the process lives meanwhile',
    async (code) => {
      const { store, fail, mend } = troubledStore()
      const server = await RunningServer.start({ store })
      expect((await server.fetch('/readyz')).status).toBe(200)
      fail(code)
      const { status, body } = await server.get('/readyz')
      expect(body).toMatchObject({ code, detail: expect.stringMatching(/\w+\./), status })
      expect(status).toBeGreaterThanOrEqual(500)
      expect((await server.fetch('/healthz')).status).toBe(200)
      mend()
      expect((await server.fetch('/readyz')).status).toBe(200)
    },
  )

  it('says no when the store does not answer, after a stated time', async () => {
    const { store, hang } = troubledStore()
    const server = await RunningServer.start({ store, limits: { probeMsMax: 50, closeMsMax: 100 } })
    hang()
    expect(await server.get('/readyz')).toMatchObject({
      status: 503,
      body: { code: 'store-failed', detail: expect.stringContaining('has not answered for 50 ms') },
    })
    // A waiting store is no reason to end the process: its disk may come back.
    expect((await server.fetch('/healthz')).status).toBe(200)
  })

  it('is logged when it changes, and not each time that somebody asks', async () => {
    const { store, fail, mend } = troubledStore()
    const { lines, log } = keptLog()
    const server = await RunningServer.start({ store, log })
    const ask = () => server.fetch('/readyz')
    await ask()
    fail('disk-full')
    for (let count = 0; count < 3; count += 1) await ask()
    mend()
    for (let count = 0; count < 3; count += 1) await ask()
    expect(lines).toMatchObject([
      { level: 40, code: 'disk-full', msg: expect.stringMatching(/not ready/) },
      { level: 30, msg: 'The server is ready again.' },
    ])
  })
})

describe('/healthz', () => {
  it('says no when only another process can help, and the log says it as its worst', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foldback-health-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const workers: Worker[] = []
    const note = (worker: Worker): void => void workers.push(worker)
    process.on('worker', note)
    onTestFinished(() => void process.off('worker', note))
    const { lines, log } = keptLog()
    const store = sqlite(join(folder, 'orders.db'), { threadRestartsPerMinuteMax: 1 })
    const server = await RunningServer.start({ store, log })
    expect((await server.fetch('/healthz')).status).toBe(200)
    // The writer, and then its successor, which comes after the reader.
    await workers[0]?.terminate()
    await vi.waitFor(async () => expect((await server.fetch('/readyz')).status).toBe(200))
    await workers[2]?.terminate()
    for (const path of ['/healthz', '/readyz']) {
      expect(await server.get(path)).toMatchObject({ status: 503, body: { code: 'store-lost' } })
    }
    expect(await server.post(created('1'))).toMatchObject({ status: 503 })
    // What was committed can still be read.
    expect((await server.fetch('/records/order')).status).toBe(200)
    expect(lines.filter(({ level }) => level === 60)).toMatchObject([{ code: 'store-lost' }])
  })
})
