import type { AppendBatch, UnitOutcome } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/**
 * Promise 11: what failed to be appended is told to nobody, and nothing is folded on it: the only writer there is never
 * meets what it does not know.
 */
export class FailedAppends implements Checker {
  readonly promise = 11
  readonly #history: History
  readonly #failed = new Set<string>()

  constructor(history: History) {
    this.#history = history
  }

  appendFailed({ units }: AppendBatch): void {
    for (const { events } of units) for (const { id } of events) this.#failed.add(id)
  }

  appended({ units }: AppendBatch, outcomes: readonly UnitOutcome[]): void {
    for (const [index, { status }] of outcomes.entries())
      hold(
        11,
        status !== 'conflict',
        () => `the only writer folded ${JSON.stringify(units[index])} on what is not there`,
      )
  }

  sent({ direction, messages }: WatchedFrame): void {
    if (direction === 'up' || this.#failed.size === 0) return
    for (const message of messages) {
      if (message.type !== 'events') continue
      for (const { id } of message.events)
        hold(
          11,
          !this.#failed.has(id) || this.#isLogged(id),
          () => `${id} was told, and its append has failed`,
        )
    }
  }

  /** It was sent and appended again. */
  #isLogged(id: string): boolean {
    return this.#history.world.memory.log.some((event) => event.id === id)
  }
}
