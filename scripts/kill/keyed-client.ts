import { setTimeout as delay } from 'node:timers/promises'
import type { Action, StampedAction } from '@foldback/core'
import type { SeededRandom } from '@foldback/testkit'
import type { Ledger } from './ledger.ts'

const retryMs = 20
/** A final refusal over HTTP; everything else is to be tried again. */
const refusedStatuses = [404, 409, 422]

export interface KeyedClientParts {
  /** Of the HTTP door, without a path. */
  readonly url: string
  readonly user: string
  readonly random: SeededRandom
  readonly ledger: Ledger
  readonly next: (random: SeededRandom) => Action
}

/** Posts actions that bring their own ids, each until it has an answer: however often it is sent, it happens once. */
export class KeyedClient {
  readonly #parts: KeyedClientParts
  readonly #working: Promise<void>
  #isResting = false
  #isStopped = false

  constructor(parts: KeyedClientParts) {
    this.#parts = parts
    this.#working = this.#work()
  }

  /** It begins nothing new; resolves when what it has begun is answered. */
  rest(): Promise<void> {
    this.#isResting = true
    return this.#working
  }

  /** It gives up what has no answer. */
  stop(): Promise<void> {
    this.#isStopped = true
    return this.rest()
  }

  async #work(): Promise<void> {
    const { random, next, user, ledger } = this.#parts
    while (!this.#isResting) {
      const id = random.id()
      const action = { ...next(random), meta: { foldback: { id, at: Date.now(), actor: user } } }
      const status = await this.#answerTo(action)
      if (status === 200) ledger.accept(id)
      else if (refusedStatuses.includes(status)) ledger.refuse(id)
    }
  }

  /** The status of the answer that settles it, or of the last one before it stopped. */
  async #answerTo(action: StampedAction): Promise<number> {
    for (;;) {
      const status = await this.#post(action)
      if (status === 200 || refusedStatuses.includes(status) || this.#isStopped) return status
      await delay(retryMs)
    }
  }

  /** The status of the answer; 0 when there was none. */
  async #post(action: StampedAction): Promise<number> {
    const { url, user } = this.#parts
    try {
      const response = await fetch(`${url}/actions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${user}` },
        body: JSON.stringify(action),
      })
      await response.text()
      return response.status
    } catch {
      return 0
    }
  }
}
