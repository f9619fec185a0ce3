import {
  type Check,
  type Clock,
  type Diverged,
  type Random,
  refusal,
  stateHash,
  type Welcome,
} from '@foldback/core'
import type { LocalRef } from './entry.ts'
import { wireRef } from './interests.ts'
import type { Replicas } from './replicas.ts'

/** A record that this client had folded into another state than the server, and that the server has put right. */
export interface Divergence {
  readonly model: string
  readonly id: string
  readonly version: number
  /** The version of the model's code here. */
  readonly modelVersion: number
  readonly serverModelVersion: number
  /** Of the state as it was here; see `stateHash`. */
  readonly hash: string
  readonly serverHash: string
}

export interface DivergenceWatchParts {
  readonly clock: Clock
  readonly random: Random
  /** Milliseconds from check to check; 0 for none. */
  readonly checkMs: number
  readonly replicas: Replicas
  readonly send: (check: Check) => void
  readonly warn: (message: string, cause?: unknown) => void
  readonly onDiverged: (divergence: Divergence) => void
}

/** A connection on which nothing has come for so long is at rest. */
const quietMs = 1_000

/**
 * Asks the server now and then whether it has the same state: one record after the other, those with nothing pending,
 * when the connection is at rest; where it never rests, all the same after twice the time. A record that differs comes
 * as a snapshot by itself.
 */
export class DivergenceWatch {
  readonly #parts: DivergenceWatchParts
  #cancelTimer: (() => void) | undefined
  #serverModels: Welcome['models'] = {}
  #heardAt = 0
  /** The record whose turn it is, counted through all there are. */
  #turn = 0
  #asked: Check | undefined

  constructor(parts: DivergenceWatchParts) {
    this.#parts = parts
  }

  /** A session is open with a server that has these versions of the models. */
  connected(models: Welcome['models']): void {
    const { checkMs, random } = this.#parts
    this.disconnected()
    this.#serverModels = models
    if (checkMs === 0) return
    // Clients that come back together ask neither together nor about the same.
    this.#turn = Math.floor(random.fraction() * 1_000_000)
    this.#wait(Math.round(checkMs * random.fraction()), checkMs)
  }

  disconnected(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#asked = undefined
  }

  /** A frame has come. */
  heard(): void {
    this.#heardAt = this.#parts.clock.now()
  }

  /** Checks after `delayMs`, or when it is quiet, but at most `patienceMs` later. */
  #wait(delayMs: number, patienceMs: number): void {
    const { clock, checkMs } = this.#parts
    this.#cancelTimer = clock.after(delayMs, () => {
      if (patienceMs > 0 && clock.now() - this.#heardAt < quietMs) {
        return this.#wait(Math.min(quietMs, patienceMs), patienceMs - quietMs)
      }
      this.#check()
      this.#wait(checkMs, checkMs)
    })
  }

  #check(): void {
    const { refs } = this.#parts.replicas
    for (let tries = refs.length; tries > 0; tries--) {
      const check = this.#checkOf(refs[this.#turn++ % refs.length]!)
      if (check !== undefined) return this.#parts.send((this.#asked = check))
    }
  }

  /** Undefined where there is nothing to compare: nothing confirmed, something pending, or other code over there. */
  #checkOf(ref: LocalRef): Check | undefined {
    const { replicas } = this.#parts
    const { name, version } = ref.model
    const replica = replicas.get(ref)!
    const position = replicas.positionOf(ref)
    if (position === undefined || replica.pendingCount > 0 || this.#serverModels[name] !== version)
      return undefined
    return {
      type: 'check',
      ...wireRef(ref),
      version: position.version,
      eventId: position.id,
      hash: stateHash(replica.confirmed!.state),
    }
  }

  diverged({ model, id, version, hash: serverHash, modelVersion: serverModelVersion }: Diverged): void {
    const asked = this.#asked
    const modelVersion = this.#parts.replicas.models.get(model)?.version
    const isAnswer = asked?.model === model && (asked.id ?? id) === id && asked.version === version
    if (!isAnswer || modelVersion === undefined) return
    this.#asked = undefined
    const { hash } = asked
    const divergence = { model, id, version, modelVersion, serverModelVersion, hash, serverHash }
    const here = `${hash} here with version ${modelVersion} of the model`
    const there = `${serverHash} there with version ${serverModelVersion}`
    const { message } = refusal('diverged', `${model}/${id} at version ${version}: ${here}, ${there}`)
    this.#parts.warn(`Foldback: ${message}`, divergence)
    this.#parts.onDiverged(divergence)
  }
}
