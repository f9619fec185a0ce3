import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const preload = new URL('on-sources.ts', import.meta.url).href

export interface ChildHearer<Message> {
  message(message: Message): void
  /** What it has written to stderr. */
  fault(text: string): void
  /** It is gone, and nobody has killed it. */
  ended(text: string): void
}

/** A process of a kill run. */
export class Child<Message> {
  readonly #process: ChildProcess
  readonly #closed: Promise<unknown>
  #isKilled = false

  /**
   * @param script beside this file.
   * @param within a command that runs it, such as one that gives it a disk of its own.
   */
  constructor(
    script: string,
    parameters: readonly string[],
    hears: ChildHearer<Message>,
    within: readonly string[] = [],
  ) {
    const [command, ...options] = [...within, process.execPath, '--import', preload]
    const path = fileURLToPath(new URL(script, import.meta.url))
    this.#process = fork(path, parameters, {
      execPath: command,
      execArgv: options,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    this.#process.on('message', (message) => hears.message(message as Message))
    this.#process.stderr?.on('data', (text: Buffer) => hears.fault(text.toString()))
    this.#process.on('exit', (code) => {
      if (!this.#isKilled) hears.ended(`It ended by itself, with ${code}.`)
    })
    this.#closed = once(this.#process, 'close')
  }

  /** The process's number. */
  get pid(): number {
    return this.#process.pid!
  }

  /** A process that has ended hears nothing. */
  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => {})
  }

  /** `kill -9`. Resolves when the process is gone, and everything that it has said was heard. */
  async kill(): Promise<void> {
    this.#isKilled = true
    this.#process.kill('SIGKILL')
    await this.#closed
  }
}
