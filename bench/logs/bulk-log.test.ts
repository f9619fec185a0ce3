import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyModel, defineModel } from '@foldback/core'
import { createServer, sqlite } from '@foldback/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { longStreamEvents, orderTotalSlice } from '../long-stream.ts'
import { lineAdded, lineOf, salesOrderSlice } from '../model.ts'
import { BulkLog } from './bulk-log.ts'
import { type Contents, longStreams, orderCountOf, orders, totalName, totals } from './contents.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-bulk-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = () => join(folder, 'log.db')

async function make({ model, write }: Contents): Promise<void> {
  const log = await BulkLog.make(path(), model)
  write(log)
  log.close()
}

/** Every record, as a server with this model answers. */
async function recordsOf(model: AnyModel): Promise<readonly { id: string; version: number }[]> {
  return onServer(model, async (url) => {
    const answer = await fetch(`${url}/records/salesOrder?limit=1000`)
    return ((await answer.json()) as { records: { id: string; version: number }[] }).records
  })
}

async function onServer<Result>(model: AnyModel, work: (url: string) => Promise<Result>): Promise<Result> {
  const server = await createServer({
    models: [model],
    store: sqlite(path()),
    log: 'error',
    development: false,
  })
  const { port } = await server.listen(0, '127.0.0.1')
  try {
    return await work(`http://127.0.0.1:${port}`)
  } finally {
    await server.close()
  }
}

const streamId = ({ payload }: { readonly payload: { readonly id: string } }) => payload.id
/** Folded by new code, so from the first event on. */
const refolding: Readonly<Record<string, AnyModel>> = {
  orders: defineModel(salesOrderSlice, { streamId, version: 2 }),
  totals: defineModel(orderTotalSlice, { streamId, version: 2 }),
}

describe('a log that is written in bulk', () => {
  it.each([
    ['orders', orders(2_345), orderCountOf(2_345)],
    ['totals', totals(3_000, 200), 200],
  ])('has the records that its events fold to: %s', async (name, contents, count) => {
    await make(contents)
    const kept = await recordsOf(contents.model)
    expect(kept).toHaveLength(count)
    expect(await recordsOf(refolding[name]!)).toEqual(kept)
  })

  it('has whole streams where no record is kept', async () => {
    await make(longStreams())
    await onServer(longStreams().model, async (url) => {
      const answer = await fetch(`${url}/records/salesOrder/b`)
      expect(await answer.json()).toMatchObject({ version: longStreamEvents })
    })
  })

  it('goes on where it ends', async () => {
    const contents = totals(300, 100)
    await make(contents)
    await onServer(contents.model, async (url) => {
      const action = lineAdded({ id: totalName(7), line: lineOf(1) })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}/actions`, { method: 'POST', headers, body: JSON.stringify(action) })
      expect(await answer.json()).toMatchObject({ outcome: 'accepted' })
    })
  })
})
