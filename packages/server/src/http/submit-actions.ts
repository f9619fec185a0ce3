import { FoldbackError, isDeeperThan } from '@foldback/core'
import type { Arrival, Engine, Session, Settlement } from '@foldback/engine'
import { json, problem, problemOf, type Reply, retryAfter } from './reply.ts'

const keyLengthMax = 200

/** More came in one request than one may hold. */
export class TooManyActions extends FoldbackError {
  constructor(actionsMax: number) {
    super('frame-too-large', `at most ${actionsMax} actions in one request`)
  }
}

/** What came with `POST /actions`. */
export interface ActionsRequest {
  readonly contentType: string | undefined
  readonly idempotencyKey: string | undefined
  readonly body: string
  /** Names the request in the log. */
  readonly requestId: string
  /** Each action has an answer, so they are bounded apart from their bytes. */
  readonly actionsMax: number
}

/** Hands in one action or a list of them. In a list each has its own outcome, and what is valid is kept. */
export async function submitActions(
  engine: Engine,
  session: Session,
  request: ActionsRequest,
): Promise<Reply> {
  const key = checkedKey(request.idempotencyKey)
  if (!/^application\/json\s*(;|$)/i.test(request.contentType ?? '')) {
    // Another page's form cannot send this type without asking first, so nobody acts in a user's name behind their back.
    throw new FoldbackError('invalid-request', 'send it with the header "content-type: application/json"')
  }
  const origin = { requestId: request.requestId }
  const value = parse(request.body)
  if (value === undefined) return problemOf('not-json')
  const arrival = { bytes: request.body.length, origin }
  if (!Array.isArray(value)) return single(engine, session, value, key, arrival)
  const { actionsMax } = request
  if (value.length > actionsMax) throw new TooManyActions(actionsMax)
  const settlements = await engine.submit(value, session, key, arrival)
  return json(
    200,
    settlements.map((settlement, index) => outcomeOf(settlement, echo(value[index], engine))),
  )
}

async function single(
  engine: Engine,
  session: Session,
  value: unknown,
  key: string | undefined,
  arrival: Arrival,
): Promise<Reply> {
  const [settlement] = await engine.submit([value], session, key, arrival)
  if (settlement === undefined) throw new TypeError('an action was handed in and nothing came of it')
  if (settlement.status === 'accepted') return json(200, outcomeOf(settlement, value))
  const { code, message, retryAfterMs } = settlement.refusal
  const reply = problem(code, message, { retryAfterMs, action: echo(value, engine) })
  return retryAfterMs === undefined ? reply : retryAfter(retryAfterMs, reply)
}

function outcomeOf(settlement: Settlement, action: unknown) {
  if (settlement.status === 'accepted') return { outcome: 'accepted', places: settlement.places }
  const { code, message, retryAfterMs } = settlement.refusal
  return { outcome: 'rejected', code, message, retryAfterMs, action }
}

/** What nests too deeply cannot be written as JSON again. */
function echo(action: unknown, { limits }: Engine): unknown {
  return isDeeperThan(action, limits.actionDepthMax) ? null : action
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined || (key !== '' && key.length <= keyLengthMax)) return key
  throw new FoldbackError('invalid-request', `Idempotency-Key must have 1 to ${keyLengthMax} characters`)
}
