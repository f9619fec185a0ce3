import type { History } from '../workload/history.ts'
import type { Dispatched, Ledger } from '../workload/ledger.ts'
import type { Checker } from './checker.ts'
import { holdEqual } from './promises.ts'

/** Promise 3: versions are dense, and what a page dispatched is in the log in that order. */
export const oneOrder: Checker = {
  promise: 3,
  ended: (history) => {
    checkVersions(history)
    if (!history.isRestored) checkPages(history)
  },
}

function checkVersions({ world }: History): void {
  for (const { model, id, events } of world.memory.streams.values()) {
    const versions = events.map(({ version }) => version)
    holdEqual(
      3,
      `the versions of ${model}/${id}`,
      versions,
      events.map((_, index) => index + 1),
    )
  }
}

function checkPages({ world, ledger }: History): void {
  const places = new Map<string, number>()
  for (const { id } of world.memory.log) if (!places.has(id)) places.set(id, places.size)
  for (const [chain, ids] of chainsOf(ledger, places)) {
    const logged = [...ids].sort((a, b) => places.get(a)! - places.get(b)!)
    holdEqual(3, `what was dispatched by page, user ${chain} as the log has it`, logged, ids)
  }
}

/** What a user dispatched on a page, in that order; what another page took over has an order of its own. */
function chainsOf({ dispatched }: Ledger, places: ReadonlyMap<string, number>): Map<string, string[]> {
  const chains = new Map<string, string[]>()
  for (const each of dispatched.values()) {
    // What nobody has dispatched, before signing in, goes with whoever signs in.
    if (!places.has(each.id) || each.actor === '') continue
    const key = chainKey(each)
    chains.set(key, [...(chains.get(key) ?? []), each.id])
  }
  return chains
}

function chainKey({ page, actor, told, isRevived }: Dispatched): string {
  return `${page.number} ${actor} ${told === 'taken-over' || isRevived ? 'elsewhere' : ''}`
}
