import { FoldbackError } from '@foldback/core'

/** An address, cut where its query begins. It is not normalised: a record's id may be `..`. */
export function splitUrl(url: string): { readonly path: string; readonly query: Query } {
  const mark = url.indexOf('?')
  if (mark === -1) return { path: url, query: new Query('') }
  return { path: url.slice(0, mark), query: new Query(url.slice(mark)) }
}

const isoMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** The parameters of an address. Those that nobody asks for are left alone: `authenticate` may want them. */
export class Query {
  readonly #parameters: URLSearchParams

  constructor(search: string) {
    this.#parameters = new URLSearchParams(search)
  }

  /** Undefined when it is missing or empty. @throws FoldbackError `invalid-request`, when it is there twice. */
  text(name: string): string | undefined {
    const values = this.#parameters.getAll(name)
    if (values.length > 1) throw new FoldbackError('invalid-request', `${name} is given more than once`)
    return values[0] === '' ? undefined : values[0]
  }

  /** @throws FoldbackError `invalid-request`, when it is no whole number between these. */
  count(name: string, min: number, max: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const count = /^\d+$/.test(text) ? Number(text) : NaN
    if (count >= min && count <= max) return count
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
    throw new FoldbackError('invalid-request', `${name} must be a whole number ${range}`)
  }

  /** Milliseconds since 1970, given as such or as an ISO time. @throws FoldbackError `invalid-request`. */
  time(name: string): number | undefined {
    // In a query a plus sign is a space.
    const text = this.text(name)?.replace(' ', '+')
    if (text === undefined) return undefined
    const time = isoMoment.test(text) ? Date.parse(text) : Number(/^\d+$/.test(text) ? text : NaN)
    if (Number.isSafeInteger(time)) return time
    throw new FoldbackError(
      'invalid-request',
      `${name} must be milliseconds since 1970 or a time such as 2026-01-31T12:00:00Z`,
    )
  }
}
