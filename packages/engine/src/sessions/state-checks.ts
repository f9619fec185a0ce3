import { type Check, type Diverged, messageOf, refusal, type StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { HeadState } from '../heads/head.ts'
import { headHash } from '../heads/head-hash.ts'
import type { Teller } from './teller.ts'

const minuteMs = 60_000

/** Heads of which it has been reported that clients differ: one bug on a thousand screens is one line of the log. */
const reported = new WeakSet<HeadState>()

export interface StateChecksParts {
  readonly engine: EngineParts
  readonly teller: Teller
  /** True when the session is being told of each change of the record. */
  readonly isLive: (ref: StreamRef) => boolean
  /** Tells the record afresh. */
  readonly retell: (ref: StreamRef) => void
}

/*
 * Compares the states that one session says it has with the committed ones. What is not comparable is passed over in
 * silence, and so is what is equal: another version (the client is behind or ahead, and hears of it anyway), other
 * code, and whatever the session is not told of or may not read, so that nobody finds out a state by its hash.
 */
export class StateChecks {
  readonly #parts: StateChecksParts
  #minuteBegan = 0
  #countOfMinute = 0

  constructor(parts: StateChecksParts) {
    this.#parts = parts
  }

  check(ref: StreamRef, check: Check): void {
    if (!this.#parts.isLive(ref) || this.#isTooMany()) return
    this.#compare(ref, check).catch((cause: unknown) => {
      const message = `A state could not be compared with a client's: ${messageOf(cause)}`
      this.#parts.engine.ports.report({ code: 'internal', message, cause, ...ref })
    })
  }

  #isTooMany(): boolean {
    const { ports, limits } = this.#parts.engine
    const now = ports.clock.now()
    if (now - this.#minuteBegan >= minuteMs) {
      this.#minuteBegan = now
      this.#countOfMinute = 0
    }
    const isTooMany = ++this.#countOfMinute > limits.checksPerMinuteMax
    if (isTooMany) ports.limited?.('checksPerMinuteMax')
    return isTooMany
  }

  async #compare(ref: StreamRef, check: Check): Promise<void> {
    const { engine, teller, isLive } = this.#parts
    const { committed } = await engine.heads.fetch(ref)
    if (!isLive(ref) || !teller.mayCompare(ref, committed.state)) return
    if (committed.version !== check.version || committed.eventId !== check.eventId) return
    if (headHash(committed) !== check.hash) this.#diverged(ref, check, committed)
  }

  #diverged(ref: StreamRef, check: Check, committed: HeadState): void {
    const { engine, teller, retell } = this.#parts
    const modelVersion = engine.models.get(ref.model)!.version
    const diverged: Diverged = {
      type: 'diverged',
      ...ref,
      version: committed.version,
      hash: headHash(committed),
      modelVersion,
    }
    engine.ports.diverged?.(ref.model)
    if (!reported.has(committed)) this.#report(diverged, check)
    reported.add(committed)
    teller.diverged(diverged)
    retell(ref)
  }

  #report({ model, id, version, hash, modelVersion }: Diverged, check: Check): void {
    // Only the same version is compared, so the client's model has it too.
    const sides = `the client has ${check.hash} and the server ${hash}, both with version ${modelVersion} of the model`
    const { message } = refusal('diverged', `${model}/${id} at version ${version}: ${sides}`)
    this.#parts.engine.ports.report({ code: 'diverged', message, model, id, version })
  }
}
