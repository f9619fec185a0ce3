import type { StoredEvent } from '@foldback/engine'
import type { EventRow } from './event-row.ts'

/*
 * Events as they pass from the reader's thread: a clone of many small objects takes three times as long as that of
 * one text and one array of numbers. Imports types only, so that the thread can run it.
 */

export interface PackedEvents {
  /** All actions, one after the other. */
  readonly actions: string
  /** Each a string of its own: a piece of a text keeps all of the text in memory, and ids are kept for long. */
  readonly ids: readonly string[]
  /** Actors and lanes, each once. */
  readonly names: readonly string[]
  /** Of each event so many as `numbersEach`, as `pack` and `unpack` put them. */
  readonly numbers: Float64Array
}

const numbersEach = 7
const none = -1

export function packEvents(rows: readonly EventRow[]): PackedEvents {
  const ids: string[] = []
  const names = new Map<string, number>()
  const nameOf = (name: string): number => {
    let index = names.get(name)
    if (index === undefined) names.set(name, (index = names.size))
    return index
  }
  const numbers = new Float64Array(rows.length * numbersEach)
  let actions = ''
  let at = 0
  for (const { id, version, seq, action, actor, receivedAt, lane, n } of rows) {
    ids.push(id)
    actions += action
    numbers[at] = version
    numbers[at + 1] = seq
    numbers[at + 2] = receivedAt
    numbers[at + 3] = nameOf(actor)
    numbers[at + 4] = lane === null ? none : nameOf(lane)
    numbers[at + 5] = lane === null || n === null ? none : n
    numbers[at + 6] = action.length
    at += numbersEach
  }
  return { actions, ids, names: [...names.keys()], numbers }
}

export function unpackEvents({ actions, ids, names, numbers }: PackedEvents): StoredEvent[] {
  let begin = 0
  return ids.map((id, index) => {
    const at = index * numbersEach
    const end = begin + numbers[at + 6]!
    const action = actions.slice(begin, end)
    begin = end
    const n = numbers[at + 5]!
    return {
      id,
      version: numbers[at]!,
      seq: numbers[at + 1]!,
      action,
      actor: names[numbers[at + 3]!]!,
      receivedAt: numbers[at + 2]!,
      lane: names[numbers[at + 4]!],
      n: n === none ? undefined : n,
    }
  })
}
