import { type Fields, isCount, isFields, isListOf, isName, isOptional, isText } from './check.ts'

/** Server → client, the answer to `hello`. */
export interface Welcome {
  readonly type: 'welcome'
  /** The user the server takes this session for. */
  readonly actor: string
  /** The server's clock: milliseconds since 1970. */
  readonly time: number
  /** The version of each model's code in this server, by model name. */
  readonly models: { readonly [model: string]: number }
  /** For each lane of the `hello`: how far it is settled. */
  readonly lanes: readonly LaneMark[]
  /** The longest frame this server reads, in bytes of UTF-8. */
  readonly frameBytesMax: number
  /** Milliseconds without a word from the client after which the server closes: ping before. Never, when it is left out. */
  readonly silentMsMax?: number
  /** When the session expires, by the server's clock: milliseconds since 1970. Never, when it is left out. */
  readonly expiresAt?: number
}

export interface LaneMark {
  readonly lane: string
  /** Every action up to this n is settled: accepted, unless listed in `refusals`. */
  readonly mark: number
  readonly refusals: readonly LaneRefusal[]
}

export interface LaneRefusal {
  readonly n: number
  readonly code: string
  readonly message: string
}

export function readWelcome(fields: Fields): Welcome | undefined {
  const { actor, time, models, lanes, frameBytesMax, silentMsMax, expiresAt } = fields
  if (!isText(actor) || !isCount(time) || !isFields(models) || !isCount(frameBytesMax)) return undefined
  if (!isOptional(silentMsMax, isCount) || !isOptional(expiresAt, isCount)) return undefined
  if (!Object.values(models).every(isCount) || !isListOf(lanes, isLaneMark)) return undefined
  return {
    type: 'welcome',
    actor,
    time,
    models: models as Welcome['models'],
    lanes,
    frameBytesMax,
    ...(silentMsMax !== undefined && { silentMsMax }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

function isLaneMark(value: unknown): value is LaneMark {
  if (!isFields(value) || !isName(value['lane']) || !isCount(value['mark'])) return false
  return isListOf(value['refusals'], isLaneRefusal)
}

function isLaneRefusal(value: unknown): value is LaneRefusal {
  return isFields(value) && isCount(value['n']) && isText(value['code']) && isText(value['message'])
}
