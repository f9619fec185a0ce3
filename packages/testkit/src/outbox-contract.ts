import { locking } from './outbox-contract/locking.ts'
import { lasting } from './outbox-contract/lasting.ts'
import type { OutboxCase } from './outbox-contract/outbox-case.ts'
import { rows } from './outbox-contract/rows.ts'
import { transactions } from './outbox-contract/transactions.ts'

/**
 * What every storage of an outbox must hold. Each case makes a storage of its own. It needs nothing of Node, so that
 * it runs in a browser too.
 *
 * @example for (const { name, run } of outboxContract) it(name, () => run(async () => ({ storage: memoryOutbox() })))
 */
export const outboxContract: readonly OutboxCase[] = [...rows, ...transactions, ...locking, ...lasting]
