import type { LanePlace, NewEvent } from '@foldback/engine'

export interface LaneMark {
  readonly actor: string
  readonly n: number
}

/** Whether (lane, n) comes next, was there before, or cannot be written as things are. */
export function placeOf(
  place: LanePlace | undefined,
  mark: LaneMark | undefined,
): 'next' | 'duplicate' | 'conflict' {
  if (place === undefined) return 'next'
  // First, so that nobody learns anything about another user's lane.
  if (mark !== undefined && mark.actor !== place.actor) return 'conflict'
  const settled = mark?.n ?? 0
  if (place.n <= settled) return 'duplicate'
  return place.n === settled + 1 ? 'next' : 'conflict'
}

/** The first event of each stream that is not at the version that a unit expects. */
export function staleStreams(
  events: readonly NewEvent[],
  versionOf: (event: NewEvent) => number,
): readonly NewEvent[] {
  if (events.length === 1) return events.filter((event) => event.expectedVersion !== versionOf(event))
  const stale = new Set<string>()
  const counts = new Map<string, number>()
  const firsts = new Map<string, NewEvent>()
  for (const event of events) {
    const key = JSON.stringify([event.model, event.stream])
    const count = counts.get(key) ?? 0
    if (!firsts.has(key)) firsts.set(key, event)
    if (event.expectedVersion !== versionOf(event) + count) stale.add(key)
    counts.set(key, count + 1)
  }
  return [...firsts].filter(([key]) => stale.has(key)).map(([, event]) => event)
}
