import type { AnyModel, LogPosition, OutboxStorage } from '@foldback/core'
import { SeededRandom, VirtualClock } from '@foldback/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { models } from '../../../../test-support/order-models.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { Outbox } from './outbox.ts'
import { RecordCache } from './record-cache.ts'

const [orders] = models
const byName = new Map<string, AnyModel>(models.map((model) => [model.name, model]))

let storage: OutboxStorage
let clock: VirtualClock
let warnings: string[]

beforeEach(() => {
  storage = new MemoryOutbox()
  clock = new VirtualClock()
  warnings = []
})

/** A page of this device: what it keeps, and how far orders are listed there. */
async function openPage(options: { actor?: string; max?: number; orderVersion?: number } = {}) {
  const outbox = new Outbox(storage, new SeededRandom(clock.now()))
  await outbox.open()
  await outbox.signedIn(options.actor ?? 'ann')
  let listed: LogPosition | undefined
  const cache = new RecordCache({
    outbox,
    clock,
    cacheMs: 1_000,
    max: options.max ?? 100,
    listings: () => (listed === undefined ? [] : [[orders, listed]]),
    versionOf: () => options.orderVersion ?? 1,
    warn: (message) => void warnings.push(message),
  })
  await cache.load(byName)
  return {
    cache,
    list: (position: LogPosition | undefined) => void (listed = position),
    keep: (id: string, version: number) =>
      cache.keep({ model: orders, id }, { state: { id, version }, version, eventId: `${id}/${version}` }),
    async flush() {
      cache.flush()
      await new Promise((resolve) => setImmediate(resolve))
    },
    versions: () => cache.recordsOf(orders).map(([id, { version }]) => [id, version]),
  }
}

