import type { LaneMark } from './unit-decision.ts'

export interface StreamRow {
  /** Undefined until it is in the file. */
  id: number | undefined
  version: number
}

export interface LaneRow extends LaneMark {
  id: number | undefined
  n: number
}

/** Some hundred bytes each. */
const rowsMax = 20_000

/**
 * What the writer has looked up, as it is in the file or is being written to it. It is remembered from one batch to
 * the next, because nobody else writes; and none of it after a transaction that was rolled back, which may have given
 * out an id that is not in the file. No part of a batch's text may be kept here: it would keep all of the text.
 */
export class KnownRows {
  readonly models = new Map<string, number>()
  readonly actors = new Map<string, number>()
  readonly lanes = new Map<string, LaneRow | undefined>()
  /** By model, then by name. */
  readonly streams = new Map<number, Map<string, StreamRow>>()

  /** There is enough of them: time to begin anew. */
  get areMany(): boolean {
    let count = this.lanes.size + this.actors.size
    for (const streams of this.streams.values()) count += streams.size
    return count > rowsMax
  }
}
