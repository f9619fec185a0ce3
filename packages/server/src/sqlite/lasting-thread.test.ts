import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FoldbackError } from '@foldback/core'
import type { Incident } from '@foldback/engine'
import { appendUnits, laneUnit, looseUnit, place, sampleEvent, sampleModels } from '@foldback/testkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { created } from '../../../../test-support/order-models.ts'
import { RunningServer } from '../../../../test-support/running-server.ts'
import { sqlite, type SqliteOptions } from './sqlite-store.ts'

// Threads, processes and disks take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-thread-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'test.db')
}

/** The threads that are made from now on, in order: of each store the writer and the reader, then their successors. */
function threads(): Worker[] {
  const workers: Worker[] = []
  const note = (worker: Worker): void => void workers.push(worker)
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return workers
}

async function opened(options: SqliteOptions = {}, path = newPath()) {
  const workers = threads()
  const incidents: Incident[] = []
  const store = sqlite(path, options)
  await store.open(sampleModels, { report: (incident) => incidents.push(incident) })
  onTestFinished(() => store.close())
  return { store, workers, incidents, path }
}

describe('a thread of the store that ends by itself', () => {
  it('leaves open what was under way, and its successor does what comes after', async () => {
    const { store, workers, incidents } = await opened()
    expect(workers).toHaveLength(2)
    const appending = appendUnits(store, looseUnit(sampleEvent('1', 0)), looseUnit(sampleEvent('2', 0)))
    const reading = store.tip().then(
      () => 'read',
      ({ code }: FoldbackError) => code,
    )
    const [writer, reader] = workers
    await Promise.all([writer?.terminate(), reader?.terminate()])
    // They may just have been in time.
    expect(['read', 'store-failed']).toContain(await reading)
    for (const { status } of await appending) expect(['ok', 'unknown']).toContain(status)
    const { seq } = await store.tip()
    expect(await appendUnits(store, looseUnit(sampleEvent('3', 0)))).toEqual([
      { status: 'ok', seqs: [seq + 1] },
    ])
    expect(incidents.map(({ code }) => code)).toEqual(['store-failed', 'store-failed'])
    expect(incidents.map(({ message }) => /the store's (\w+) thread ended/.exec(message)?.[1])).toEqual(
      expect.arrayContaining(['reader', 'writer']),
    )
  })

  it('is given up when it happens too often, with a sentence that says what to do', async () => {
    const { store, workers, incidents } = await opened({ threadRestartsPerMinuteMax: 2 })
    for (let round = 0; round < 3; round += 1) {
      const appending = appendUnits(store, looseUnit(sampleEvent('1', 0)))
      // The reader's is the second of the first two.
      await workers[round === 0 ? 0 : round + 1]?.terminate()
      await appending
    }
    await expect(appendUnits(store, looseUnit(sampleEvent('3', 0)))).rejects.toMatchObject({
      code: 'store-lost',
      message: expect.stringContaining('Restart the server'),
    })
    expect(incidents.map(({ code }) => code)).toEqual(['store-failed', 'store-failed', 'store-lost'])
    // Reading goes on.
    expect(await store.tip()).toMatchObject({ seq: expect.any(Number) })
  })

  it('does not take the file back from a process that has taken it over meanwhile', async () => {
    const { store, workers, path } = await opened()
    // As on a file system without locks.
    rmSync(`${path}-lock`)
    const other = await opened({}, path)
    rmSync(`${path}-lock`)
    await workers[0]?.terminate()
    // The first call may still have met the thread that could not begin.
    await appendUnits(store, looseUnit(sampleEvent('1', 0))).catch(() => {})
    const appending = appendUnits(store, looseUnit(sampleEvent('1', 0)))
    await expect(appending).rejects.toMatchObject({ code: 'writer-superseded' })
    expect((await appendUnits(other.store, looseUnit(sampleEvent('1', 0))))[0]?.status).toBe('ok')
  })

  it('keeps the promise of once, whatever was under way', async () => {
    const { store, workers } = await opened()
    const unit = laneUnit(place('lane', 1), [sampleEvent('1', 0)])
    const appending = appendUnits(store, unit)
    await workers[0]?.terminate()
    const [first] = await appending
    const [second] = await appendUnits(store, unit)
    expect([first?.status, second?.status]).not.toEqual(['ok', 'ok'])
    expect((await appendUnits(store, unit))[0]?.status).toBe('duplicate')
    expect(await store.tip()).toMatchObject({ seq: 1 })
  })
})

describe('a server whose writer ends', () => {
  it('goes on by itself: what was under way is settled once, and it is ready again', async () => {
    const workers = threads()
    const running = await RunningServer.start({ store: sqlite(newPath()) })
    const sync = await running.sync()
    await sync.hello()
    sync.push(1, created('1'), created('2'))
    const terminated = workers[0]?.terminate()
    await terminated
    expect((await running.post(created('3'))).status).toBe(200)
    expect((await running.fetch('/readyz')).status).toBe(200)
    expect((await running.fetch('/healthz')).status).toBe(200)
    const again = await running.sync()
    sync.socket.terminate()
    const { lanes } = await again.hello()
    const { mark } = lanes[0]!
    if (mark < 2) {
      again.push(mark + 1, ...[created('1'), created('2')].slice(mark))
      for (let n = mark + 1; n <= 2; n = (await again.next('settled')).to + 1) continue
    }
    for (const id of ['1', '2', '3']) {
      expect((await running.get(`/events/order/${id}`)).body.events).toHaveLength(1)
    }
  })
})
