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
  readonly #byStream = new Map<string, { readonly ref: LocalRef; readonly actions: StampedAction[] }>()

  constructor(replicas: Replicas, max: number) {
    this.#replicas = replicas
    this.#max = max
  }

  /** Returns what takes it back, as if it had never been. */
  add(action: StampedAction, draft: Draft): () => void {
    this.#replicas.add(action, draft)
    const undos = draft.streams.map((ref) => this.#keep(ref, action))
    return () => {
      for (const undo of undos) undo()
    }
  }

  #keep(ref: LocalRef, action: StampedAction): () => void {
    const key = `${ref.model.name}/${ref.id}`
    const stream = this.#byStream.get(key) ?? { ref, actions: [] }
    const { actions } = stream
    this.#byStream.set(key, stream)
    actions.push(action)
    const oldest = actions.length > this.#max ? actions.shift() : undefined
    if (oldest !== undefined) this.#replicas.withdraw(ref, idOf(oldest))
    return () => {
      actions.splice(actions.indexOf(action), 1)
      this.#replicas.withdraw(ref, idOf(action))
      if (oldest === undefined) return
      actions.unshift(oldest)
      this.#replicas.insert(ref, [oldest], true)
    }
  }

  /** Another user: they go. */
  clear(): void {
    for (const { ref, actions } of this.#byStream.values()) {
      for (const action of actions) this.#replicas.withdraw(ref, idOf(action))
    }
    this.#byStream.clear()
  }
}

const idOf = (action: StampedAction): string => action.meta.foldback.id
