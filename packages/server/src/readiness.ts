import { FoldbackError, messageOf } from '@foldback/core'
import type { EventStore } from '@foldback/engine'
import type { Logger } from 'pino'
import type { LimitWatch } from './limit-watch.ts'
import { isDoneWithin } from './in-time.ts'
import { loggableError } from './loggable-error.ts'

export interface ReadinessParts {
  readonly store: EventStore
  readonly probeMsMax: number
  readonly watch: LimitWatch
  readonly log: Logger
}

/** How the server is: for `/readyz` whether it can work now, by using its store; for `/healthz` whether it ever will. */
export class Readiness {
  readonly #parts: ReadinessParts
  #asking: Promise<void> | undefined
  #isClosing = false
  #isReady = true
  #lost: FoldbackError | undefined

  constructor(parts: ReadinessParts) {
    this.#parts = parts
  }

  /** Rejects with what is wrong. However many ask at once, the store is asked once. */
  check(): Promise<void> {
    if (this.#isClosing) return Promise.reject(new FoldbackError('closing'))
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  /** What only another process can mend; undefined while there is nothing. */
  get lost(): FoldbackError | undefined {
    return this.#lost
  }

  /** The store is lost to this process. */
  lose(lost: FoldbackError): void {
    this.#lost = lost
  }

  /** From now on the answer is no. */
  stop(): void {
    this.#isClosing = true
  }

  async #ask(): Promise<void> {
    const { probeMsMax, watch } = this.#parts
    const probe = this.#probe()
    const isDone = await isDoneWithin(probeMsMax, probe)
    // It was closed while it was asked: what the store says then means nothing.
    if (this.#isClosing) throw new FoldbackError('closing')
    if (!isDone) watch.reached('probeMsMax')
    const fault = isDone
      ? await faultOf(probe)
      : new FoldbackError('store-failed', `the store has not answered for ${probeMsMax} ms`)
    this.#say(fault)
    if (fault !== undefined) throw fault
  }

  async #probe(): Promise<void> {
    const { store } = this.#parts
    // Nothing is old enough to be forgotten, but to see that takes the one who may write.
    await store.expireKeyedLanes(0)
    await store.append({ units: [], records: [], forget: [], now: 0 })
    await store.tip()
  }

  /** Whoever asks every few seconds is told each time; the log, when it has changed. */
  #say(fault: FoldbackError | undefined): void {
    const isReady = fault === undefined
    if (isReady === this.#isReady) return
    this.#isReady = isReady
    const { log } = this.#parts
    if (isReady) log.info('The server is ready again.')
    else
      log.warn({ code: fault.code, err: loggableError(fault) }, `The server is not ready: ${fault.message}`)
  }
}

async function faultOf(work: Promise<void>): Promise<FoldbackError | undefined> {
  try {
    await work
    return undefined
  } catch (thrown) {
    return thrown instanceof FoldbackError
      ? thrown
      : new FoldbackError('store-failed', messageOf(thrown), { cause: thrown })
  }
}
