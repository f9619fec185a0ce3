import { deepEqual } from 'node:assert/strict'
import type { AppendBatch, AppendUnit, EventStore, LanePlace, NewEvent, NewRecord } from '@foldback/engine'
import { nth } from './nth.ts'
import { batchOf, sampleEvent, sampleRecord } from './store-samples.ts'

/*
 * A store against the plainest idea of one: a list of the units that were written. Everything else (heads, marks,
 * what comes next) is looked up in that list each time, so that there is little in here that can be wrong.
 */

/** Small whole numbers, of which a unit is made: any will do. */
export type UnitChoices = readonly number[]

const streams = ['1', '2', '3']
const lanes = ['x', 'y']
const everySeq = { afterSeq: 0, afterId: '', limit: 1000 }

/**
 * Appends batches that are made from `choices` to an open, empty store. Throws an AssertionError when an answer, or
 * what can be read afterwards, is not what the list of units says. For property tests: fewer and smaller numbers
 * are simpler batches.
 */
export async function checkAgainstModel(
  store: EventStore,
  choices: readonly (readonly UnitChoices[])[],
): Promise<void> {
  const model = new ListModel()
  for (const units of choices) {
    const { batch, outcomes } = model.append(units)
    const answers = await store.append(batch)
    deepEqual(answers.map(withoutSeqs), outcomes)
    deepEqual(await seen(store), model.seen())
  }
}

/** What a store shows of everything. */
async function seen(store: EventStore) {
  const { heads, marks } = await store.read({ streams: streams.map((id) => ({ model: 'order', id })), lanes })
  const events = await Promise.all(streams.map((id) => store.events({ model: 'order', id }, 1, 1000)))
  const all = events.flat().toSorted((one, other) => one.seq - other.seq)
  return {
    records: heads.map(({ record }) => record?.eventId),
    tails: heads.map(({ tail }) => tail.map(({ id }) => id)),
    marks,
    events: events.map((ofStream) => ofStream.map(({ id, version, lane, n }) => ({ id, version, lane, n }))),
    order: all.map(({ id }) => id),
    tip: (await store.tip()).id,
    outcomes: await Promise.all(lanes.map((lane) => store.outcomes(lane, 1, 1000))),
    listed: (await store.list({ model: 'order', ...everySeq })).map(({ id }) => id),
  }
}

function withoutSeqs(outcome: Awaited<ReturnType<EventStore['append']>>[number]) {
  if (outcome.status !== 'conflict') return { status: outcome.status, missing: [] }
  const missing = outcome.missing.map(({ stream, events }) => ({
    stream,
    events: events.map(({ id }) => id),
  }))
  return { status: outcome.status, missing }
}

class ListModel {
  readonly #written: AppendUnit[] = []
  readonly #records = new Map<string, NewRecord>()
  readonly #forgotten = new Map<string, number>()

