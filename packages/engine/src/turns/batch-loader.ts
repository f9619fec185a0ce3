import type { AnyModel, StreamRef } from '@foldback/core'
import { streamsConcerned } from './admit.ts'
import type { Head } from '../heads/head.ts'
import type { Heads } from '../heads/heads.ts'
import type { LaneMark, LaneMarks } from '../heads/lane-marks.ts'
import type { EngineLimits } from '../limits.ts'
import type { ConcernedStream, Submission } from './submission.ts'

export interface BatchLoaderParts {
  readonly models: readonly AnyModel[]
  readonly limits: Pick<EngineLimits, 'actionStreamsMax'>
  readonly heads: Heads
  readonly marks: LaneMarks
}

/**
 * Holds every head and mark that a batch of actions needs, from before it is folded until it is, however small the
 * caches are. What is missing is read in one go.
 */
export class BatchLoader {
  readonly #models: readonly AnyModel[]
  readonly #streamsMax: number
  readonly #heads: Heads
  readonly #marks: LaneMarks
  readonly #heldHeads = new Map<string, Head>()
  readonly #heldMarks = new Map<string, LaneMark>()

  constructor({ models, limits, heads, marks }: BatchLoaderParts) {
    this.#models = models
    this.#streamsMax = limits.actionStreamsMax
    this.#heads = heads
    this.#marks = marks
  }

  /** Undefined when everything is in memory; else a promise for when it is. */
  hold(batch: readonly Submission[]): Promise<void> | undefined {
    const streams = new Map<string, StreamRef>()
    const lanes = new Set<string>()
    for (const submission of batch) {
      for (const ref of this.#streams(submission)) this.#holdHead(ref, streams)
      if (submission.place !== undefined) this.#holdMark(submission.place.lane, lanes)
    }
    return streams.size + lanes.size === 0 ? undefined : this.#load([...streams.values()], [...lanes])
  }

  /** Asked of the models once for each action, or a streamId that is not pure could ask for other records for ever. */
  #streams(submission: Submission): readonly ConcernedStream[] {
    submission.concerns ??= streamsConcerned(this.#models, submission, this.#streamsMax)
    return submission.concerns
  }

  #holdHead({ model, id, key }: ConcernedStream, missing: Map<string, StreamRef>): void {
    if (this.#heldHeads.has(key)) return
    const head = this.#heads.find(key)
    if (head === undefined) missing.set(key, { model, id })
    else this.#heldHeads.set(key, head)
  }

  #holdMark(lane: string, missing: Set<string>): void {
    if (this.#heldMarks.has(lane)) return
    const mark = this.#marks.get(lane)
    if (mark === undefined) missing.add(lane)
    else this.#heldMarks.set(lane, mark)
  }

  async #load(streams: readonly StreamRef[], lanes: readonly string[]): Promise<void> {
    const { failures } = this.#marks
    const { heads, marks } = await this.#heads.load(streams, lanes)
    // A commit has failed meanwhile: what was read may be of before it. Whoever holds the batch asks again.
    if (failures !== this.#marks.failures) return
    for (const head of heads) this.#heldHeads.set(head.key, head)
    lanes.forEach((lane, index) => this.#heldMarks.set(lane, this.#marks.install(lane, marks[index])))
  }

  headOf({ key }: ConcernedStream): Head {
    return this.#heads.keep(this.#heldHeads.get(key)!)
  }

  markOf(lane: string): LaneMark {
    return this.#marks.keep(this.#heldMarks.get(lane)!)
  }

  /** Lets go of everything: the batch is folded, or a commit has failed and what is held is not true any more. */
  release(): void {
    this.#heldHeads.clear()
    this.#heldMarks.clear()
  }
}
