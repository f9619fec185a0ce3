import { batchOf, looseUnit, memoryStore, sampleEvent, sampleModels, StoreMemory } from '@foldback/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '../event-store.ts'
import { EventPages, eventsPerRead } from './event-pages.ts'

const ref = { model: 'order', id: '1' }
const eventCount = 2 * eventsPerRead + 3

let store: EventStore
beforeEach(async () => {
  store = memoryStore(new StoreMemory())
  await store.open(sampleModels)
  const events = Array.from({ length: eventCount }, (_, version) => sampleEvent('1', version))
  await store.append(batchOf([looseUnit(...events)]))
})

/** The first and the last version of each page. */
async function rangesOf(pages: EventPages): Promise<unknown[]> {
  const ranges: unknown[] = []
  for (;;) {
    const events = await pages.next()
    if (events === undefined) return ranges
    ranges.push([events[0]?.version, events.at(-1)?.version])
  }
}

describe('the pages of a long stream', () => {
  it('have all of its events, in order', async () => {
    expect(await rangesOf(new EventPages(store, ref, 0, Infinity))).toEqual([
      [1, eventsPerRead],
      [eventsPerRead + 1, 2 * eventsPerRead],
      [2 * eventsPerRead + 1, eventCount],
    ])
  })

  it('begin above a version, and end at one', async () => {
    const ranges = async (above: number, versionMax: number) =>
      rangesOf(new EventPages(store, ref, above, versionMax))
    expect(await ranges(5, 7)).toEqual([[6, 7]])
    expect(await ranges(7, 7)).toEqual([])
    expect(await ranges(eventCount, Infinity)).toEqual([])
    expect(await ranges(eventCount - eventsPerRead, Infinity)).toEqual([
      [eventCount - eventsPerRead + 1, eventCount],
    ])
  })

  it('are read ahead: the next one while somebody has the one before', async () => {
    const asked: number[] = []
    const events = store.events.bind(store)
    store.events = (of, from, limit) => {
      asked.push(from)
      return events(of, from, limit)
    }
    const pages = new EventPages(store, ref, 0, Infinity)
    await pages.next()
    expect(asked).toEqual([1, eventsPerRead + 1])
  })

  it('say what went wrong to whoever asks for the page, and to nobody else', async () => {
    const events = store.events.bind(store)
    store.events = (of, from, limit) =>
      from > 1 ? Promise.reject(new Error('no disk')) : events(of, from, limit)
    const pages = new EventPages(store, ref, 0, Infinity)
    expect(await pages.next()).toHaveLength(eventsPerRead)
    await expect(pages.next()).rejects.toThrow('no disk')
    const unread = new EventPages(store, ref, 0, Infinity)
    await unread.next()
  })
})
