import type { Incident } from '@foldback/engine'
import type { Logger } from 'pino'
import { loggableError } from './loggable-error.ts'

/** What no retry mends, and this process does not either. */
const fatalCodes: readonly Incident['code'][] = ['store-lost', 'writer-superseded']
/** So long an incident of the store as a whole is not said again: while a disk is full, every commit fails. */
const quietMs = 10_000

interface Said {
  readonly at: number
  /** How often it has come since. */
  unsaidCount: number
}

/** The incidents, as lines of the log. */
export class IncidentLog {
  readonly #log: Logger
  readonly #nowMs: () => number
  readonly #said = new Map<Incident['code'], Said>()

  /** @param nowMs milliseconds of a clock that only goes forward. */
  constructor(log: Logger, nowMs: () => number = () => performance.now()) {
    this.#log = log
    this.#nowMs = nowMs
  }

  /**
   * Names the action, and the connection or request that it came by, but leaves out its payload, which may hold what
   * does not belong into a log.
   */
  write(incident: Incident): void {
    const { code, message, cause, model, id, version, action, actionId = idOf(action), origin } = incident
    const unsaidCount = isOfTheStore(incident) ? this.#unsaid(code) : 0
    if (unsaidCount === undefined) return
    const level = fatalCodes.includes(code) ? 'fatal' : 'error'
    const actionType = action?.type
    const repeated = unsaidCount === 0 ? {} : { unsaidCount }
    this.#log[level](
      { code, ...origin, model, id, version, actionType, actionId, ...repeated, err: loggableError(cause) },
      message,
    )
  }

  /** How many of these were passed over before this one; undefined when it is passed over itself. */
  #unsaid(code: Incident['code']): number | undefined {
    const now = this.#nowMs()
    const said = this.#said.get(code)
    if (said !== undefined && now < said.at + quietMs) {
      said.unsaidCount++
      return undefined
    }
    this.#said.set(code, { at: now, unsaidCount: 0 })
    return said?.unsaidCount ?? 0
  }
}

function isOfTheStore({ model, action, origin }: Incident): boolean {
  return model === undefined && action === undefined && origin === undefined
}

const idLengthMax = 200

/** The id of a stamped action; of what somebody else wrote in its place, only what can be one. */
export function idOf(action: Incident['action']): string | undefined {
  if (action === undefined || !('meta' in action)) return undefined
  const id: unknown = (action.meta as { foldback?: { id?: unknown } } | undefined)?.foldback?.id
  return typeof id === 'string' && id.length <= idLengthMax ? id : undefined
}
