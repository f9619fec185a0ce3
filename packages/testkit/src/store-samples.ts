import type {
  AppendBatch,
  AppendUnit,
  EventStore,
  LanePlace,
  NewEvent,
  NewRecord,
  StoredModel,
  StoredRecord,
} from '@foldback/engine'

/** Models, and events in them, to try a store with. */

export const sampleModels: readonly StoredModel[] = [
  { name: 'order', version: 1 },
  { name: 'board', version: 3 },
]

/** The time of sample events with version 1; each version is a second later. */
const firstReceivedAt = Date.UTC(2024, 0, 1)

let count = 0

/** An event for a stream of the model `order`; its action is stamped like a real one. */
export function sampleEvent(
  stream: string,
  expectedVersion: number,
  given: Partial<NewEvent> = {},
): NewEvent {
  const id = given.id ?? `event-${(count += 1)}`
  const actor = given.actor ?? 'ann'
  const receivedAt = firstReceivedAt + expectedVersion * 1000
  const meta = { foldback: { id, at: receivedAt, actor } }
  return {
    id,
    model: 'order',
    stream,
    expectedVersion,
    action: JSON.stringify({ type: 'order/changed', payload: { id: stream }, meta }),
    actor,
    receivedAt,
    ...given,
  }
}

/** A unit without a lane. */
export function looseUnit(...events: readonly NewEvent[]): AppendUnit {
  return { lane: undefined, events, outcome: undefined }
}

export function laneUnit(lane: LanePlace, events: readonly NewEvent[], outcome?: string): AppendUnit {
  return { lane, events, outcome }
}

export function place(lane: string, n: number, actor = 'ann'): LanePlace {
  return { lane, n, actor }
}

/** The record that `event` made. */
export function sampleRecord(event: NewEvent, given: Partial<StoredRecord> = {}): NewRecord {
  return {
    model: event.model,
    stream: event.stream,
    version: event.expectedVersion + 1,
    eventId: event.id,
    receivedAt: event.receivedAt,
    state: JSON.stringify({ version: event.expectedVersion + 1 }),
    modelVersion: 1,
    ...given,
  }
}

export function batchOf(units: readonly AppendUnit[], more: Partial<AppendBatch> = {}): AppendBatch {
  return { units, records: [], forget: [], now: firstReceivedAt, ...more }
}

/** Appends units as one batch. */
export function appendUnits(store: EventStore, ...units: readonly AppendUnit[]) {
  return store.append(batchOf(units))
}
