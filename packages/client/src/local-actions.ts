import type { StampedAction } from '@foldback/core'
import type { LocalRef } from './entry.ts'
import type { Draft, Replicas } from './replicas.ts'

/**
 * Actions that the application keeps on this device: folded on top of what is confirmed for as long as the page lives,
 * never sent, never kept.
 */
export class LocalActions {
  readonly #replicas: Replicas
  /** How many are kept of one record; beyond that the oldest go. */
  readonly #max: number
  readonly #byStream = new Map<string, { readonly ref: LocalRef; readonly ids: string[] }>()

  constructor(replicas: Replicas, max: number) {
    this.#replicas = replicas
    this.#max = max
  }

  add(action: StampedAction, draft: Draft): void {
    this.#replicas.add(action, draft)
    for (const ref of draft.streams) {
      const key = `${ref.model.name}/${ref.id}`
      const stream = this.#byStream.get(key) ?? { ref, ids: [] }
      this.#byStream.set(key, stream)
      stream.ids.push(action.meta.foldback.id)
      if (stream.ids.length > this.#max) this.#replicas.withdraw(ref, stream.ids.shift()!)
    }
  }

  /** Another user: they go. */
  clear(): void {
    for (const { ref, ids } of this.#byStream.values()) {
      for (const id of ids) this.#replicas.withdraw(ref, id)
    }
    this.#byStream.clear()
  }
}
