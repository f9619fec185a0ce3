import { FoldbackError, messageOf } from '@foldback/core'
import { Worker } from 'node:worker_threads'
import { type Answer, type Call, closeMethod, type ThreadStart } from './messages.ts'

/** The thread ended while a call was under way: whether it was done, nobody can tell. */
export class ThreadLost extends Error {}

/** The names of the methods of `Served`. */
export type Methods<Served> = {
  [Name in keyof Served]: Served[Name] extends (...parameters: never) => unknown ? Name : never
}[keyof Served]

export type Arguments<Served, Name extends keyof Served> = Served[Name] extends (
  ...parameters: infer Parameters
) => unknown
  ? Parameters
  : never

export type Result<Served, Name extends keyof Served> = Served[Name] extends (
  ...parameters: never
) => infer Returned
  ? Returned
  : never

export interface ThreadListener {
  /** The thread has ended, and all that was under way with it. */
  readonly ended: (cause: string) => void
  readonly committed: ((seconds: number) => void) | undefined
}

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (reason: Error) => void
}

const ignored: Pending = { resolve: () => {}, reject: () => {} }

/** The near side of a thread that serves the methods of `Served`, one after the other. */
export class StoreThread<Served extends object> {
  readonly #worker: Worker
  /** In the order of the calls, which is the order of the answers. */
  readonly #pending: Pending[] = []
  readonly #ended: Promise<void>
  readonly #listener: ThreadListener
  #cause: string | undefined
  #generation: number | undefined

  /** Loads the thread, which takes longer than its start. */
  constructor(role: ThreadStart['role'], listener: ThreadListener) {
    this.#listener = listener
    this.#worker = new Worker(workerUrl(), { name: `foldback sqlite ${role}` })
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (thrown) => (this.#cause ??= messageOf(thrown)))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        this.#lose(exitCode)
        resolve()
      })
    })
  }

  /** The generation of the file, as the thread has said last. */
  get generation(): number | undefined {
    return this.#generation
  }

  /** Comes before all calls. Rejects with the FoldbackError of what did not let it start. */
  start(options: ThreadStart): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#send(options, { resolve, reject })
    })
  }

  /** Rejects with the FoldbackError of what went wrong there, or with ThreadLost. */
  call<Name extends Methods<Served>>(
    method: Name,
    ...parameters: Arguments<Served, Name>
  ): Promise<Result<Served, Name>> {
    return new Promise((resolve, reject) => {
      if (this.#cause !== undefined)
        throw new FoldbackError('store-failed', `the store's thread ended: ${this.#cause}`)
      this.#send({ method: String(method), parameters }, { resolve, reject })
    })
  }

  /** Ends the thread when it has answered all calls so far. A thread that is lost has ended. */
  async close(): Promise<void> {
    if (this.#cause === undefined) this.#send({ method: closeMethod, parameters: [] }, ignored)
    await this.#ended
  }

  /** Ends the thread at once. For one that did not start. */
  async discard(): Promise<void> {
    await this.#worker.terminate()
  }

  #send(message: ThreadStart | Call, pending: Pending): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(message)
    this.#pending.push(pending)
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.shift()
    this.#generation = answer.generation ?? this.#generation
    if (answer.commitSeconds !== undefined) this.#listener.committed?.(answer.commitSeconds)
    if ('fault' in answer) pending?.reject(new FoldbackError(answer.fault.code, answer.fault.detail))
    else pending?.resolve(answer.value as never)
  }

  #lose(exitCode: number): void {
    this.#cause ??= `exit code ${exitCode}`
    for (const { reject } of this.#pending.splice(0)) reject(new ThreadLost(this.#cause))
    this.#listener.ended(this.#cause)
  }
}

/** Beside this file, and of its kind: source under a test runner, JavaScript when built. */
function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js',
    import.meta.url,
  )
}
