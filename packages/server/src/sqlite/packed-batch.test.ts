import type { AppendBatch, AppendUnit, UnitOutcome } from '@foldback/engine'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packBatch, packOutcomes, unpackBatch, unpackOutcomes } from './packed-batch.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const name = fc.constantFrom('order', 'board', 'Größe', '🧾', '')

const event = fc.record({
  id: text,
  model: name,
  stream: name,
  expectedVersion: count,
  action: text,
  actor: name,
  receivedAt: count,
})
const unit: fc.Arbitrary<AppendUnit> = fc.record({
  lane: fc.option(fc.record({ lane: name, n: count, actor: name }), { nil: undefined }),
  events: fc.array(event, { maxLength: 3 }),
  outcome: fc.option(text, { nil: undefined }),
})

describe('a batch for the writer', () => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const batch: AppendBatch = { units, records: [], forget: [{ lane: 'a', upTo: 1 }], now: 7 }
        expect(unpackBatch(structuredClone(packBatch(batch)))).toEqual(batch)
      }),
    )
  })
})

describe('what the writer answers', () => {
  const ok = (...seqs: number[]): UnitOutcome => ({ status: 'ok', seqs })
  const arrives = (outcomes: readonly UnitOutcome[]) => {
    const units = outcomes.map((outcome) => ({
      lane: undefined,
      outcome: undefined,
      events: Array.from({ length: outcome.status === 'ok' ? outcome.seqs.length : 1 }),
    })) as unknown as AppendUnit[]
    return unpackOutcomes(structuredClone(packOutcomes(outcomes)), units)
  }

  it.each<[string, readonly UnitOutcome[]]>([
    ['all written', [ok(7), ok(8, 9), ok(), ok(10)]],
    ['refusals alone', [ok(), ok()]],
    ['nothing', []],
    ['one that was there before', [ok(7), { status: 'duplicate' }, ok(8)]],
    ['positions with a gap', [ok(7), ok(9)]],
    ['a conflict', [{ status: 'conflict', missing: [] }]],
  ])('arrives as it was answered: %s', (_, outcomes) => {
    expect(arrives(outcomes)).toEqual(outcomes)
  })
})
