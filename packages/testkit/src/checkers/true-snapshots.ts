import type { Snapshot } from '@foldback/core'
import type { AppendBatch, NewRecord } from '@foldback/engine'
import type { Conversation } from '../workload/conversation.ts'
import type { History } from '../workload/history.ts'
import { modelAt } from '../workload/history-models.ts'
import type { WatchedFrame } from '../workload/watcher.ts'
import type { Checker } from './checker.ts'
import { PlainFolds } from './plain-folds.ts'
import { hold, holdEqual } from './promises.ts'

/**
 * Promise 7: each record that is kept or told is what the plain reducer of its model makes of the events up to its
 * version, and its marks say which actions of the client are in it.
 */
export class TrueSnapshots implements Checker {
  readonly promise = 7
  readonly #history: History
  readonly #folds: PlainFolds

  constructor(history: History) {
    this.#history = history
    this.#folds = new PlainFolds(history.world.memory)
  }

  appended({ records }: AppendBatch): void {
    for (const record of records) this.#checkKept(record)
  }

  #checkKept({ model, stream, version, eventId, state, modelVersion }: NewRecord): void {
    // One that was folded on events which were not written is not kept.
    if (this.#folds.eventIdAt(model, stream, version) !== eventId) return
    const fold = this.#folds.stateAt(modelAt(model, modelVersion), stream, version)
    if (state === JSON.stringify(fold)) return
    holdEqual(7, `the record kept of ${model}/${stream} ${version}`, JSON.parse(state), fold)
  }

  sent({ conversation, direction, messages }: WatchedFrame): void {
    if (direction === 'up') return
    for (const message of messages) if (message.type === 'snapshot') this.#checkTold(conversation, message)
  }

  #checkTold(conversation: Conversation, snapshot: Snapshot): void {
    const { model, id, version, state } = snapshot
    const fold = this.#folds.stateAt(modelAt(model, conversation.serverVersion(model)), id, version)
    holdEqual(7, `the record told of ${model}/${id} ${version}`, state, fold)
    if (this.#history.mayBeHidden(snapshot)) return
    const { events = [] } = this.#history.world.memory.streams.get(`${model}/${id}`) ?? {}
    for (const event of events) {
      if (event.lane === undefined || !conversation.lanes.includes(event.lane)) continue
      const isIn = event.version <= version
      const isMarked = event.n! <= (snapshot.marks[event.lane] ?? 0)
      const place = `${event.n} of ${event.lane}, ${model}/${id} ${event.version},`
      hold(
        7,
        isIn === isMarked,
        () =>
          `${place} is ${isIn ? '' : 'not '}in the record told at ${version}, and its marks say otherwise`,
      )
    }
  }

  async ended(): Promise<void> {
    const { memory, serverModels } = this.#history.world
    for (const { model: name, id, events } of memory.streams.values()) {
      const fold = this.#folds.stateAt(
        serverModels.find((each) => each.name === name)!,
        id,
        events.length,
      )
      holdEqual(7, `the record ${name}/${id}`, await this.#history.recordFor(id, name, id), fold)
    }
  }
}
