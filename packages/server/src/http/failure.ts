import { FoldbackError, messageOf, statusOf } from '@foldback/core'
import type { EnginePorts } from '@foldback/engine'
import { problem, problemOf, type Reply } from './reply.ts'

/** The answer when handling a request threw. What the server is to blame for is reported, and told of in general. */
export function failure(thrown: unknown, report: EnginePorts['report']): Reply {
  const code = thrown instanceof FoldbackError ? thrown.code : 'internal'
  const isOurs = statusOf(code) >= 500 && code !== 'busy' && code !== 'closing'
  if (isOurs)
    report({ code, message: `A request could not be answered: ${messageOf(thrown)}`, cause: thrown })
  // What exactly went wrong is for the log.
  if (isOurs) return problemOf(statusOf(code) === 500 ? 'internal' : code)
  return problem(code, messageOf(thrown))
}
