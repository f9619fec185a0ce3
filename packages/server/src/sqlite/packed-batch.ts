import type { AppendBatch, AppendUnit, LanePlace, NewEvent, UnitOutcome } from '@foldback/engine'

/*
 * A batch on its way to the writer's thread. Copying thousands of small objects from thread to thread costs more than
 * all else that the store has to do for them on the near side, so its units pass as one text, one list of numbers, and
 * each name once.
 */

export interface PackedBatch extends Omit<AppendBatch, 'units'> {
  /** Names of models, streams, lanes and users; `numbers` says which by their places. */
  readonly names: readonly string[]
  readonly numbers: Float64Array
  /** Ids, actions and outcomes, one after the other. */
  readonly text: string
}

/** `firstSeq`: every unit was written, and its events follow each other from there. */
export type PackedOutcomes = { readonly firstSeq: number } | { readonly outcomes: readonly UnitOutcome[] }

/** In the place of a lane or an outcome that is not there. */
const none = -1

export function packBatch({ units, ...rest }: AppendBatch): PackedBatch {
  const packer = new Packer()
  for (const unit of units) packer.unit(unit)
  return { ...rest, ...packer.packed }
}

class Packer {
  readonly #places = new Map<string, number>()
  readonly #names: string[] = []
  readonly #numbers: number[] = []
  #text = ''

  get packed(): Pick<PackedBatch, 'names' | 'numbers' | 'text'> {
    return { names: this.#names, numbers: Float64Array.from(this.#numbers), text: this.#text }
  }

  unit({ lane, events, outcome }: AppendUnit): void {
    if (lane === undefined) this.#numbers.push(none)
    else this.#numbers.push(this.#name(lane.lane), lane.n, this.#name(lane.actor))
    if (outcome === undefined) this.#numbers.push(none)
    else this.#numbers.push(this.#add(outcome))
    this.#numbers.push(events.length)
    for (const event of events) this.#event(event)
  }

  #event({ model, stream, expectedVersion, actor, receivedAt, id, action }: NewEvent): void {
    this.#numbers.push(
      this.#name(model),
      this.#name(stream),
      expectedVersion,
      this.#name(actor),
      receivedAt,
      this.#add(id),
      this.#add(action),
    )
  }

  /** Adds to the text, and returns how much. */
  #add(text: string): number {
    this.#text += text
    return text.length
  }

  #name(name: string): number {
    let place = this.#places.get(name)
    if (place === undefined) {
      place = this.#names.push(name) - 1
      this.#places.set(name, place)
    }
    return place
  }
}

export function unpackBatch({ names, numbers, text, ...rest }: PackedBatch): AppendBatch {
  return { ...rest, units: new Unpacker(names, numbers, text).units() }
}

class Unpacker {
  readonly #names: readonly string[]
  readonly #numbers: Float64Array
  readonly #text: string
  #numbersRead = 0
  #textRead = 0

  constructor(names: readonly string[], numbers: Float64Array, text: string) {
    this.#names = names
    this.#numbers = numbers
    this.#text = text
  }

  units(): AppendUnit[] {
    const units: AppendUnit[] = []
    while (this.#numbersRead < this.#numbers.length) units.push(this.#unit())
    return units
  }

  #unit(): AppendUnit {
    const lane = this.#lane()
    const outcomeLength = this.#number()
    const outcome = outcomeLength === none ? undefined : this.#textOf(outcomeLength)
    const events: NewEvent[] = []
    for (let left = this.#number(); left > 0; left--) events.push(this.#event())
    return { lane, events, outcome }
  }

  #lane(): LanePlace | undefined {
    const place = this.#number()
    if (place === none) return undefined
    return { lane: this.#names[place]!, n: this.#number(), actor: this.#name() }
  }

  #event(): NewEvent {
    return {
      model: this.#name(),
      stream: this.#name(),
      expectedVersion: this.#number(),
      actor: this.#name(),
      receivedAt: this.#number(),
      ...this.#texts(),
    }
  }

  #texts(): Pick<NewEvent, 'id' | 'action'> {
    const idLength = this.#number()
    const actionLength = this.#number()
    return { id: this.#textOf(idLength), action: this.#textOf(actionLength) }
  }

  #number(): number {
    return this.#numbers[this.#numbersRead++]!
  }

  #name(): string {
    return this.#names[this.#number()]!
  }

  #textOf(length: number): string {
    const text = this.#text.slice(this.#textRead, this.#textRead + length)
    this.#textRead += length
    return text
  }
}

export function packOutcomes(outcomes: readonly UnitOutcome[]): PackedOutcomes {
  let next: number | undefined
  let firstSeq = 0
  for (const outcome of outcomes) {
    if (outcome.status !== 'ok') return { outcomes }
    for (const seq of outcome.seqs) {
      if (next === undefined) firstSeq = seq
      else if (seq !== next) return { outcomes }
      next = seq + 1
    }
  }
  return { firstSeq }
}

/** @param units those that were appended */
export function unpackOutcomes(packed: PackedOutcomes, units: readonly AppendUnit[]): readonly UnitOutcome[] {
  if ('outcomes' in packed) return packed.outcomes
  let seq = packed.firstSeq
  return units.map(({ events }) => ({ status: 'ok', seqs: events.map(() => seq++) }))
}
