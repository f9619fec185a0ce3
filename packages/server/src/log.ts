import { type Action, FoldbackError, refusal } from '@foldback/core'
import type { Incident } from '@foldback/engine'
import { type Level, type Logger, pino } from 'pino'
import { loggableError } from './loggable-error.ts'

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

/** Names the action but leaves out its payload, which may hold what does not belong into a log. */
export function logIncident(
  log: Logger,
  { code, message, cause, model, id, version, action }: Incident,
): void {
  const err = loggableError(cause)
  log.error({ code, model, id, version, actionType: action?.type, actionId: idOf(action), err }, message)
}

/** Says what to set, should the page be one that is meant to use this server. */
export function logForeignOrigin(log: Logger, origin: string): void {
  log.warn({ code: 'foreign-origin', origin }, refusal('foreign-origin').message)
}

/** Names a reducer that is not pure, by an action that shows it. */
export function logImpurity(log: Logger, sentence: string, model: string, action: Action): void {
  log.warn({ model, actionType: action.type, actionId: idOf(action) }, sentence)
}

function idOf(action: Incident['action']): string | undefined {
  return action !== undefined && 'meta' in action ? action.meta.foldback.id : undefined
}
