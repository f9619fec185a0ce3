import { same } from './look.ts'
import { type OutboxCase, outboxCase } from './outbox-case.ts'

/** A lock is one holder's at a time, and nobody waits for it. */
export const locking: readonly OutboxCase[] = [
  outboxCase('gives a lock to one at a time', async (storage) => {
    const release = await storage.lock('page')
    same(typeof release, 'function')
    same(typeof (await storage.lock('page')), 'undefined')
    release!()
    same(typeof (await taken(() => storage.lock('page'))), 'function')
  }),

  outboxCase('keeps locks of other names apart', async (storage) => {
    same(typeof (await storage.lock('one')), 'function')
    same(typeof (await storage.lock('other')), 'function')
  }),

  outboxCase('leaves transactions alone whoever has which lock', async (storage) => {
    await storage.lock('page')
    same(await storage.transact('strict', async () => 'done'), 'done')
  }),
]

type Release = (() => void) | undefined

/** Browsers hand a lock back a moment after it was released. */
async function taken(lock: () => Promise<Release>): Promise<Release> {
  for (let tries = 0; tries < 100; tries++) {
    const release = await lock()
    if (release !== undefined) return release
  }
  return undefined
}
