import type {
  AppendBatch,
  AppendUnit,
  Forget,
  LanePlace,
  MissingEvents,
  NewEvent,
  NewRecord,
  UnitOutcome,
} from '@foldback/engine'
import type { StatementSync } from 'node:sqlite'
import type { WriteStatements } from './write-statements.ts'
import { type ActionParts, partsOf } from './action-parts.ts'
import { noLimit, selectEvents } from './event-row.ts'
import type { KnownRows, LaneRow, StreamRow } from './known-rows.ts'
import { placeOf, staleStreams } from './unit-decision.ts'
import { StoreFault } from './store-fault.ts'

/*
 * One batch inside one transaction. Each unit is decided before anything of it is written, so a unit in conflict
 * leaves nothing behind and needs no savepoint.
 */

export class AppendTransaction {
  readonly #statements: WriteStatements
  readonly #now: number
  #seq: number
  readonly #known: KnownRows
  readonly #movedLanes = new Set<LaneRow>()
  /** Streams that have got events, with the id of the last one. */
  readonly #grownStreams = new Map<StreamRow, string>()
  /** Ids by head, then by tail. */
  readonly #shapes = new Map<string, Map<string, number>>()

  /**
   * @param known is of no use any more when the transaction is rolled back
   * @param seq the last position given out so far
   */
  constructor(statements: WriteStatements, known: KnownRows, seq: number, now: number) {
    this.#statements = statements
    this.#known = known
    this.#seq = seq
    this.#now = now
  }

  write(batch: AppendBatch): readonly UnitOutcome[] {
    const outcomes = batch.units.map((unit) => this.#unit(unit))
    for (const lane of this.#movedLanes) this.#statements.updateLane.run(lane.n, this.#now, lane.id ?? null)
    this.#statements.updateSeq.run(this.#seq)
    for (const record of batch.records) this.#record(record)
    for (const forget of batch.forget) this.#forget(forget)
    return outcomes
  }

  #unit(unit: AppendUnit): UnitOutcome {
    const place = placeOf(unit.lane, unit.lane && this.#lane(unit.lane.lane))
    if (place === 'duplicate') return { status: 'duplicate' }
    const missing = this.#missing(unit.events)
    if (place === 'conflict' || missing.length > 0) return { status: 'conflict', missing }
    const lane = unit.lane && this.#moveLane(unit.lane)
    const seqs = unit.events.map((event) => this.#event(event, lane))
    if (unit.outcome !== undefined) this.#outcome(lane, unit.outcome)
    return { status: 'ok', seqs }
  }

  #missing(events: readonly NewEvent[]): readonly MissingEvents[] {
    const stale = staleStreams(events, (event) => this.#stream(event).version)
    return stale.map((event) => ({
      model: event.model,
      stream: event.stream,
      events: this.#eventsAbove(this.#stream(event), event.expectedVersion),
    }))
  }

  #eventsAbove(stream: StreamRow, version: number) {
    return stream.id === undefined
      ? []
      : selectEvents(this.#statements.selectEvents, stream.id, version + 1, noLimit)
  }

  #event(event: NewEvent, lane: LaneRow | undefined): number {
    const stream = this.#stream(event)
    stream.id ??= insert(this.#statements.insertStream, this.#model(event.model), event.stream)
    stream.version += 1
    const seq = (this.#seq += 1)
    const { version } = stream
    const { receivedAt } = event
    const actor = this.#actor(event.actor)
    const laneId = lane?.id ?? null
    const n = lane?.n ?? null
    const id = wellFormed(event.id)
    this.#grownStreams.set(stream, id)
    const { insertEvent, insertWholeEvent } = this.#statements
    const parts = partsOf(wellFormed(event.action), event)
    if (parts === undefined) {
      insertWholeEvent.run(seq, stream.id, version, actor, receivedAt, laneId, n, id, event.action)
    } else {
      const { body, at } = parts
      const shape = this.#shape(parts)
      insertEvent.run(seq, stream.id, version, actor, receivedAt, laneId, n, id, body, shape, receivedAt - at)
    }
    return seq
  }

  #outcome(lane: LaneRow | undefined, outcome: string): void {
    if (lane?.id === undefined) throw new StoreFault('store-failed', 'an outcome can only be kept for a lane')
    this.#statements.insertOutcome.run(lane.id, lane.n, wellFormed(outcome))
  }

  #record(record: NewRecord): void {
    const stream = this.#stream(record)
    if (stream.id === undefined || stream.version !== record.version) return
    const { writeRecord, writeRecordOfEvent } = this.#statements
    // The log has to be asked only where the event is of an earlier batch.
    const eventId = this.#grownStreams.get(stream)
    if (eventId !== undefined && eventId !== record.eventId) return
    const write = eventId === undefined ? writeRecordOfEvent : writeRecord
    write.run(
      stream.id,
      record.version,
      wellFormed(record.eventId),
      record.receivedAt,
      record.modelVersion,
      wellFormed(record.state),
    )
  }

  #forget({ lane, upTo }: Forget): void {
    const id = this.#lane(lane)?.id
    if (id !== undefined) this.#statements.forgetOutcomes.run(id, upTo)
  }

  #moveLane({ lane: name, n, actor }: LanePlace): LaneRow {
    const known = this.#lane(name)
    const lane = known ?? {
      id: insert(this.#statements.insertLane, name, this.#actor(actor), this.#now),
      actor,
      n,
    }
    lane.n = n
    this.#known.lanes.set(name, lane)
    this.#movedLanes.add(lane)
    return lane
  }

  #lane(name: string): LaneRow | undefined {
    const { lanes } = this.#known
    const known = lanes.get(name)
    if (known !== undefined || lanes.has(name)) return known
    const lane = this.#statements.selectLane.get(wellFormed(name)) as LaneRow | undefined
    lanes.set(name, lane)
    return lane
  }

