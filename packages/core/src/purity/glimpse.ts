interface Seen {
  readonly object: { readonly [key: string]: unknown }
  readonly path: string
  readonly size: number
  /** The first of its keys, with their values. */
  readonly values: ReadonlyMap<string, unknown>
}

/**
 * What a value looks like now, so that a later look can tell whether somebody has written to it. Outer levels come
 * first; at most `valuesMax` values are kept. What is frozen is not looked into: nobody can write to it.
 */
export class Glimpse {
  readonly #seen: Seen[] = []

  constructor(value: unknown, path: string, valuesMax: number) {
    const objects = new Set<object>()
    const open: [value: unknown, path: string][] = [[value, path]]
    let left = valuesMax
    // The list grows while it is gone through.
    for (const [next, place] of open) {
      if (left <= 0) return
      if (typeof next !== 'object' || next === null || Object.isFrozen(next) || objects.has(next)) continue
      objects.add(next)
      const seen = look(next, place, left)
      left -= seen.values.size
      this.#seen.push(seen)
      for (const [key, child] of seen.values) open.push([child, pathTo(seen, key)])
    }
  }

  /** Where it was written to since, as a path like `state.lines[2].price`; undefined when nowhere. */
  findChange(): string | undefined {
    for (const seen of this.#seen) {
      for (const [key, value] of seen.values) {
        if (!Object.is(seen.object[key], value)) return pathTo(seen, key)
      }
      if (sizeOf(seen.object) !== seen.size) return seen.path
    }
    return undefined
  }
}

function look(object: object, path: string, valuesMax: number): Seen {
  const seen = object as Seen['object']
  const keys = Array.isArray(object)
    ? Array.from({ length: Math.min(object.length, valuesMax) }, (_, index) => String(index))
    : Object.keys(object).slice(0, valuesMax)
  return { object: seen, path, size: sizeOf(object), values: new Map(keys.map((key) => [key, seen[key]])) }
}

function sizeOf(object: object): number {
  return Array.isArray(object) ? object.length : Object.keys(object).length
}

function pathTo({ object, path }: Seen, key: string): string {
  return Array.isArray(object) ? `${path}[${key}]` : `${path}.${key}`
}
