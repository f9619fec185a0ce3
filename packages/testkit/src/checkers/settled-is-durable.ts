import type { DownMessage, Events, Snapshot } from '@foldback/core'
import type { History } from '../workload/history.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/** Promise 1: whatever a server says, the disk has synced; and what was told to be accepted is in the log at the end. */
export class SettledIsDurable implements Checker {
  readonly promise = 1
  readonly #history: History

  constructor(history: History) {
    this.#history = history
  }

  sent({ direction, messages }: WatchedFrame): void {
    if (direction === 'down') for (const message of messages) this.#check(message)
  }

  #check(message: DownMessage): void {
    switch (message.type) {
      case 'settled':
        return this.#checkMark(message.lane, message.to, 'settled')
      case 'rejected':
        if (message.final) this.#checkMark(message.lane, message.n, 'refused for good')
        return
      case 'welcome':
        for (const { lane, mark } of message.lanes) this.#checkMark(lane, mark, 'settled before the welcome')
        return
      case 'snapshot':
        return this.#checkSnapshot(message)
      case 'events':
        return this.#checkEvents(message)
      case 'synced': {
        const { seq, id } = message.position
        const logged = seq === 0 ? '' : this.#memory.log[seq - 1]?.id
        return hold(1, logged === id, () => `position ${seq} is told as ${id}, and is ${logged} in the log`)
      }
      case 'diverged':
      case 'gone':
      case 'pong':
      case 'problem':
      case 'renewed':
        return
    }
  }

  get #memory() {
    return this.#history.world.memory
  }

  #checkMark(lane: string, n: number, what: string): void {
    const mark = this.#memory.lanes.get(lane)?.n ?? 0
    hold(
      1,
      n <= mark,
      () => `action ${n} of lane ${lane} is told as ${what}, and the log has that lane up to ${mark}`,
    )
  }

  #checkSnapshot({ model, id, version, eventId, marks }: Snapshot): void {
    this.#checkPlace(model, id, version, eventId)
    for (const [lane, n] of Object.entries(marks)) this.#checkMark(lane, n, `settled, with ${model}/${id}`)
  }

  #checkEvents({ model, id, events }: Events): void {
    for (const event of events) this.#checkPlace(model, id, event.version, event.id)
  }

  #checkPlace(model: string, id: string, version: number, eventId: string): void {
    const logged = version === 0 ? '' : this.#memory.streams.get(`${model}/${id}`)?.events[version - 1]?.id
    hold(
      1,
      logged === eventId,
      () => `${model}/${id} ${version} is told as ${eventId}, and is ${logged} in the log`,
    )
  }

  ended(): void {
    const { ledger, isRestored } = this.#history
    // What was told of a log does not hold when that was put back to an earlier one.
    if (isRestored) return
    const logged = new Set(this.#memory.log.map(({ id }) => id))
    for (const [id, told] of ledger.outcomes)
      hold(1, !told.has(true) || logged.has(id), () => `${id} was told to be accepted, and is not in the log`)
  }
}
