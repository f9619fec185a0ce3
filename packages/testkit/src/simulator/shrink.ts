import type { Fault } from '../workload/faults.ts'
import { type HistoryOptions, type HistoryReport, liveHistory, planFor } from './live-history.ts'

const triesMax = 600
const shrinkMsMax = 60_000

type Live = (seed: number, options: HistoryOptions) => Promise<HistoryReport>

export interface Shrunk {
  readonly report: HistoryReport
  readonly options: HistoryOptions & { readonly only: readonly number[]; readonly without: readonly Fault[] }
}

/**
 * Leaves steps and faults out of a history for as long as the same promise is still broken: in halves, quarters and so
 * on, and in the end one by one. What is left is short enough to be read.
 */
export async function shrink(
  broken: HistoryReport,
  options: HistoryOptions,
  live: Live = liveHistory,
): Promise<Shrunk> {
  const shrinking = new Shrinking(broken, options, live)
  await shrinking.run()
  return shrinking.best
}

class Shrinking {
  best: Shrunk
  readonly #until = Date.now() + shrinkMsMax
  readonly #live: Live
  #tries = 0

  constructor(report: HistoryReport, options: HistoryOptions, live: Live) {
    this.#live = live
    const places = planFor(report.seed, { ...options, only: undefined }).steps.map((_, index) => index)
    const { only = places, without = [] } = options
    this.best = { report, options: { ...options, only, without } }
  }

  async run(): Promise<void> {
    let size: number
    do {
      size = this.#size
      await this.#dropSteps()
      await this.#dropFaults()
    } while (this.#size < size)
  }

  get #size(): number {
    return this.best.options.only.length + this.best.report.faults.length
  }

  async #dropSteps(): Promise<void> {
    for (let length = this.best.options.only.length; length >= 1; length = Math.floor(length / 2)) {
      for (let from = this.best.options.only.length - length; from > -length; from -= length) {
        const start = Math.max(0, from)
        const { only } = this.best.options
        await this.#try({ only: only.filter((_, index) => index < start || index >= from + length) })
      }
    }
  }

  async #dropFaults(): Promise<void> {
    for (const fault of this.best.report.faults)
      await this.#try({ without: [...this.best.options.without, fault] })
  }

  async #try(change: Partial<Shrunk['options']>): Promise<void> {
    if (this.#tries++ >= triesMax || Date.now() > this.#until) return
    const options = { ...this.best.options, ...change }
    const { seed, broken } = this.best.report
    const report = await this.#live(seed, options)
    if (report.broken !== undefined && report.broken.promise === broken?.promise)
      this.best = { report, options }
  }
}
