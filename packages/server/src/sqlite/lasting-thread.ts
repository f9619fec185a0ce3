import { type ErrorCode, FoldbackError, messageOf } from '@foldback/core'
import type { StoreListener } from '@foldback/engine'
import type { ThreadStart } from './messages.ts'
import { type Arguments, type Methods, type Result, StoreThread } from './store-thread.ts'

const minuteMs = 60_000
const takenCodes: readonly ErrorCode[] = ['writer-superseded', 'database-in-use']

export interface LastingThreadOptions {
  readonly restartsPerMinuteMax: number
  /** Undefined where nobody wants to know. */
  readonly listener: StoreListener | undefined
}

/**
 * A thread of the store that is started again when it ends without being told to, as when it runs out of memory: what
 * was under way is lost with it, what comes after is done by its successor. Not for ever: what ends each time at once
 * would end the next time too. Then every call fails with `store-lost`, and a new process is needed.
 */
export class LastingThread<Served extends object> {
  readonly #options: LastingThreadOptions
  readonly #start: ThreadStart
  #thread: StoreThread<Served>
  /** When it was started again, in milliseconds of a clock that only goes forward. */
  #restartedAt: number[] = []
  #isEnding = false
  #hasStarted = false
  #lost: FoldbackError | undefined

  constructor(start: ThreadStart, options: LastingThreadOptions) {
    this.#start = start
    this.#options = options
    this.#thread = this.#load()
  }

  /** Comes before all calls. Rejects with the FoldbackError of what did not let it start, and then it is over. */
  async start(): Promise<void> {
    try {
      await this.#thread.start(this.#start)
      this.#hasStarted = true
    } catch (thrown) {
      await this.discard()
      throw thrown
    }
  }

  /** Rejects with the FoldbackError of what went wrong there, or with ThreadLost. */
  call<Name extends Methods<Served>>(
    method: Name,
    ...parameters: Arguments<Served, Name>
  ): Promise<Result<Served, Name>> {
    return this.#lost === undefined
      ? this.#thread.call(method, ...parameters)
      : Promise.reject(new FoldbackError(this.#lost.code, undefined, { cause: this.#lost }))
  }

  /** Ends the thread when it has answered all calls so far. */
  async close(): Promise<void> {
    this.#isEnding = true
    await this.#thread.close()
  }

  /** Ends the thread at once. */
  async discard(): Promise<void> {
    this.#isEnding = true
    await this.#thread.discard()
  }

  #load(): StoreThread<Served> {
    return new StoreThread<Served>(this.#start.role, {
      ended: (cause) => this.#ended(cause),
      committed: this.#options.listener?.committed,
    })
  }

  #ended(cause: string): void {
    // Whoever starts it hears of that.
    if (!this.#hasStarted || this.#isEnding || this.#lost !== undefined) return
    const { role } = this.#start
    const now = performance.now()
    this.#restartedAt = this.#restartedAt.filter((at) => at > now - minuteMs)
    if (this.#restartedAt.length >= this.#options.restartsPerMinuteMax) {
      return this.#giveUp(new FoldbackError('store-lost', `the ${role}: ${cause}`))
    }
    this.#restartedAt.push(now)
    this.#report(
      new FoldbackError('store-failed', `the store's ${role} thread ended, and is started again: ${cause}`),
    )
    this.#startAgain(this.#thread.generation)
  }

  #startAgain(generation: number | undefined): void {
    this.#thread = this.#load()
    const start = { ...this.#start, ...(generation !== undefined && { generation }) }
    this.#thread.start(start).catch((thrown: unknown) => {
      // Another process has the file now. It stays the one.
      if (thrown instanceof FoldbackError && takenCodes.includes(thrown.code)) this.#giveUp(thrown)
    })
  }

  #giveUp(lost: FoldbackError): void {
    this.#lost = lost
    this.#report(lost)
  }

  #report(cause: FoldbackError): void {
    this.#options.listener?.report({ code: cause.code, message: messageOf(cause), cause })
  }
}