  #stream({ model, stream: name }: { readonly model: string; readonly stream: string }): StreamRow {
    const modelId = this.#model(model)
    let streams = this.#known.streams.get(modelId)
    if (streams === undefined) this.#known.streams.set(modelId, (streams = new Map()))
    let stream = streams.get(name)
    if (stream === undefined) {
      const row = this.#statements.selectStream.get(modelId, wellFormed(name)) as StreamRow | undefined
      streams.set(name, (stream = row ?? { id: undefined, version: 0 }))
    }
    return stream
  }

  #model(name: string): number {
    return remembered(this.#known.models, name, () => {
      const id = idOf(this.#statements.selectModel, name)
      if (id === undefined)
        throw new StoreFault('store-failed', `the store was opened without the model ${name}`)
      return id
    })
  }

  #shape({ head, tail }: ActionParts): number {
    let ids = this.#shapes.get(head)
    if (ids === undefined) this.#shapes.set(head, (ids = new Map()))
    return remembered(ids, tail, () => {
      const { selectShape, insertShape } = this.#statements
      return idOf(selectShape, head, tail) ?? insert(insertShape, head, tail)
    })
  }

  #actor(name: string): number {
    return remembered(this.#known.actors, name, () => {
      return (
        idOf(this.#statements.selectActor, wellFormed(name)) ?? insert(this.#statements.insertActor, name)
      )
    })
  }
}

function remembered(ids: Map<string, number>, name: string, find: () => number): number {
  const known = ids.get(name)
  if (known !== undefined) return known
  const id = find()
  ids.set(name, id)
  return id
}

function idOf(statement: StatementSync, ...names: string[]): number | undefined {
  return (statement.get(...names) as { id: number } | undefined)?.id
}

function insert(statement: StatementSync, ...values: (string | number)[]): number {
  return Number(statement.run(...values).lastInsertRowid)
}

/**
 * SQLite keeps UTF-8, in which a lone surrogate becomes U+FFFD: two ids could become one, and a text another. JSON
 * text as JSON.stringify writes it is always well-formed.
 */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text
  throw new StoreFault('unstorable', 'a text or an id is not well-formed Unicode (it has a lone surrogate)')
}
