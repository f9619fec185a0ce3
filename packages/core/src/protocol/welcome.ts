import { isCount, isListOf, isMapOf, isName, isObjectOf, isOptional, isText, readerOf } from './check.ts'

/** Server → client, the answer to `hello`. */
export interface Welcome {
  readonly type: 'welcome'
  /** The user the server takes this session for. */
  readonly actor: string
  /** The server's clock: milliseconds since 1970. */
  readonly time: number
  /** The version of each model's code in this server, by model name. */
  readonly models: { readonly [model: string]: number }
  /** Names the history of the server's log: another one once the log was put back to an earlier moment. */
  readonly history: string
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

const isLaneRefusal = isObjectOf<LaneRefusal>({ n: isCount, code: isText, message: isText })

export const readWelcome = readerOf<Welcome>('welcome', {
  actor: isText,
  time: isCount,
  models: isMapOf(isCount),
  history: isText,
  lanes: isListOf(isObjectOf<LaneMark>({ lane: isName, mark: isCount, refusals: isListOf(isLaneRefusal) })),
  frameBytesMax: isCount,
  silentMsMax: isOptional(isCount),
  expiresAt: isOptional(isCount),
})