describe('records', () => {
  it('folded by other code are replaced, also by an earlier version, as of a server that was put back', async () => {
    const first = await openPage()
    first.keep('1', 5)
    await first.flush()
    const second = await openPage({ orderVersion: 2 })
    second.keep('1', 3)
    await second.flush()
    expect((await openPage({ orderVersion: 2 })).versions()).toEqual([['1', 3]])
  })

  it('are there for the next page, up to where they were listed', async () => {
    const first = await openPage()
    first.list({ seq: 7, id: 'e7' })
    first.keep('1', 2)
    first.keep('2', 5)
    expect(clock.nextAt).toBe(clock.now() + 1_000)
    await first.flush()
    const second = await openPage()
    expect(second.versions()).toEqual([
      ['1', 2],
      ['2', 5],
    ])
    expect(second.cache.record({ model: orders, id: '1' })?.state).toEqual({ id: '1', version: 2 })
    expect(second.cache.listing(orders)).toEqual({ seq: 7, id: 'e7' })
  })

  it('take the place of those of another version of the model, also when the server was restored', async () => {
    const before = await openPage()
    before.keep('1', 5)
    await before.flush()
    const updated = await openPage({ orderVersion: 2 })
    updated.keep('1', 1)
    await updated.flush()
    expect((await openPage({ orderVersion: 2 })).versions()).toEqual([['1', 1]])
  })

  it('are not put back by a page that is behind', async () => {
    const [ahead, behind] = [await openPage(), await openPage()]
    behind.keep('1', 2)
    behind.list({ seq: 6, id: 'e6' })
    ahead.keep('1', 3)
    ahead.list({ seq: 8, id: 'e8' })
    await ahead.flush()
    await behind.flush()
    const next = await openPage()
    expect(next.versions()).toEqual([['1', 3]])
    expect(next.cache.listing(orders)).toEqual({ seq: 8, id: 'e8' })
  })

  it('are put back when the server itself went back', async () => {
    const page = await openPage()
    page.cache.welcomed('before')
    page.keep('1', 9)
    await page.flush()
    expect(page.cache.welcomed('after')).toBe(true)
    page.keep('1', 4)
    await page.flush()
    expect((await openPage()).versions()).toEqual([['1', 4]])
  })

  it('are of the history of the server that was connected last, whatever versions another one had', async () => {
    const [before, after] = [await openPage(), await openPage()]
    before.cache.welcomed('before')
    before.keep('1', 5)
    before.keep('2', 5)
    before.list({ seq: 9, id: 'e9' })
    await before.flush()
    after.cache.welcomed('after')
    after.keep('1', 4)
    await after.flush()
    const next = await openPage()
    expect(next.versions()).toEqual([['1', 4]])
    expect(next.cache.isListed(orders)).toBe(false)
    // It has not heard yet that the server went back.
    before.keep('1', 6)
    await before.flush()
    expect((await openPage()).versions()).toEqual([['1', 4]])
    expect(before.cache.welcomed('after')).toBe(true)
    before.keep('2', 1)
    await before.flush()
    expect((await openPage()).versions()).toEqual([
      ['1', 4],
      ['2', 1],
    ])
  })

  it('that a server has told of are not taken for older ones by a page that reads them late', async () => {
    const before = await openPage()
    before.cache.welcomed('one')
    before.keep('1', 1)
    before.keep('2', 1)
    await before.flush()
    const page = await openPage()
    const reading = page.cache.load(byName)
    page.cache.welcomed('two')
    page.keep('1', 2)
    await reading
    await page.flush()
    expect(page.versions()).toEqual([['1', 2]])
    expect((await openPage()).versions()).toEqual([['1', 2]])
  })

  it('are all there again when another page, which was behind, has caught up', async () => {
    const [page, behind] = [await openPage(), await openPage()]
    // It was told later, of what was earlier.
    behind.cache.welcomed('before')
    page.cache.welcomed('after')
    page.keep('1', 4)
    page.keep('2', 4)
    await page.flush()
    await behind.flush()
    behind.cache.welcomed('after')
    await behind.flush()
    page.list({ seq: 9, id: 'e9' })
    page.keep('1', 5)
    await page.flush()
    const next = await openPage()
    expect(next.versions()).toEqual([
      ['1', 5],
      ['2', 4],
    ])
    expect(next.cache.listing(orders)).toEqual({ seq: 9, id: 'e9' })
  })

  it('stay through a restart of the server, whose history goes on', async () => {
    const page = await openPage()
    page.cache.welcomed('one')
    page.keep('1', 5)
    await page.flush()
    const next = await openPage()
    expect(next.cache.welcomed('one')).toBe(false)
    await next.flush()
    expect((await openPage()).versions()).toEqual([['1', 5]])
  })

  it('that another page has of a new version of the model are not removed with the old ones', async () => {
    const [first, second] = [{ orderVersion: 1 }, { orderVersion: 1 }]
    const [ahead, behind] = [await openPage(first), await openPage(second)]
    for (const page of [ahead, behind]) {
      page.keep('1', 3)
      page.list({ seq: 3, id: 'e3' })
      await page.flush()
    }
    first.orderVersion = 2
    ahead.cache.refold(orders)
    ahead.keep('1', 3)
    await ahead.flush()
    second.orderVersion = 2
    behind.list(undefined)
    behind.cache.refold(orders)
    await behind.flush()
    const next = await openPage({ orderVersion: 2 })
    expect(next.versions()).toEqual([['1', 3]])
    expect(next.cache.listing(orders)).toEqual({ seq: 3, id: 'e3' })
  })

  it('that another page has of a new version of the model are not replaced by old ones', async () => {
    const behind = await openPage()
    const ahead = await openPage({ orderVersion: 2 })
    ahead.keep('1', 3)
    await ahead.flush()
    behind.keep('1', 4)
    await behind.flush()
    expect((await openPage({ orderVersion: 2 })).versions()).toEqual([['1', 3]])
  })

  it('that may not be read any more are not there, also when only another page has seen them', async () => {
    const [told, other] = [await openPage(), await openPage()]
    other.keep('1', 3)
    await other.flush()
    told.cache.drop({ model: orders, id: '1' })
    expect(clock.nextAt).toBeDefined()
    await told.flush()
    expect((await openPage()).versions()).toEqual([])
  })

  it('that a full listing does not name are not there, also when another page has kept them since', async () => {
    const [listed, other] = [await openPage(), await openPage()]
    other.keep('1', 3)
    other.keep('2', 3)
    other.keep('3', 3)
    await other.flush()
    listed.keep('1', 3)
    listed.keep('3', 1)
    listed.list({ seq: 7, id: 'e7' })
    listed.cache.retain(orders, new Set(['1']))
    expect(clock.nextAt).toBeDefined()
    await listed.flush()
    expect((await openPage()).versions()).toEqual([['1', 3]])
  })

  it('that a full listing does not name are not there, also when actions wait that are for them', async () => {
    const [listed, other] = [await openPage(), await openPage()]
    listed.keep('1', 2)
    other.keep('2', 2)
    await listed.flush()
    await other.flush()
    listed.list({ seq: 7, id: 'e7' })
    listed.cache.retain(orders, new Set())
    // What they are folded on.
    for (const id of ['1', '2']) listed.keep(id, 0)
    await listed.flush()
    expect((await openPage()).versions()).toEqual([])
  })

  it('are there as they are in the newest listing, though an older one comes later', async () => {
    const [ahead, behind] = [await openPage(), await openPage()]
    ahead.keep('1', 1)
    ahead.list({ seq: 7, id: 'e7' })
    await ahead.flush()
    behind.list({ seq: 6, id: 'e6' })
    behind.cache.retain(orders, new Set())
    await behind.flush()
    expect((await openPage()).versions()).toEqual([['1', 1]])
  })

  it('that may be read again since are there', async () => {
    const [told, other] = [await openPage(), await openPage()]
    other.keep('1', 3)
    await other.flush()
    told.cache.drop({ model: orders, id: '1' })
    told.keep('1', 2)
    await told.flush()
    expect((await openPage()).versions()).toEqual([['1', 3]])
  })

  it('that may not be read any more are not there, whatever a page that is behind has', async () => {
    const [first, second] = [await openPage(), await openPage()]
    first.keep('1', 3)
    second.keep('1', 3)
    first.cache.drop({ model: orders, id: '1' })
    await first.flush()
    await second.flush()
    expect((await openPage()).versions()).toEqual([])
  })

  it('are another user’s as little as they are of another version of the model', async () => {
    const page = await openPage()
    page.list({ seq: 1, id: 'e1' })
    page.keep('1', 1)
    await page.flush()
    expect((await openPage({ actor: 'bob' })).versions()).toEqual([])
    const newer = await openPage({ orderVersion: 2 })
    expect(newer.versions()).toEqual([])
    expect(newer.cache.isListed(orders)).toBe(false)
  })

  it('beyond the bound go, those that have not changed for longest first, and nobody says that all are here', async () => {
    const page = await openPage({ max: 2 })
    page.list({ seq: 3, id: 'e3' })
    for (const id of ['1', '2', '3']) page.keep(id, 1)
    page.keep('2', 2)
    await page.flush()
    const next = await openPage({ max: 2 })
    expect(next.versions()).toEqual([
      ['2', 2],
      ['3', 1],
    ])
    expect(next.cache.isListed(orders)).toBe(false)
  })
})

