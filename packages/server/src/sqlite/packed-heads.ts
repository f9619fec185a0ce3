import type { StoredHead, StoredRecord } from '@foldback/engine'
import type { EventRow } from './event-row.ts'
import { type PackedEvents, packEvents, unpackEvents } from './packed-events.ts'

/** Heads as they pass from the reader's thread: the tails of all of them together, because most are short. */
export interface PackedHeads {
  readonly records: readonly (StoredRecord | undefined)[]
  readonly tails: PackedEvents
  /** How many events the tail of each head has. */
  readonly tailLengths: readonly number[]
}

/** A head as it is read. */
export interface HeadRows {
  readonly record: StoredRecord | undefined
  readonly tail: readonly EventRow[]
}

export function packHeads(heads: readonly HeadRows[]): PackedHeads {
  return {
    records: heads.map(({ record }) => record),
    tails: packEvents(heads.flatMap(({ tail }) => tail)),
    tailLengths: heads.map(({ tail }) => tail.length),
  }
}

export function unpackHeads({ records, tails, tailLengths }: PackedHeads): StoredHead[] {
  const events = unpackEvents(tails)
  let begin = 0
  return records.map((record, index) => {
    const tail = events.slice(begin, (begin += tailLengths[index]!))
    return { record, tail }
  })
}
