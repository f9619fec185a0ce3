import type { StoreMemory } from '../memory-store.ts'

/** What a store had kept at a moment. */
export class StoreBackup {
  readonly #kept: Pick<StoreMemory, 'log' | 'streams' | 'lanes'>

  constructor({ log, streams, lanes }: StoreMemory) {
    this.#kept = structuredClone({ log, streams, lanes })
  }

  /** Puts it back; what was written since is lost. */
  restore(memory: StoreMemory): void {
    memory.restores++
    const { log, streams, lanes } = structuredClone(this.#kept)
    memory.log.splice(0, memory.log.length, ...log)
    memory.streams.clear()
    for (const [key, stream] of streams) memory.streams.set(key, stream)
    memory.lanes.clear()
    for (const [name, lane] of lanes) memory.lanes.set(name, lane)
  }
}
