import { list, put, same } from './look.ts'
import { type OutboxCase, outboxCase } from './outbox-case.ts'

/** What is kept is what was said to be kept. */
export const lasting: readonly OutboxCase[] = [
  outboxCase('says how safe it is, and opens more than once', async (storage, again) => {
    const levels = again === undefined ? ['page'] : ['durable', 'best-effort']
    same(levels.includes(await storage.open()), true)
    same(levels.includes(await storage.persist()), true)
  }),

  outboxCase('keeps its rows when it is opened again', async (storage) => {
    await put(storage, { a: 1 })
    await storage.open()
    same(await list(storage), [['a', 1]])
  }),

  outboxCase('keeps its rows for the next page, unless it is only a page’s own', async (storage, again) => {
    await put(storage, { a: 1, b: { c: [2] } })
    await storage.transact('write', async (transaction) => transaction.remove('a'))
    if (again === undefined) return
    same(await list(await again()), [['b', { c: [2] }]])
  }),
]
