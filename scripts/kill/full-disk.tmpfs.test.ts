import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createSync } from '@foldback/client'
import { configureStore } from '@reduxjs/toolkit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { executableOf, inOwnNamespace } from '../../test-support/requirements.ts'
import { LimitedServer } from './limited-server.ts'
import { created, models, orders, written } from './models.ts'

/** Runs a command with a small disk of its own at a folder. */
const withSmallDisk = (folder: string): string[] => [
  executableOf('tmpfs'),
  ...inOwnNamespace,
  'sh',
  '-c',
  `mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"`,
  folder,
]

/** Where the file is with which its disk is filled, as this process sees it. */
const fillingOf = ({ pid, folder }: LimitedServer) => join(`/proc/${pid}/root`, folder, 'filling')

/** Writes until not a byte more has room. */
function fill(server: LimitedServer): void {
  const file = openSync(fillingOf(server), 'a')
  for (let size = 65_536; size >= 1;) {
    try {
      writeSync(file, Buffer.alloc(size))
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown
      size /= 2
    }
  }
  closeSync(file)
}

const makeRoom = (server: LimitedServer): void => rmSync(fillingOf(server))

/** A page with a Redux store, connected. */
function connected({ address }: LimitedServer) {
  const sync = createSync({
    url: `ws:${address}`,
    models,
    token: () => 'ann',
    limits: { retryMsMin: 20, retryMsMax: 100 },
  })
  const store = configureStore({
    reducer: { ...sync.reducers },
    middleware: (all) => all().concat(sync.middleware),
  })
  sync.connect()
  onTestFinished(() => sync.disconnect())
  return { sync, store }
}

/** More than what is left of the pages that the database has. */
const longEntry = written('x'.repeat(30_000))

describe('a full disk', () => {
  it('refuses what cannot be kept until there is room, and goes on reading', async () => {
    const server = await LimitedServer.start(withSmallDisk)
    expect((await server.post(created({ id: '1' }))).status).toBe(200)
    fill(server)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const refused = {
        status: 507,
        body: { code: 'disk-full', detail: expect.stringContaining('disk is full') },
      }
      expect(await server.post(longEntry)).toMatchObject(refused)
    }
    expect(await server.get('readyz')).toMatchObject({ status: 507, body: { code: 'disk-full' } })
    expect((await server.get('healthz')).status).toBe(200)
    expect(await server.get('records/order/1')).toMatchObject({ status: 200, body: { version: 1 } })

    makeRoom(server)
    expect((await server.get('readyz')).status).toBe(200)
    expect(await server.post(longEntry)).toMatchObject({ status: 200, body: { outcome: 'accepted' } })
    expect(await server.get('records/order/1')).toMatchObject({ body: { version: 1 } })
    expect(await server.get('records/notebook/ann')).toMatchObject({ body: { version: 1 } })
  })

  it('keeps what a client has until there is room, and then takes it once', async () => {
    const server = await LimitedServer.start(withSmallDisk)
    const { sync, store } = connected(server)
    await sync.settled(store.dispatch(created({ id: 'before' })))
    fill(server)
    const waiting = [longEntry, created({ id: 'after' })].map((action) => store.dispatch(action))
    await vi.waitUntil(() => sync.status.error?.code === 'disk-full', { timeout: 20_000 })
    expect(sync.status).toMatchObject({ phase: 'connected', pending: 2 })
    expect(store.getState().notebook.entries).toHaveLength(1)
    expect(sync.record(orders, 'after')).toMatchObject({ id: 'after' })

    makeRoom(server)
    for (const action of waiting) expect(await sync.settled(action)).toMatchObject({ accepted: true })
    expect(sync.status).toMatchObject({ pending: 0, error: undefined })
    for (const [path, version] of [
      ['order/before', 1],
      ['order/after', 1],
      ['notebook/ann', 1],
    ] as const) {
      expect(await server.get(`records/${path}`)).toMatchObject({ body: { version } })
    }
  })
})
