import { type ErrorCode, FoldbackError } from '@foldback/core'
import type { AppendBatch, EventStore, UnitOutcome } from '@foldback/engine'
import type { SeededRandom } from './seeded-random.ts'

/** How often each thing goes wrong, from 0 to 1. */
interface StoreFaults {
  /** An append that rejects, having written nothing. */
  readonly rejected: number
  /** An append that cannot be told: some of it is written, from the first unit on, and none of it is answered. */
  readonly unknown: number
  /** A read of any kind that rejects. */
  readonly unread: number
}

type StoreFault = 'rejected' | 'unstorable' | 'unknown, written' | 'unknown, not written' | 'unread'

const codes: readonly ErrorCode[] = ['store-failed', 'disk-full', 'busy']
const reads: readonly (keyof EventStore)[] = ['read', 'events', 'outcomes', 'list', 'eventIdAt']

/** A store that fails now and then, while `isFailing` says so. */
export function failingStore(store: EventStore, parts: FailingStoreParts): EventStore {
  const { faults, random, isFailing, isUnstorable, happened } = parts
  const strikes = (share: number): boolean => isFailing() && random.fraction() < share

  async function append(batch: AppendBatch): Promise<readonly UnitOutcome[]> {
    if (batch.units.some(({ events }) => events.some(({ action }) => isUnstorable(action)))) {
      happened('unstorable')
      throw new FoldbackError('unstorable')
    }
    if (strikes(faults.rejected)) {
      happened('rejected')
      throw new FoldbackError(codes[random.below(codes.length)]!)
    }
    if (!strikes(faults.unknown)) return store.append(batch)
    const written = random.below(batch.units.length + 1)
    await store.append({ ...batch, units: batch.units.slice(0, written), records: [] })
    happened(written > 0 ? 'unknown, written' : 'unknown, not written')
    return batch.units.map(() => ({ status: 'unknown' }))
  }

  return new Proxy(store, {
    get(target, name: keyof EventStore) {
      if (name === 'append') return append
      const real = (target[name] as (...args: unknown[]) => Promise<unknown>).bind(target)
      if (!reads.includes(name)) return real
      return async (...args: unknown[]) => {
        if (!strikes(faults.unread)) return real(...args)
        happened('unread')
        throw new FoldbackError('store-failed')
      }
    },
  })
}

export interface FailingStoreParts {
  readonly faults: StoreFaults
  readonly random: SeededRandom
  readonly isFailing: () => boolean
  /** Says of an action's text that it cannot be kept; nor can a batch with it. */
  readonly isUnstorable: (action: string) => boolean
  readonly happened: (fault: StoreFault) => void
}
