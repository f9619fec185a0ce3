import { createHash } from 'node:crypto'
import { type Fault, faultInfo } from '../workload/faults.ts'
import type { HistoryResult } from './result.ts'

/** From this many histories with a fault on, what it stands for must have happened. */
const tellingRuns = 200

/** What all histories together have come to. */
export class Tally {
  runs = 0
  simulatedMs = 0
  events = 0
  readonly happenings = new Map<string, number>()
  /** In how many histories each fault was. */
  readonly faults = new Map<Fault, number>()
  readonly broken: HistoryResult[] = []
  readonly #hashes = new Map<number, string>()

  add(result: HistoryResult): void {
    this.runs++
    this.simulatedMs += result.simulatedMs
    this.events += result.events
    for (const [what, count] of result.happenings) this.happenings.set(what, this.countOf(what) + count)
    for (const fault of result.faults) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
    if (result.broken !== undefined) this.broken.push(result)
    this.#hashes.set(result.seed, result.hash)
  }

  countOf(what: string): number {
    return this.happenings.get(what) ?? 0
  }

  /** Seeds in order, however the threads came along. */
  get seeds(): readonly number[] {
    return [...this.#hashes.keys()].sort((a, b) => a - b)
  }

  /** The same whenever the same seeds go the same way. */
  get hash(): string {
    const [first] = this.seeds
    if (this.runs === 1 && first !== undefined) return this.#hashes.get(first)!
    const hash = createHash('sha256')
    for (const seed of this.seeds) hash.update(`${seed} ${this.#hashes.get(seed)}\n`)
    return hash.digest('hex').slice(0, 16)
  }

  /** What has never happened, though a fault that stands for it was there often enough. */
  get neverHappened(): readonly { readonly fault: Fault; readonly sign: string }[] {
    const often = [...this.faults].filter(([, runs]) => runs >= tellingRuns)
    return often.flatMap(([fault]) =>
      faultInfo(fault)
        .signs.filter((sign) => this.countOf(sign) === 0)
        .map((sign) => ({ fault, sign })),
    )
  }
}
