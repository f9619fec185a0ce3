import type { AnyModel } from '@foldback/core'
import type { Entry } from './entry.ts'
import type { SyncStatus } from './status.ts'

/** What `connect` of the Redux DevTools extension gives, as far as it is used here. */
export interface DevToolsConnection {
  init(state: unknown): void
  send(action: SyncLogAction, state: unknown): void
}

interface DevToolsExtension {
  connect(options: object): DevToolsConnection
}

/** One line of the log: what happened, of which action or record. */
export interface SyncLogAction {
  readonly type: string
  readonly [detail: string]: unknown
}

/** What the log is made from: how things stand. */
export interface SyncLogSource {
  readonly status: SyncStatus
  readonly entries: readonly Entry[]
}

/** Lines that the extension keeps. */
const linesMax = 500

/** A place for the log in the Redux DevTools; undefined where there is no such extension. */
export function syncLogConnection(globals: object): DevToolsConnection | undefined {
  const { __REDUX_DEVTOOLS_EXTENSION__: extension } = globals as {
    readonly __REDUX_DEVTOOLS_EXTENSION__?: Partial<DevToolsExtension>
  }
  // Nothing can be dispatched or skipped here: it is a log.
  return extension?.connect?.({
    name: 'Foldback sync',
    maxAge: linesMax,
    features: { pause: true, export: true },
  })
}

/**
 * A second log in the Redux DevTools, beside that of the store: what becomes of actions there, and of the connection.
 * The store itself gets no dispatch when an action settles, so its own log cannot show it. It is made by comparing
 * how things stand with how they stood, so that the session need not know of it.
 */
export class SyncLog {
  readonly #connection: DevToolsConnection
  /** The actions that were pending at the last look. */
  readonly #pending = new Set<Entry>()
  #refolded: SyncLogAction[] = []
  #status: SyncStatus | undefined

  constructor(connection: DevToolsConnection) {
    this.#connection = connection
  }

  /** So many pending actions of a record were folded again; it is told at the next look. */
  refolded({ name }: AnyModel, id: string, count: number): void {
    const type = id === '' ? `rebased ${name}` : `rebased ${name}/${id}`
    this.#refolded.push({ type, count })
  }

  look({ status, entries }: SyncLogSource): void {
    const before = this.#status
    this.#status = status
    if (before === undefined) this.#connection.init(status)
    else if (before.phase !== status.phase) this.#send({ type: status.phase })
    this.#lookForEnded(entries)
    this.#lookForPending(entries)
    this.#lookForRebased()
    if (before !== undefined && status.error !== undefined && before.error !== status.error) {
      this.#send({ type: `error ${status.error.code}`, message: status.error.message })
    }
  }

  #lookForEnded(entries: readonly Entry[]): void {
    if (this.#pending.size === 0) return
    const there = new Set(entries)
    for (const entry of this.#pending) {
      if (there.has(entry)) continue
      this.#pending.delete(entry)
      this.#send(ended(entry))
    }
  }

  #lookForPending(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#pending.has(entry)) continue
      this.#pending.add(entry)
      this.#send(line('pending', entry))
    }
  }

  #lookForRebased(): void {
    const refolded = this.#refolded
    this.#refolded = []
    for (const action of refolded) this.#send(action)
  }

  /** With how many were pending after just this. */
  #send(action: SyncLogAction): void {
    this.#connection.send(action, { ...this.#status, pending: this.#pending.size })
  }
}

function ended(entry: Entry): SyncLogAction {
  const { outcome } = entry
  if (outcome === undefined) return line('undone', entry)
  if (outcome.accepted) return line('settled', entry)
  return { ...line('rejected', entry), code: outcome.code, message: outcome.message }
}

function line(word: string, { action, id, n }: Entry): SyncLogAction {
  return { type: `${word} ${action.type}`, id, ...(n !== undefined && { n }), payload: action.payload }
}
