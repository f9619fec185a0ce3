import type { StampedAction } from '@foldback/core'
import type { StoredEvent } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import type { Dispatched, Ledger } from '../workload/ledger.ts'
import type { Checker } from './checker.ts'
import { hold, holdEqual } from './promises.ts'

/**
 * Promise 3: versions are dense, lanes keep their order in the log, no time in it goes back, and what a page dispatched
 * is in it in that order.
 */
export class OneOrder implements Checker {
  readonly promise = 3
  readonly #history: History
  /** How far the log has been looked at. */
  #seq = 0
  /** Of each stream that has been looked at, the last event. */
  #last = new Map<string, StoredEvent>()
  /** Of each lane, the last n in the log. */
  #ns = new Map<string, number>()

  constructor(history: History) {
    this.#history = history
  }

  appended(): void {
    const { streams, log } = this.#history.world.memory
    for (const [key, { events }] of streams) {
      const from = this.#last.get(key)?.version ?? 0
      for (const [index, event] of events.slice(from).entries())
        this.#checkEvent(key, event, from + index + 1)
    }
    for (const [index, event] of log.slice(this.#seq).entries())
      this.#checkPlace(event, this.#seq + index + 1)
    this.#seq = log.length
  }

  #checkEvent(key: string, event: StoredEvent, version: number): void {
    const { receivedAt = 0 } = this.#last.get(key) ?? {}
    hold(3, event.version === version, () => `${key} has ${event.version} where ${version} should be`)
    hold(
      3,
      event.receivedAt >= receivedAt,
      () => `${key} ${version} was received before the event it follows`,
    )
    const { at } = (JSON.parse(event.action) as StampedAction).meta.foldback
    hold(3, at <= event.receivedAt, () => `${key} ${version} was received before it happened`)
    this.#last.set(key, event)
  }

  #checkPlace({ id, lane, n, seq }: StoredEvent, place: number): void {
    hold(3, seq === place, () => `${id} is ${place} in the log, and says ${seq}`)
    if (lane === undefined || n === undefined) return
    const before = this.#ns.get(lane) ?? 0
    // One action may be in several streams.
    hold(3, n >= before, () => `${n} of ${lane} is in the log behind ${before}`)
    this.#ns.set(lane, n)
  }

  restored(): void {
    const { streams, log } = this.#history.world.memory
    this.#seq = log.length
    this.#last = new Map(
      [...streams].flatMap(([key, { events }]) => (events.length === 0 ? [] : [[key, events.at(-1)!]])),
    )
    this.#ns = new Map()
    for (const { lane, n } of log) if (lane !== undefined && n !== undefined) this.#ns.set(lane, n)
  }

  ended(): void {
    const { world, ledger, isRestored } = this.#history
    if (isRestored) return
    const places = new Map<string, number>()
    for (const { id } of world.memory.log) if (!places.has(id)) places.set(id, places.size)
    for (const [chain, ids] of chainsOf(ledger, places)) {
      const logged = [...ids].sort((a, b) => places.get(a)! - places.get(b)!)
      holdEqual(3, `what was dispatched by page, user ${chain} as the log has it`, logged, ids)
    }
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
