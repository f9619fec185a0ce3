import type { Json, OutboxEntry, OutboxStorage, OutboxTransaction } from '@foldback/core'

/** Throws unless both are the same JSON. */
export function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`It is ${found}, and should be ${wanted}.`)
}

export function put(storage: OutboxStorage, rows: { readonly [key: string]: Json }): Promise<void> {
  return storage.transact('strict', async (transaction) => putIn(transaction, rows))
}

export function putIn(transaction: OutboxTransaction, rows: { readonly [key: string]: Json }): void {
  for (const [key, value] of Object.entries(rows)) transaction.put(key, value)
}

export function list(storage: OutboxStorage, prefix = ''): Promise<readonly OutboxEntry[]> {
  return storage.transact('read', (transaction) => transaction.list(prefix))
}

export function get(storage: OutboxStorage, key: string): Promise<Json | undefined> {
  return storage.transact('read', (transaction) => transaction.get(key))
}
