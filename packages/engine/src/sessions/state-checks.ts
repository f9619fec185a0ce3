import { type Check, type Diverged, messageOf, refusal, type StreamRef } from '@foldback/core'
import type { EngineParts } from '../engine-parts.ts'
import type { HeadState } from '../heads/head.ts'
import { headHash } from '../heads/head-hash.ts'
import type { Incident, Origin } from '../ports.ts'
import { reportFrom } from './report-from.ts'
import type { Teller } from './teller.ts'

const minuteMs = 60_000

/** Heads of which it has been reported that clients differ: one bug on a thousand screens is one line of the log. */
const reported = new WeakSet<HeadState>()

/** Who is told of what is compared. */
export interface Compared {
  readonly origin: Origin | undefined
  /** True when the session is being told of each change of the record. */
  isLive(ref: StreamRef): boolean
  /** Tells the record afresh. */
  uncertain(ref: StreamRef): void
}

/*
 * Compares the states that one session says it has with the committed ones. What is not comparable is passed over in
 * silence, and so is what is equal: another version (the client is behind or ahead, and hears of it anyway), other
 * code, and whatever the session is not told of or may not read, so that nobody finds out a state by its hash.
 */
export class StateChecks {
  readonly #engine: EngineParts
  readonly #teller: Teller
  readonly #compared: Compared
  #minuteBegan = 0
  #countOfMinute = 0

  constructor(engine: EngineParts, teller: Teller, compared: Compared) {
    this.#engine = engine
    this.#teller = teller
    this.#compared = compared
  }

  check(ref: StreamRef, check: Check): void {
    if (!this.#compared.isLive(ref) || this.#isTooMany()) return
    this.#compare(ref, check).catch((cause: unknown) => {
      const message = `A state could not be compared with a client's: ${messageOf(cause)}`
      this.#report({ code: 'internal', message, cause, ...ref })
    })
  }

  #isTooMany(): boolean {
    const { ports, limits } = this.#engine
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
    const { committed } = await this.#engine.heads.fetch(ref)
    if (!this.#compared.isLive(ref) || !this.#teller.mayCompare(ref, committed.state)) return
    if (committed.version !== check.version || committed.eventId !== check.eventId) return
    if (headHash(committed) !== check.hash) this.#diverged(ref, check, committed)
  }

  #diverged(ref: StreamRef, check: Check, committed: HeadState): void {
    const modelVersion = this.#engine.models.get(ref.model)!.version
    const diverged: Diverged = {
      type: 'diverged',
      ...ref,
      version: committed.version,
      hash: headHash(committed),
      modelVersion,
    }
    this.#engine.ports.diverged?.(ref.model)
    if (!reported.has(committed)) this.#reportDiverged(diverged, check)
    reported.add(committed)
    this.#teller.diverged(diverged)
    this.#compared.uncertain(ref)
  }

  #reportDiverged({ model, id, version, hash, modelVersion }: Diverged, check: Check): void {
    // Only the same version is compared, so the client's model has it too.
    const sides = `the client has ${check.hash} and the server ${hash}, both with version ${modelVersion} of the model`
    const { message } = refusal('diverged', `${model}/${id} at version ${version}: ${sides}`)
    this.#report({ code: 'diverged', message, model, id, version })
  }

  #report(incident: Incident): void {
    reportFrom(this.#engine.ports, this.#compared.origin, incident)
  }
}
