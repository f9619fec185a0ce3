import type { Json, RecordState } from '@foldback/core'
import type { DeviceChanges } from '../simulation/simulated-device.ts'
import type { History } from '../workload/history.ts'
import { modelAt } from '../workload/history-models.ts'
import type { Checker } from './checker.ts'
import { PlainFolds } from './plain-folds.ts'
import { hold, holdEqual } from './promises.ts'

/** What a device keeps of a record. */
interface KeptRecord {
  readonly version: number
  readonly eventId: string
  readonly state: Json
  readonly modelVersion: number
  readonly isGone?: true
}

/** A record at one event, by each version of its model. */
interface Place {
  readonly version: number
  readonly states: readonly RecordState[]
}

const modelVersions = [1, 2]

/**
 * Promise 4: what a client has confirmed, as its device keeps it, is what the plain reducers make of the log up to that
 * event; also in a history that is no more, of which the client may not know yet.
 */
export class KeptRecords implements Checker {
  readonly promise = 4
  readonly #history: History
  readonly #folds: PlainFolds
  /** By stream and event, of every history there ever was. */
  readonly #places = new Map<string, Place>()
  /** How far the log has been looked at. */
  #seq = 0

  constructor(history: History) {
    this.#history = history
    this.#folds = new PlainFolds(history.world.memory)
  }

  appended(): void {
    const { log, streams } = this.#history.world.memory
    if (log.length === this.#seq) return
    const ids = new Set(log.slice(this.#seq).map(({ id }) => id))
    for (const { model, id: stream, events } of streams.values())
      for (const { id, version } of events) if (ids.has(id)) this.#remember(model, stream, version, id)
    this.#seq = log.length
  }

  #remember(model: string, stream: string, version: number, eventId: string): void {
    const states = modelVersions.map((each) => this.#folds.stateAt(modelAt(model, each), stream, version))
    this.#places.set(placeKey(model, stream, eventId), { version, states })
  }

  restored(): void {
    this.#seq = this.#history.world.memory.log.length
  }

  synced(changes: DeviceChanges): void {
    for (const [key, row] of changes) {
      const [kind, actor, model, id] = key.split('/').map(decodeURIComponent)
      if (kind !== 'record' || row === undefined) continue
      const stream = model === 'order' ? id! : model === 'settings' ? actor! : 'shared'
      this.#check(model!, stream, row as unknown as KeptRecord)
    }
  }

  #check(model: string, stream: string, { version, eventId, state, modelVersion, isGone }: KeptRecord): void {
    // Of nothing, of what may not be read, and of what other code had folded there is nothing to say.
    if (version === 0 || isGone) return
    const place = this.#places.get(placeKey(model, stream, eventId))
    hold(
      4,
      place !== undefined,
      () => `a device keeps ${model}/${stream} at ${eventId}, which never was in any log`,
    )
    const what = `what a device keeps of ${model}/${stream} at ${eventId}, with version ${modelVersion} of the model`
    const expected = { version: place!.version, state: place!.states[modelVersion - 1] }
    holdEqual(4, what, { version, state }, expected)
  }
}

function placeKey(model: string, stream: string, eventId: string): string {
  return `${model}/${stream} ${eventId}`
}
