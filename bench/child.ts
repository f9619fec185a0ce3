import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Call } from './answering.ts'

const callSecondsMax = 120

/**
 * A process of the benchmark: a server, or what puts load on one. Its file calls `answerCalls`, and is called by its
 * parent from then on. It ends with its parent, or by `stop`.
 */
export class Child {
  readonly #file: string
  readonly #process: ChildProcess
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  #lastCall = 0
  #end: string | undefined

  private constructor(file: string, nodeOptions: readonly string[]) {
    this.#file = file
    this.#process = fork(file, {
      execArgv: ['--expose-gc', ...nodeOptions],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    this.#process.on('message', (answer) => this.#hear(answer as Answer))
    this.#process.on('exit', (code, signal) => this.#hasEnded(`${file} ended with ${signal ?? code}`))
  }

  /** @param file such as `new URL('../servers/echo.ts', import.meta.url)`. */
  static async start(file: URL, nodeOptions: readonly string[] = []): Promise<Child> {
    const child = new Child(fileURLToPath(file), nodeOptions)
    await child.call('ready')
    return child
  }

  /** The process's number. */
  get pid(): number {
    return this.#process.pid!
  }

  /**
   * Calls one of the functions that the child answers with.
   * @throws Error with what the child threw, when it has ended, or when it takes longer than `secondsMax`.
   */
  async call<Result>(name: string, argument?: unknown, secondsMax = callSecondsMax): Promise<Result> {
    if (this.#end !== undefined) throw new Error(this.#end)
    const id = (this.#lastCall += 1)
    const answered = Promise.withResolvers<unknown>()
    this.#calls.set(id, answered)
    const late = setTimeout(
      () => answered.reject(new Error(`${this.#file} did not answer ${name} in ${secondsMax} s`)),
      secondsMax * 1_000,
    )
    try {
      this.#process.send({ id, name, argument } satisfies Call)
      return (await answered.promise) as Result
    } finally {
      clearTimeout(late)
      this.#calls.delete(id)
    }
  }

  /** What all its threads have used so far, user and system. */
  cpuMicroseconds(): Promise<number> {
    return this.call('cpuMicroseconds')
  }

  /** Resident memory, after a garbage collection. */
  residentBytes(): Promise<number> {
    return this.call('residentBytes')
  }

  /** Resolves when it is gone, however it was. */
  async stop(): Promise<void> {
    if (this.#end !== undefined) return
    const exited = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exited
  }

  #hear({ id, result, error }: Answer): void {
    const call = this.#calls.get(id)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(`${this.#file}: ${error}`))
  }

  #hasEnded(end: string): void {
    this.#end = end
    for (const call of this.#calls.values()) call.reject(new Error(end))
  }
}
