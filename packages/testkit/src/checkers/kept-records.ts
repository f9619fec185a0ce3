import type { Json } from '@foldback/core'
import { historyOf } from '../memory-store.ts'
import type { DeviceChanges } from '../simulation/simulated-device.ts'
import type { History } from '../workload/history.ts'
import { modelAt } from '../workload/history-models.ts'
import type { Checker } from './checker.ts'
import { PlainFolds } from './plain-folds.ts'
import { canonicalText, hold } from './promises.ts'

/** What a device keeps of a record. */
interface KeptRecord {
  readonly version: number
  readonly eventId: string
  readonly state: Json
  readonly modelVersion: number
  readonly isGone?: true
}

const modelVersions = [1, 2]

/**
 * Promise 4: what a client has confirmed, as its device keeps it, is what the plain reducers make of the log up to that
 * event, in the history under which it is kept; that may be one that is no more, of which the client does not know yet.
 */
export class KeptRecords implements Checker {
  readonly promise = 4
  readonly #history: History
  readonly #folds: PlainFolds
  /**
   * By history, stream, version, event and version of the model: the record as JSON. What was resent after a backup was
   * restored can have its old place again, on top of something else.
   */
  readonly #states = new Map<string, string>()
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
    for (const modelVersion of modelVersions) {
      const key = placeKey(this.#name, model, stream, { version, eventId, modelVersion })
      const state = this.#folds.stateAt(modelAt(model, modelVersion), stream, version)
      this.#states.set(key, canonicalText(state))
    }
  }

  /** What was in the backup is in the new history as well. */
  restored(): void {
    this.#seq = 0
    this.appended()
  }

  get #name(): string {
    return historyOf(this.#history.world.memory)
  }

  synced(changes: DeviceChanges): void {
    for (const [key, row] of changes) {
      const [kind, actor, history, model, id] = key.split('/').map(decodeURIComponent)
      if (kind !== 'record' || row === undefined) continue
      const stream = model === 'order' ? id! : model === 'settings' ? actor! : 'shared'
      this.#check(
        placeKey(history!, model!, stream, row as unknown as KeptRecord),
        row as unknown as KeptRecord,
      )
    }
  }

  #check(key: string, row: KeptRecord): void {
    // Of nothing, of what may not be read, and of what other code had folded there is nothing to say.
    if (row.version === 0 || row.isGone) return
    const fold = this.#states.get(key)
    hold(4, fold !== undefined, () => `a device keeps ${key}, which never was in that log`)
    const state = canonicalText(row.state)
    hold(4, state === fold, () => `a device keeps of ${key}:\n  is        ${state}\n  should be ${fold}`)
  }
}

type PlaceInStream = Pick<KeptRecord, 'version' | 'eventId' | 'modelVersion'>

function placeKey(
  history: string,
  model: string,
  stream: string,
  { version, eventId, modelVersion }: PlaceInStream,
): string {
  return `${model}/${stream} ${version} ${eventId}, with version ${modelVersion} of the model, in ${history}`
}
