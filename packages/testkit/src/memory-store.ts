import { FoldbackError, streamKey, type StreamRef } from '@foldback/core'
import type {
  AppendBatch,
  AppendUnit,
  EventStore,
  LanePlace,
  ListedHead,
  ListRequest,
  MissingEvents,
  NewEvent,
  NewRecord,
  OpenedLog,
  ReadAnswer,
  ReadRequest,
  StoredEvent,
  StoredHead,
  StoredOutcome,
  StoredRecord,
  StoreTip,
  UnitOutcome,
} from '@foldback/engine'
import { nth } from './nth.ts'

export interface MemoryStream extends StreamRef {
  readonly events: StoredEvent[]
  record: StoredRecord | undefined
}

interface MemoryLane {
  readonly actor: string
  n: number
  movedAt: number
  readonly outcomes: Map<number, string>
}

/** What a memory store keeps. Give it to the next one, and that one has been started again. */
export class StoreMemory {
  /** The event with seq n is at n − 1. */
  readonly log: StoredEvent[] = []
  readonly streams = new Map<string, MemoryStream>()
  readonly lanes = new Map<string, MemoryLane>()
  /** How often it was put back to what it was before. */
  restores = 0
}

/** The name of its history. */
export const historyOf = ({ restores }: StoreMemory): string => `history ${restores}`

/** An event store that forgets everything with its process. For tests. */
export function memoryStore(memory: StoreMemory = new StoreMemory()): EventStore {
  return new MemoryStore(memory)
}

class MemoryStore implements EventStore {
  readonly #memory: StoreMemory
  #isOpen = false

  constructor(memory: StoreMemory) {
    this.#memory = memory
  }

  async open(): Promise<OpenedLog> {
    this.#isOpen = true
    return { history: historyOf(this.#memory) }
  }

  async read(request: ReadRequest): Promise<ReadAnswer> {
    this.#checkOpen()
    return {
      heads: request.streams.map(({ model, id }) => headOf(this.#memory.streams.get(streamKey(model, id)))),
      marks: request.lanes.map((name) => {
        const lane = this.#memory.lanes.get(name)
        return lane && { actor: lane.actor, n: lane.n }
      }),
    }
  }

  async append(batch: AppendBatch): Promise<readonly UnitOutcome[]> {
    this.#checkOpen()
    const outcomes = batch.units.map((unit) => this.#unit(unit, batch.now))
    for (const record of batch.records) this.#record(record)
    for (const { lane, upTo } of batch.forget) {
      const kept = this.#memory.lanes.get(lane)?.outcomes
      for (const n of kept?.keys() ?? []) if (n <= upTo) kept?.delete(n)
    }
    return outcomes
  }

  async events({ model, id }: StreamRef, from: number, limit: number): Promise<readonly StoredEvent[]> {
    this.#checkOpen()
    return this.#events(model, id)
      .filter((event) => event.version >= from)
      .slice(0, limit)
  }

  async outcomes(lane: string, from: number, to: number): Promise<readonly StoredOutcome[]> {
    this.#checkOpen()
    return [...(this.#memory.lanes.get(lane)?.outcomes ?? [])]
      .filter(([n]) => n >= from && n <= to)
      .map(([n, outcome]) => ({ n, outcome }))
  }

  async list({ model, afterSeq, afterId, limit }: ListRequest): Promise<readonly ListedHead[]> {
    this.#checkOpen()
    return [...this.#memory.streams.values()]
      .filter((stream) => stream.model === model && stream.id > afterId)
      .filter((stream) => (stream.events.at(-1)?.seq ?? 0) > afterSeq)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit)
      .map((stream) => ({ id: stream.id, ...headOf(stream) }))
  }

  async eventIdAt(seq: number): Promise<string | undefined> {
    this.#checkOpen()
    return this.#memory.log[seq - 1]?.id
  }

  async tip(): Promise<StoreTip> {
    this.#checkOpen()
    return { seq: this.#memory.log.length, id: this.#memory.log.at(-1)?.id ?? '' }
  }

  async expireKeyedLanes(before: number): Promise<void> {
    this.#checkOpen()
    const { lanes, log, streams } = this.#memory
    const expired = [...lanes].filter(([name, lane]) => name.includes(':') && lane.movedAt < before)
    const names = new Set(expired.map(([name]) => name))
    for (const name of names) lanes.delete(name)
    for (const events of [log, ...[...streams.values()].map((stream) => stream.events)]) {
      for (const [index, event] of events.entries()) {
        if (event.lane !== undefined && names.has(event.lane))
          events[index] = { ...event, lane: undefined, n: undefined }
      }
    }
  }

  async close(): Promise<void> {
    this.#isOpen = false
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw new FoldbackError('store-failed', 'the store is not open')
  }

  #unit({ lane: place, events, outcome }: AppendUnit, now: number): UnitOutcome {
    const lane = place && this.#memory.lanes.get(place.lane)
    const isOthers = place !== undefined && lane !== undefined && lane.actor !== place.actor
    const n = lane?.n ?? 0
    if (place !== undefined && !isOthers && place.n <= n) return { status: 'duplicate' }
    const missing = this.#missing(events)
    if (isOthers || missing.length > 0 || (place !== undefined && place.n > n + 1)) {
      return { status: 'conflict', missing }
    }
    if (place !== undefined) this.#move(place, outcome, now)
    return { status: 'ok', seqs: events.map((event) => this.#write(event, place)) }
  }

  #missing(events: readonly NewEvent[]): readonly MissingEvents[] {
    const byStream = Map.groupBy(events, ({ model, stream }) => streamKey(model, stream))
    return [...byStream.values()].flatMap((wanted) => {
      const { model, stream, expectedVersion } = nth(wanted, 0)
      const present = this.#events(model, stream)
      if (wanted.every((event, index) => event.expectedVersion === present.length + index)) return []
      return [{ model, stream, events: present.filter((event) => event.version > expectedVersion) }]
    })
  }

  #move({ lane: name, n, actor }: LanePlace, outcome: string | undefined, now: number): void {
    const lane = this.#memory.lanes.get(name) ?? { actor, n, movedAt: now, outcomes: new Map() }
    lane.n = n
    lane.movedAt = now
    if (outcome !== undefined) lane.outcomes.set(n, outcome)
    this.#memory.lanes.set(name, lane)
  }

  #write({ model, stream: id, ...event }: NewEvent, place: LanePlace | undefined): number {
    const key = streamKey(model, id)
    const stream = this.#memory.streams.get(key) ?? { model, id, events: [], record: undefined }
    this.#memory.streams.set(key, stream)
    const seq = this.#memory.log.length + 1
    const stored: StoredEvent = {
      id: event.id,
      version: event.expectedVersion + 1,
      seq,
      action: event.action,
      actor: event.actor,
      receivedAt: event.receivedAt,
      lane: place?.lane,
      n: place?.n,
    }
    stream.events.push(stored)
    this.#memory.log.push(stored)
    return seq
  }

  #record({ model, stream: id, ...record }: NewRecord): void {
    const stream = this.#memory.streams.get(streamKey(model, id))
    const last = stream?.events.at(-1)
    if (stream !== undefined && last?.version === record.version && last.id === record.eventId)
      stream.record = record
  }

  #events(model: string, id: string): readonly StoredEvent[] {
    return this.#memory.streams.get(streamKey(model, id))?.events ?? []
  }
}

function headOf(stream: MemoryStream | undefined): StoredHead {
  const { record, events = [] } = stream ?? {}
  return { record, tail: events.slice(record?.version ?? 0) }
}
