import { cancellation, type Hello, type Push, type StampedAction } from '@foldback/core'
import type { StoredEvent } from '@foldback/engine'
import type { History } from '../workload/history.ts'
import { enrichedMark, upcastMark } from '../workload/history-models.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { Dispatched } from '../workload/ledger.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { hold } from './promises.ts'

/**
 * Promise 2: a number of a lane stands for one action, whoever sends it however often, and has one outcome; an action
 * is in each of its streams once; what was refused or given up in time is in none.
 */
export class ExactlyOnce implements Checker {
  readonly promise = 2
  readonly #history: History
  /** By lane and n: the id of the action that was sent. */
  readonly #sent = new Map<string, string>()
  /** By lane and n: the pages that have sent it as given up. */
  readonly #givenUpBy = new Map<string, Set<HistoryPage | undefined>>()
  readonly #outcomes = new Map<string, 'accepted' | 'refused'>()
  /** By lane: how far its holder has said that it knows every outcome; the server may have forgotten them since. */
  readonly #known = new Map<string, number>()
  /** By lane: how far the log has it. */
  #marks = new Map<string, number>()
  /** How far the log has been looked at. */
  #seq = 0

  constructor(history: History) {
    this.#history = history
  }

  sent({ conversation, messages }: WatchedFrame): void {
    for (const message of messages) {
      if (message.type === 'push') this.#checkPush(message, conversation.page)
      if (message.type === 'hello') this.#heardOf(message)
      if (message.type === 'settled')
        for (let n = message.from; n <= message.to; n++) this.#checkOutcome(message.lane, n, 'accepted')
      if (message.type === 'rejected' && message.final) this.#checkOutcome(message.lane, message.n, 'refused')
    }
  }

  #checkPush({ lane, n, actions }: Push, page: HistoryPage | undefined): void {
    for (const [index, action] of (actions as readonly (StampedAction | null)[]).entries()) {
      // Too large for a frame: null uses up its number.
      if (action === null) continue
      const key = `${lane} ${n + index}`
      if (action.type === cancellation.type) this.#noteGivenUp(key, page)
      else this.#checkSent(key, action.meta.foldback.id, page)
    }
  }

  #noteGivenUp(key: string, page: HistoryPage | undefined): void {
    this.#givenUpBy.set(key, (this.#givenUpBy.get(key) ?? new Set()).add(page))
  }

  #checkSent(key: string, id: string, page: HistoryPage | undefined): void {
    const before = this.#sent.get(key) ?? id
    hold(2, before === id, () => `${key} was sent as ${before}, and now as ${id}`)
    this.#sent.set(key, id)
    const by = this.#givenUpBy.get(key)
    // A page that was asleep when another one took its queue over still speaks for it: one of both is heard.
    const mayNotKnow = page?.hasGaps && !by?.has(page)
    hold(2, by === undefined || mayNotKnow === true, () => `${key} was sent as given up, and now as ${id}`)
  }

  #heardOf({ lanes }: Hello): void {
    for (const { lane, settled } of lanes)
      this.#known.set(lane, Math.max(settled, this.#known.get(lane) ?? 0))
  }

  #checkOutcome(lane: string, n: number, outcome: 'accepted' | 'refused'): void {
    const key = `${lane} ${n}`
    const before = this.#outcomes.get(key) ?? outcome
    if (n <= (this.#known.get(lane) ?? 0)) return
    hold(2, before === outcome, () => `${key} was told as ${before}, and now as ${outcome}`)
    this.#outcomes.set(key, outcome)
  }

  appended(): void {
    const { log, lanes } = this.#history.world.memory
    for (const event of log.slice(this.#seq)) this.#checkEvent(event)
    this.#seq = log.length
    for (const [name, { n }] of lanes) this.#marks.set(name, n)
  }

  #checkEvent({ id, lane, n }: StoredEvent): void {
    if (lane === undefined || n === undefined) return
    hold(
      2,
      n > (this.#marks.get(lane) ?? 0),
      () => `${id} is written as ${n} of ${lane}, which is behind its mark`,
    )
  }

  restored(): void {
    const { log, lanes } = this.#history.world.memory
    this.#seq = log.length
    this.#marks = new Map([...lanes].map(([name, { n }]) => [name, n]))
    // Another history: nobody is told of the one before.
    this.#outcomes.clear()
  }

  ended(): void {
    this.#checkStreams()
    if (this.#history.isRestored) return
    this.#checkOutcomes()
    this.#checkKeys()
  }

  #checkStreams(): void {
    for (const { model, id, events } of this.#history.world.memory.streams.values()) {
      const ids = events.map((event) => event.id)
      hold(2, new Set(ids).size === ids.length, () => `${model}/${id} has an action twice: ${ids.join(' ')}`)
      for (const { action } of events)
        hold(2, !isTwice(action, upcastMark), () => `upcast more than once: ${action}`)
      for (const { action } of events)
        hold(2, !isTwice(action, enrichedMark), () => `enriched more than once: ${action}`)
    }
  }

  #checkOutcomes(): void {
    const { world, ledger } = this.#history
    const logged = new Set(world.memory.log.map(({ id }) => id))
    for (const [id, told] of ledger.outcomes) {
      hold(2, told.size === 1, () => `${id} was told to be accepted and to be refused`)
      hold(2, told.has(true) || !logged.has(id), () => `${id} was told to be refused, and is in the log`)
    }
    for (const dispatched of ledger.dispatched.values()) {
      const { id, page, told } = dispatched
      hold(
        2,
        told !== 'taken-over' || page.hasGaps,
        () => `${id} was taken over from page ${page.number}, which has lived all the time`,
      )
      const isRight = !isGoneInTime(dispatched) || !logged.has(dispatched.id)
      hold(
        2,
        isRight,
        () => `${dispatched.id} is in the log, though it was given up or merged before it was sent`,
      )
    }
  }

  /** What has a key of its own happens once with each key. */
  #checkKeys(): void {
    const { world, ledger } = this.#history
    const counts = new Map<string, number>()
    for (const { lane } of world.memory.log)
      if (lane?.startsWith('key:')) counts.set(lane, (counts.get(lane) ?? 0) + 1)
    for (const [lane, count] of counts) hold(2, count === 1, () => `${lane} has happened ${count} times`)
    for (const [key, told] of ledger.keys)
      hold(2, told.size === 1, () => `${key} was told as ${[...told].join(' and as ')}`)
  }
}

function isTwice(text: string, mark: string): boolean {
  return text.split(mark).length > 2
}

/** What its page was told to be given up, or was merged before another page took it over. */
function isGoneInTime({ told, discarded, heir, wasElsewhere }: Dispatched): boolean {
  if (discarded !== undefined) return discarded === 'open' && told === 'discarded'
  return heir !== undefined && !wasElsewhere
}
