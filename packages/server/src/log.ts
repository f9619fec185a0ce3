import { type Action, FoldbackError } from '@foldback/core'
import type { Incident } from '@foldback/engine'
import { type Level, type Logger, pino } from 'pino'

/** From which level on to log to stderr; `false` or `'silent'` for nothing; or a pino logger of the application's. */
export type LogOption = false | 'silent' | Level | Logger

/** To stderr, so that stdout stays free for what a program has to say. */
export function makeLog(option: LogOption = 'info'): Logger {
  if (typeof option === 'object') return option
  const level = option === false ? 'silent' : option
  if (level !== 'silent' && !Object.hasOwn(pino.levels.values, level)) {
    throw new FoldbackError('misconfigured', `log must be false, a pino logger, or one of ${levelNames()}`)
  }
  return pino({ level }, pino.destination(2))
}

function levelNames(): string {
  return ['silent', ...Object.keys(pino.levels.values)].join(', ')
}

/** What no retry mends, and the process does not either. */
const fatalCodes: readonly Incident['code'][] = ['store-lost', 'writer-superseded']

/**
 * Names the action, and the connection or request that it came by, but leaves out its payload, which may hold what
 * does not belong into a log.
 */
export function logIncident(log: Logger, incident: Incident): void {
  const { code, message, cause, model, id, version, action, actionId = idOf(action), origin } = incident
  const level = fatalCodes.includes(code) ? 'fatal' : 'error'
  log[level]({ code, ...origin, model, id, version, actionType: action?.type, actionId, err: cause }, message)
}

/** Names a reducer that is not pure, by an action that shows it. */
export function logImpurity(log: Logger, sentence: string, model: string, action: Action): void {
  log.warn({ model, actionType: action.type, actionId: idOf(action) }, sentence)
}

function idOf(action: Incident['action']): string | undefined {
  if (action === undefined || !('meta' in action)) return undefined
  // That of a proposed action is what its sender wrote.
  const id: unknown = (action.meta as { foldback?: { id?: unknown } } | undefined)?.foldback?.id
  return typeof id === 'string' ? id : undefined
}
