import { FoldbackError, messageOf } from '@foldback/core'
import { Worker } from 'node:worker_threads'
import { type Answer, type Call, closeMethod, type ThreadStart } from './messages.ts'

/** The thread ended while a call was under way: whether it was done, nobody can tell. */
export class ThreadLost extends Error {}

// oxlint-disable-next-line typescript/no-explicit-any -- the methods' own types are kept by Parameters and ReturnType
type Methods<Served> = {
  [Name in keyof Served]: Served[Name] extends (...parameters: any[]) => unknown ? Name : never
}[keyof Served]

interface Pending {
  resolve(value: unknown): void
  reject(reason: Error): void
}

/** The near side of a thread that serves the methods of `Served`, one after the other. */
export class StoreThread<Served extends object> {
  readonly #worker: Worker
  /** In the order of the calls, which is the order of the answers. */
  readonly #pending: Pending[] = []
  readonly #ended: Promise<void>
  #cause: string | undefined

  private constructor(options: ThreadStart) {
    this.#worker = new Worker(workerUrl(), { workerData: options, name: `foldback sqlite ${options.role}` })
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (thrown) => (this.#cause ??= messageOf(thrown)))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        this.#lose(exitCode)
        resolve()
      })
    })
  }

  /** Rejects with the FoldbackError of what did not let it start. */
  static async start<Served extends object>(options: ThreadStart): Promise<StoreThread<Served>> {
    const thread = new StoreThread<Served>(options)
    try {
      await new Promise((resolve, reject) => thread.#pending.push({ resolve, reject }))
    } catch (thrown) {
      await thread.#ended
      throw thrown
    }
    return thread
  }

  /** Rejects with the FoldbackError of what went wrong there, or with ThreadLost. */
  call<Name extends Methods<Served>>(
    method: Name,
    ...parameters: Served[Name] extends (...parameters: infer Parameters) => unknown ? Parameters : never
  ): Promise<Served[Name] extends (...parameters: never) => infer Result ? Result : never> {
    return new Promise((resolve, reject) => {
      if (this.#cause !== undefined)
        throw new FoldbackError('store-failed', `the store's thread ended: ${this.#cause}`)
      this.#send(String(method), parameters, { resolve: resolve as Pending['resolve'], reject })
    })
  }

  /** Ends the thread when it has answered all calls so far. A thread that is lost has ended. */
  async close(): Promise<void> {
    if (this.#cause === undefined) this.#send(closeMethod, [], { resolve() {}, reject() {} })
    await this.#ended
  }

  #send(method: string, parameters: readonly unknown[], pending: Pending): void {
    this.#worker.postMessage({ method, parameters } satisfies Call)
    this.#pending.push(pending)
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.shift()
    if ('fault' in answer) pending?.reject(new FoldbackError(answer.fault.code, answer.fault.detail))
    else pending?.resolve(answer.value)
  }

  #lose(exitCode: number): void {
    this.#cause ??= `exit code ${exitCode}`
    for (const { reject } of this.#pending.splice(0)) reject(new ThreadLost(this.#cause))
  }
}

/** Beside this file, and of its kind: source under a test runner, JavaScript when built. */
function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js',
    import.meta.url,
  )
}
