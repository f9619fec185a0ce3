import type { AppendUnit, EventStore, NewEvent, StoredEvent, UnitOutcome } from '@foldback/engine'
import { nth } from '../nth.ts'
import { looseUnit } from '../store-samples.ts'

/** Ways to look at what a store keeps. */

/** Everything that is kept about these streams and lanes, for "nothing has changed". */
export async function everything(store: EventStore, streams: readonly string[], lanes: readonly string[]) {
  return {
    read: await store.read({ streams: streams.map((id) => ({ model: 'order', id })), lanes }),
    list: await store.list({ model: 'order', afterSeq: 0, afterId: '', limit: 1000 }),
    outcomes: await Promise.all(lanes.map((lane) => store.outcomes(lane, 1, 1000))),
    tip: await store.tip(),
  }
}

export const orderEvents = (store: EventStore, id: string) => store.events({ model: 'order', id }, 1, 1000)

export const versionsOf = (events: readonly StoredEvent[]) => events.map(({ version }) => version)

export const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id)

/** What a new event becomes, but for its seq: those rise, but may have holes. */
export function stored(event: NewEvent, unit: AppendUnit = looseUnit(event)): Omit<StoredEvent, 'seq'> {
  const { id, expectedVersion, action, actor, receivedAt } = event
  const { lane, n } = unit.lane ?? { lane: undefined, n: undefined }
  return { id, version: expectedVersion + 1, action, actor, receivedAt, lane, n }
}

/** The same with no `seq` anywhere in it. */
export function withoutSeqs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSeqs)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'seq')
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutSeqs(part)]))
}

/** The positions in an answer, in order. */
export function seqsOf(answers: readonly UnitOutcome[]): readonly number[] {
  return answers.flatMap((outcome) => (outcome.status === 'ok' ? outcome.seqs : []))
}

export async function headOf(store: EventStore, id: string) {
  const { heads } = await store.read({ streams: [{ model: 'order', id }], lanes: [] })
  return nth(heads, 0)
}

export async function markOf(store: EventStore, lane: string) {
  const { marks } = await store.read({ streams: [], lanes: [lane] })
  return marks[0]
}
