import { FoldbackError } from '@foldback/core'

const patterns = {
  actions: ['actions'],
  records: ['records', ':model'],
  record: ['records', ':model', ':id'],
  events: ['events', ':model', ':id'],
  healthz: ['healthz'],
  readyz: ['readyz'],
  metrics: ['metrics'],
} as const

export type RouteName = keyof typeof patterns

export interface Route {
  readonly name: RouteName
  readonly model: string
  readonly id: string
}

/**
 * The door that a path leads to; undefined when it leads to none.
 * @throws FoldbackError `invalid-request`, when it does but is not percent-encoded as it should be.
 */
export function matchRoute(path: string): Route | undefined {
  const segments = path.split('/').slice(1)
  for (const [name, pattern] of Object.entries(patterns)) {
    if (fits(pattern, segments)) {
      return { name: name as RouteName, model: decoded(segments[1]), id: decoded(segments[2]) }
    }
  }
  return undefined
}

const reserved = new Set<string>(Object.values(patterns).map(([first]) => first))

/** True for a path below a door's own: what is not there is nobody else's either, such as a web app's. */
export function isReserved(path: string): boolean {
  return reserved.has(path.split('/')[1] ?? '')
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false
  return pattern.every((part, index) =>
    part.startsWith(':') ? segments[index] !== '' : segments[index] === part,
  )
}

function decoded(segment = ''): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new FoldbackError('invalid-request', `${segment} is not percent-encoded UTF-8`)
  }
}
