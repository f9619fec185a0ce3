import { type AnyModel, upcastAction } from '@foldback/core'
import type { Outbox } from './outbox.ts'
import { rejectionKey, type RejectionRow, rejectionsPrefix } from './rows.ts'

/** An action that was refused, until the application has dealt with it. */
export type Rejection = RejectionRow

export interface RejectionsParts {
  readonly outbox: Outbox
  readonly models: ReadonlyMap<string, AnyModel>
  /** How many are kept; beyond that the oldest go. */
  readonly max: number
  readonly write: (key: string, row: RejectionRow | undefined) => void
}

/** The refused actions of this user that nobody has dealt with yet, kept through reloads. */
export class Rejections {
  readonly #parts: RejectionsParts
  #list: readonly Rejection[] = []

  constructor(parts: RejectionsParts) {
    this.#parts = parts
  }

  /** Oldest first. The same array until it changes. */
  get list(): readonly Rejection[] {
    return this.#list
  }

  /** Reads what earlier pages have left. */
  async load(): Promise<void> {
    const actor = this.#actor
    const [rows] = await this.#parts.outbox.list(rejectionsPrefix(actor))
    // Another user has come meanwhile: these are none of their business.
    if (actor !== this.#actor) return
    const known = new Set(this.#list.map(idOf))
    const read = rows!
      .map(([, row]) => this.#upToDate(row as unknown as Rejection))
      .filter((row) => !known.has(idOf(row)))
    if (read.length > 0) this.#list = [...read, ...this.#list].sort((a, b) => a.at - b.at)
  }

  /** An older build of the app may have written it, and this one may be asked to dispatch it again. */
  #upToDate(rejection: Rejection): Rejection {
    const upcast = upcastAction([...this.#parts.models.values()], rejection.action)
    return upcast.ok ? { ...rejection, action: upcast.action } : rejection
  }

  add(refused: Rejection): void {
    // Each has a time of its own, so that they are in the same order after a reload.
    const at = Math.max(refused.at, (this.#list.at(-1)?.at ?? 0) + 1)
    const rejection = { ...refused, at }
    const kept = [...this.#list.filter((other) => idOf(other) !== idOf(rejection)), rejection]
    for (const oldest of kept.splice(0, kept.length - this.#parts.max)) this.#write(oldest, undefined)
    this.#list = kept
    this.#write(rejection, rejection)
  }

  /** True when it was there. */
  remove(rejection: Rejection): boolean {
    const id = idOf(rejection)
    const kept = this.#list.filter((other) => idOf(other) !== id)
    if (kept.length === this.#list.length) return false
    this.#list = kept
    this.#write(rejection, undefined)
    return true
  }

  /** Another user has signed in; what is kept stays kept. */
  clear(): void {
    this.#list = []
  }

  get #actor(): string {
    return this.#parts.outbox.actor ?? ''
  }

  #write(rejection: Rejection, row: Rejection | undefined): void {
    this.#parts.write(rejectionKey(this.#actor, idOf(rejection)), row)
  }
}

const idOf = ({ action }: Rejection): string => action.meta.foldback.id
