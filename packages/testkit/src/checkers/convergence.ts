import type { Check } from '@foldback/core'
import { stateHash } from '@foldback/core'
import type { Conversation } from '../workload/conversation.ts'
import type { History } from '../workload/history.ts'
import { modelAt, orderIds } from '../workload/history-models.ts'
import type { HistoryPage } from '../workload/history-page.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { PlainFolds } from './plain-folds.ts'
import { hold, holdEqual } from './promises.ts'

/**
 * Promise 4: what a client says that it has confirmed is what the plain reducers make of the log; nobody is told that
 * they differ; and in the end every page shows what the server has of what it wants and may read.
 */
export class Convergence implements Checker {
  readonly promise = 4
  readonly #history: History
  readonly #folds: PlainFolds

  constructor(history: History) {
    this.#history = history
    this.#folds = new PlainFolds(history.world.memory)
  }

  sent({ conversation, direction, messages }: WatchedFrame): void {
    for (const message of messages) {
      if (direction === 'up' && message.type === 'check') this.#checkHash(conversation, message)
      // All fold alike here, whatever was under way when states were compared.
      hold(4, message.type !== 'diverged', () => `told to have diverged: ${JSON.stringify(message)}`)
    }
  }

  #checkHash(conversation: Conversation, { model: name, id, version, eventId, hash }: Check): void {
    const model = modelAt(name, conversation.clientVersion(name))
    const stream = id ?? (model.kind === 'user' ? conversation.actor! : 'shared')
    // Of another history than the log's, which was put back since, nothing can be said.
    if (
      version > this.#folds.versionOf(name, stream) ||
      this.#folds.eventIdAt(name, stream, version) !== eventId
    )
      return
    const state = this.#folds.stateAt(model, stream, version)
    const say = (): string =>
      `a client has ${hash} for ${name}/${stream} ${version}, and the log has ${stateHash(state)}: ${JSON.stringify(state)}`
    hold(4, stateHash(state) === hash, say)
  }

  async ended(): Promise<void> {
    for (const page of this.#history.openPages) await this.#checkPage(page)
  }

  async #checkPage(page: HistoryPage): Promise<void> {
    const recordFor = (model: string, id: string): Promise<unknown> =>
      this.#history.recordFor(actor, model, id)
    const actor = page.sync.status.actor!
    const entities: { [id: string]: unknown } = {}
    for (const [order, id] of orderIds.entries()) {
      if (!page.wants(order)) continue
      const state = await recordFor('order', id)
      if (state !== null) entities[id] = state
    }
    holdEqual(4, `what page ${page.number} shows`, page.shown, {
      order: entities,
      board: await recordFor('board', 'shared'),
      settings: await recordFor('settings', actor),
    })
  }
}
