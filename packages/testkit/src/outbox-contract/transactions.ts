import type { OutboxStorage } from '@foldback/core'
import { get, list, put, putIn, same } from './look.ts'
import { type OutboxCase, outboxCase } from './outbox-case.ts'

/** A transaction happens as a whole or not at all, and none sees the middle of another. */
export const transactions: readonly OutboxCase[] = [
  outboxCase('gives what the transaction gives', async (storage) => {
    same(await storage.transact('read', async () => 'read'), 'read')
    same(await storage.transact('write', async () => 'written'), 'written')
    same(await storage.transact('strict', async () => 'safe'), 'safe')
  }),

  outboxCase('changes nothing when the transaction rejects, and says why', async (storage) => {
    await put(storage, { a: 1, b: 1 })
    for (const mode of ['write', 'strict'] as const) {
      const thrown = await storage
        .transact(mode, async (transaction) => {
          putIn(transaction, { a: 2, c: 2 })
          transaction.remove('b')
          await transaction.get('a')
          throw new Error('No.')
        })
        .catch((cause: unknown) => cause)
      same(thrown instanceof Error && thrown.message, 'No.')
      same(await list(storage), [
        ['a', 1],
        ['b', 1],
      ])
    }
  }),

  outboxCase('goes on after a transaction that rejects', async (storage) => {
    const failing = storage.transact('write', () => Promise.reject(new Error('No.')))
    const written = put(storage, { a: 1 })
    await failing.catch(() => {})
    await written
    same(await get(storage, 'a'), 1)
  }),

  outboxCase('reads in a transaction what was there before its changes', async (storage) => {
    await put(storage, { a: 1, b: 1 })
    const read = await storage.transact('write', async (transaction) => {
      putIn(transaction, { a: 2, c: 2 })
      transaction.remove('b')
      return [await transaction.get('a'), await transaction.get('c'), await transaction.list('')]
    })
    same(read, [
      1,
      undefined,
      [
        ['a', 1],
        ['b', 1],
      ],
    ])
    same(await list(storage), [
      ['a', 2],
      ['c', 2],
    ])
  }),

  outboxCase('shows a transaction to those that begin after it', async (storage) => {
    const written = put(storage, { a: 1 })
    same(await get(storage, 'a'), 1)
    await written
  }),

  outboxCase('lets no two transactions come between each other', async (storage) => {
    await put(storage, { count: 0 })
    const modes = ['write', 'strict', 'write', 'strict', 'write', 'strict'] as const
    const seen = await Promise.all(modes.map((mode) => raise(storage, mode)))
    same(seen, [1, 2, 3, 4, 5, 6])
    same(await get(storage, 'count'), modes.length)
  }),
]

/** Reads the count several times, so that another transaction would have its chance, and raises it. */
function raise(storage: OutboxStorage, mode: 'write' | 'strict'): Promise<number> {
  return storage.transact(mode, async (transaction) => {
    for (let times = 0; times < 3; times++) await transaction.list('')
    const count = ((await transaction.get('count')) as number) + 1
    transaction.put('count', count)
    return count
  })
}
