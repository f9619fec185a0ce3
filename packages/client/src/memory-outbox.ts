import type { Outbox, OutboxChange, OutboxRow } from '@foldback/core'

/** An outbox that lasts as long as the page: what is in it when the page closes is lost. */
export class MemoryOutbox implements Outbox {
  readonly #rows = new Map<string, OutboxRow>()

  /** What is in it, oldest first. */
  get rows(): readonly OutboxRow[] {
    return [...this.#rows.values()]
  }

  write({ put, remove }: OutboxChange): Promise<void> {
    for (const row of put) this.#rows.set(row.id, row)
    for (const id of remove) this.#rows.delete(id)
    return Promise.resolve()
  }
}

/** @example createSync({ url, models, outbox: memoryOutbox() }) */
export function memoryOutbox(): MemoryOutbox {
  return new MemoryOutbox()
}
