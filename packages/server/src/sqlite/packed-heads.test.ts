import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventRow } from './event-row.ts'
import { type HeadRows, packHeads, unpackHeads } from './packed-heads.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const name = fc.constantFrom('ann', 'bob', 'Größe', '🧾', '')

const place = fc.oneof(
  fc.record({ lane: name, n: count }),
  // Of a lane that has expired, and of none.
  fc.record({ lane: fc.constant(null), n: fc.option(count) }),
)
const row: fc.Arbitrary<EventRow> = fc
  .tuple(
    fc.record({ id: text, version: count, seq: count, action: text, actor: name, receivedAt: count }),
    place,
  )
  .map(([event, { lane, n }]) => ({ ...event, lane, n }))
const record = fc.record({
  version: count,
  eventId: text,
  receivedAt: count,
  state: text,
  modelVersion: count,
})
const head: fc.Arbitrary<HeadRows> = fc.record({
  record: fc.option(record, { nil: undefined }),
  tail: fc.array(row, { maxLength: 4 }),
})

describe('heads from the reader', () => {
  it('arrive as they were read, without places in lanes that are gone', () => {
    fc.assert(
      fc.property(fc.array(head), (heads) => {
        const expected = heads.map(({ record: kept, tail }) => ({
          record: kept,
          tail: tail.map(({ lane, n, ...event }) => ({
            ...event,
            lane: lane ?? undefined,
            n: lane === null ? undefined : (n ?? undefined),
          })),
        }))
        expect(unpackHeads(structuredClone(packHeads(heads)))).toEqual(expected)
      }),
    )
  })
})