  append(choices: readonly UnitChoices[]) {
    const units: AppendUnit[] = []
    const outcomes = choices.map((choice) => {
      const unit = this.#unitOf(choice)
      units.push(unit)
      return this.#write(unit)
    })
    const records = choices.flatMap((choice) => this.#recordOf(choice))
    const forget = choices.flatMap((choice) => this.#forgetOf(choice))
    for (const record of records) if (this.#isLast(record)) this.#records.set(record.stream, record)
    for (const { lane, upTo } of forget)
      this.#forgotten.set(lane, Math.max(upTo, this.#forgotten.get(lane) ?? 0))
    return { batch: batchOf(units, { records, forget }) satisfies AppendBatch, outcomes }
  }

  seen() {
    const tailOf = (stream: string) => this.#events(stream).slice(this.#records.get(stream)?.version ?? 0)
    return {
      records: streams.map((stream) => this.#records.get(stream)?.eventId),
      tails: streams.map((stream) => tailOf(stream).map(({ id }) => id)),
      marks: lanes
        .map((lane) => this.#lane(lane).at(-1)?.lane)
        .map((last) => last && { actor: last.actor, n: last.n }),
      events: streams.map((stream) => this.#events(stream).map((event) => this.#storedEvent(event))),
      order: this.#written.flatMap(({ events }) => events.map(({ id }) => id)),
      tip: this.#written.flatMap(({ events }) => events).at(-1)?.id ?? '',
      outcomes: lanes.map((lane) => this.#outcomes(lane)),
      listed: streams.filter((stream) => this.#events(stream).length > 0),
    }
  }

  #write(unit: AppendUnit) {
    const { lane, events } = unit
    const before = lane === undefined ? [] : this.#lane(lane.lane)
    const isOthers = before[0]?.lane !== undefined && before[0].lane.actor !== lane?.actor
    if (lane !== undefined && !isOthers && lane.n <= before.length)
      return { status: 'duplicate', missing: [] }
    const missing = streams.filter((stream) =>
      this.#isStale(events.filter((event) => event.stream === stream)),
    )
    if (isOthers || missing.length > 0 || (lane !== undefined && lane.n !== before.length + 1)) {
      return { status: 'conflict', missing: this.#missing(missing, events) }
    }
    this.#written.push(unit)
    return { status: 'ok', missing: [] }
  }

  #isStale(wanted: readonly NewEvent[]): boolean {
    return wanted.some((event, index) => event.expectedVersion !== this.#events(event.stream).length + index)
  }

  #missing(stale: readonly string[], events: readonly NewEvent[]) {
    const inOrder = [...new Set(events.map(({ stream }) => stream))].filter((stream) =>
      stale.includes(stream),
    )
    return inOrder.map((stream) => {
      const from = events.find((event) => event.stream === stream)?.expectedVersion ?? 0
      return {
        stream,
        events: this.#events(stream)
          .slice(Math.max(from, 0))
          .map(({ id }) => id),
      }
    })
  }

  #events(stream: string): readonly NewEvent[] {
    return this.#written.flatMap(({ events }) => events).filter((event) => event.stream === stream)
  }

  #lane(name: string): readonly AppendUnit[] {
    return this.#written.filter(({ lane }) => lane?.lane === name)
  }

  #outcomes(lane: string) {
    return this.#lane(lane)
      .map((unit) => ({ n: unit.lane?.n ?? 0, outcome: unit.outcome }))
      .filter(({ n, outcome }) => outcome !== undefined && n > (this.#forgotten.get(lane) ?? 0))
  }

  #storedEvent({ id, expectedVersion }: NewEvent) {
    const unit = this.#written.find(({ events }) => events.some((event) => event.id === id))
    return { id, version: expectedVersion + 1, lane: unit?.lane?.lane, n: unit?.lane?.n }
  }

  #isLast({ stream, version, eventId }: NewRecord): boolean {
    const events = this.#events(stream)
    return events.length === version && events.at(-1)?.id === eventId
  }

  #unitOf([
    laneChoice = 0,
    nChoice = 0,
    actorChoice = 0,
    count = 0,
    first = 0,
    step = 0,
    offset = 0,
  ]: UnitChoices) {
    const lane = this.#placeOf(laneChoice, nChoice, actorChoice)
    const length = lane === undefined ? 1 + (count % 3) : count % 4
    const counts = new Map<string, number>()
    const events = Array.from({ length }, (_, index) => {
      const stream = nth(streams, (first + index * step) % streams.length)
      const before = counts.get(stream) ?? 0
      counts.set(stream, before + 1)
      const shift = index === length - 1 ? ([-1, 1][offset - 8] ?? 0) : 0
      return sampleEvent(stream, Math.max(0, this.#events(stream).length + before + shift))
    })
    const outcome = lane !== undefined && count % 2 === 0 ? `{"count":${count}}` : undefined
    return { lane, events, outcome } satisfies AppendUnit
  }

  #placeOf(laneChoice: number, nChoice: number, actorChoice: number): LanePlace | undefined {
    const lane = [undefined, ...lanes][laneChoice % 3]
    if (lane === undefined) return undefined
    const shift = [-1, -2, 1][nChoice - 7] ?? 0
    return {
      lane,
      n: Math.max(1, this.#lane(lane).length + 1 + shift),
      actor: actorChoice < 9 ? lane : 'other',
    }
  }

  #recordOf([, , , , stream = 0, choice = 0]: UnitChoices): readonly NewRecord[] {
    const last = this.#events(nth(streams, stream % streams.length)).at(-1)
    if (last === undefined || choice < 5) return []
    return [sampleRecord(last, choice === 9 ? { version: last.expectedVersion } : {})]
  }

  #forgetOf([choice = 0, n = 0, , count = 0]: UnitChoices) {
    const lane = nth(lanes, choice % lanes.length)
    // Nobody can know an outcome that is not there yet.
    return count === 9 ? [{ lane, upTo: Math.min(n, this.#lane(lane).length) }] : []
  }
}