describe('a listing', () => {
  it('is nothing to go on from when records have changed without it', async () => {
    const page = await openPage()
    page.list({ seq: 7, id: 'e7' })
    page.keep('1', 2)
    await page.flush()
    page.list(undefined)
    page.keep('1', 3)
    await page.flush()
    const next = await openPage()
    expect(next.cache.isListed(orders)).toBe(true)
    expect(next.cache.listing(orders)).toBeUndefined()
    page.list({ seq: 9, id: 'e9' })
    await page.flush()
    expect((await openPage()).cache.listing(orders)).toEqual({ seq: 9, id: 'e9' })
  })

  it('without any record is kept too', async () => {
    const page = await openPage()
    page.list({ seq: 0, id: '' })
    page.cache.touch()
    expect(clock.nextAt).toBeDefined()
    await page.flush()
    expect((await openPage()).cache.isListed(orders)).toBe(true)
  })
})

it('what does not fit on the device is given up, for the sake of pending actions', async () => {
  const page = await openPage()
  page.keep('1', 1)
  await page.flush()
  const real = storage.transact.bind(storage)
  let isFull = true
  storage.transact = (mode, run) =>
    isFull && mode === 'write' ? ((isFull = false), Promise.reject(new Error('no room'))) : real(mode, run)
  page.keep('2', 1)
  await page.flush()
  await page.flush()
  expect(warnings).toHaveLength(1)
  expect((await openPage()).versions()).toEqual([])
  page.keep('3', 1)
  expect(clock.nextAt).toBeUndefined()
})
