import type { AppendBatch, UnitOutcome } from '@foldback/engine'
import type { Conversation } from '../workload/conversation.ts'
import type { History } from '../workload/history.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/**
 * Promise 2: what comes after a login has ended is put off, and its number is not used: an action is in the log only
 * when it has come at least once while its sender was signed in.
 */
export class LoginsEnd implements Checker {
  readonly promise = 2
  readonly #history: History
  /** Those that were shown on a connection. */
  readonly #tokens = new Map<Conversation, string[]>()
  /** By lane and n: it has come in time. */
  readonly #inTime = new Set<string>()

  constructor(history: History) {
    this.#history = history
  }

  arrived({ conversation, direction, messages }: WatchedFrame): void {
    if (direction === 'down') return
    for (const message of messages) {
      if (message.type === 'hello' || message.type === 'token')
        this.#tokens.set(conversation, [...(this.#tokens.get(conversation) ?? []), message.token ?? ''])
      if (message.type !== 'push' || !this.#isSignedIn(conversation)) continue
      for (const index of message.actions.keys()) this.#inTime.add(`${message.lane} ${message.n + index}`)
    }
  }

  /** With any of its tokens: the answer to an earlier one may count yet. One that is just being looked at is good. */
  #isSignedIn(conversation: Conversation): boolean {
    const { loginEnds, world } = this.#history
    const now = world.serverClock.now()
    const tokens = this.#tokens.get(conversation) ?? []
    return tokens.some((token) => (loginEnds.get(token) ?? Infinity) > now)
  }

  appended({ units }: AppendBatch, outcomes: readonly UnitOutcome[]): void {
    for (const [index, { lane, events }] of units.entries()) {
      if (lane === undefined || lane.lane.includes(':') || outcomes[index]?.status !== 'ok') continue
      const isInTime = this.#inTime.has(`${lane.lane} ${lane.n}`)
      hold(
        2,
        isInTime,
        () =>
          `${lane.n} of ${lane.lane} came when the login had ended, and was taken: ${JSON.stringify(events)}`,
      )
    }
  }
}
