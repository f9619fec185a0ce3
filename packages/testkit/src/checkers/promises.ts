/** What must hold, by its number in the design. */
export const promises = {
  1: 'Settled means durable',
  2: 'Exactly once',
  3: 'One order',
  4: 'Convergence',
  5: 'Nothing is wedged',
  6: 'Offline is durable',
  7: 'A snapshot is confirmed state, true to itself',
  8: 'A consumer never skips',
  9: 'Time can go back',
  10: 'Reducers are pure, and we check',
  11: 'A failed append changes nothing',
} as const

export type PromiseNumber = keyof typeof promises

/** What a history ends with that has seen a promise broken. */
export class BrokenPromise extends Error {
  readonly promise: PromiseNumber

  constructor(promise: PromiseNumber, message: string) {
    super(message)
    this.name = 'BrokenPromise'
    this.promise = promise
  }
}

/** @throws BrokenPromise, unless `isKept`. */
export function hold(promise: PromiseNumber, isKept: boolean, say: () => string): void {
  if (!isKept) throw new BrokenPromise(promise, say())
}

/** Holds two values to be the same as JSON. @throws BrokenPromise with both */
export function holdEqual(promise: PromiseNumber, what: string, actual: unknown, expected: unknown): void {
  hold(promise, isEqual(actual, expected), () => {
    return `${what}:\n  is        ${canonicalText(actual)}\n  should be ${canonicalText(expected)}`
  })
}

/** True when two values are the same as JSON. */
export function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || canonicalText(one) === canonicalText(other)
}

/** JSON with its keys in order. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
