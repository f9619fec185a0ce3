import { get, list, put, same } from './look.ts'
import { type OutboxCase, outboxCase } from './outbox-case.ts'

/** Rows are found by their key, and listed in the order of their keys. */
export const rows: readonly OutboxCase[] = [
  outboxCase('is empty at first', async (storage) => {
    same(await list(storage), [])
    same(await get(storage, 'lane/1'), undefined)
  }),

  outboxCase('gives back what was put, whatever JSON it is', async (storage) => {
    const values = {
      'a/null': null,
      'a/number': -1.5e-9,
      'a/text': '"quoted" \u0000 ä 語 😀 \ud800',
      'a/list': [[], {}, [null, false]],
      'a/object': { __proto: { deep: [{ '': 1 }] }, n: 0 },
    }
    await put(storage, values)
    for (const [key, value] of Object.entries(values)) same(await get(storage, key), value)
  }),

  outboxCase('puts a row in the place of the one with its key, and takes rows away', async (storage) => {
    await put(storage, { a: 1, b: 1, c: 1 })
    await storage.transact('write', async (transaction) => {
      transaction.put('b', 2)
      transaction.remove('c')
      transaction.remove('not there')
    })
    same(await list(storage), [
      ['a', 1],
      ['b', 2],
    ])
  }),

  outboxCase('does the changes of a transaction in their order', async (storage) => {
    await storage.transact('write', async (transaction) => {
      transaction.put('gone', 1)
      transaction.remove('gone')
      transaction.remove('kept')
      transaction.put('kept', 1)
      transaction.put('kept', 2)
    })
    same(await list(storage), [['kept', 2]])
  }),

  outboxCase('lists the rows of a prefix and no others, in the order of their keys', async (storage) => {
    const keys = ['action/b/0000000000000010', 'action/b/0000000000000009', 'action/b/', 'action/a/1']
    const others = ['action/b', 'action/c/1', 'action', 'b', 'Action/b/1', 'action/B/1', '']
    await put(storage, Object.fromEntries([...keys, ...others].map((key) => [key, 0])))
    const listed = await list(storage, 'action/b/')
    same(
      listed.map(([key]) => key),
      ['action/b/', 'action/b/0000000000000009', 'action/b/0000000000000010'],
    )
  }),

  outboxCase('orders keys as JavaScript compares them', async (storage) => {
    const keys = ['~', 'Z', 'a', 'A', 'é', '0', '10', '9', '_', '-', '%2F', '/', '😀', '\ufffd', 'z']
    await put(storage, Object.fromEntries(keys.map((key) => [`k${key}`, 0])))
    const listed = await list(storage, 'k')
    same(
      listed.map(([key]) => key.slice(1)),
      [...keys].sort((a, b) => (a < b ? -1 : 1)),
    )
  }),

  outboxCase('takes a thousand rows at once', async (storage) => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`n/${1_000 + n}`, n]))
    await put(storage, many)
    const listed = await list(storage, 'n/')
    same(listed, Object.entries(many))
  }),
]
