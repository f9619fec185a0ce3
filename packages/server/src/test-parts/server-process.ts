import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSync, isLost, type LostAction } from '@foldback/client'
import { configureStore, type Middleware } from '@reduxjs/toolkit'
import { onTestFinished } from 'vitest'
import { models } from '../../../../test-support/order-models.ts'

const script = fileURLToPath(new URL('process-server.ts', import.meta.url))

/** A real server with a SQLite file, in a process of its own. Both go when the test ends. */
export class ServerProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'foldback-process-'))
  readonly #closeMsMax: number
  #process: ChildProcess | undefined
  #log = ''
  port = 0

  constructor(closeMsMax = 10_000) {
    this.#closeMsMax = closeMsMax
    onTestFinished(async () => {
      await this.end('SIGKILL')
      rmSync(this.#folder, { recursive: true })
    })
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  get database(): string {
    return this.path('orders.db')
  }

  /** What it has logged, line by line. */
  get lines(): readonly { readonly msg: string }[] {
    const lines = this.#log.split('\n').filter((line) => line.startsWith('{'))
    return lines.map((line) => JSON.parse(line) as { msg: string })
  }

  /** Starts it, or starts it again on the same port with the same file. */
  async start(): Promise<void> {
    const args = [this.database, String(this.port), String(this.#closeMsMax)]
    const started = fork(script, args, { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
    this.#process = started
    started.stderr?.on('data', (data: Buffer) => (this.#log += data.toString()))
    const [{ port }] = (await once(started, 'message')) as [{ port: number }]
    this.port = port
  }

  /** Resolves when it says something. */
  async said(): Promise<void> {
    await once(this.#process!, 'message')
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  /** Resolves with its exit code when it has ended. */
  async ended(): Promise<number | null> {
    const running = this.#process
    if (running === undefined) return null
    const [code] = (await once(running, 'exit')) as [number | null]
    this.#process = undefined
    return code
  }

  /** Sends a signal, and resolves with how it ended. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = this.ended()
    this.signal(signal)
    return ended
  }

  async get(path: string): Promise<any> {
    const headers = { authorization: 'Bearer zoe' }
    return (await fetch(`http://127.0.0.1:${this.port}${path}`, { headers })).json()
  }

  /** A user of it with a real client, over a real socket. */
  user(name: string, returnMsMax = 100) {
    const sync = createSync({
      url: `ws://127.0.0.1:${this.port}`,
      models,
      token: () => name,
      limits: { returnMsMax, retryMsMin: 50, retryMsMax: 200 },
    })
    const lost: LostAction[] = []
    const listen: Middleware = () => (next) => (action) => {
      if (isLost(action)) lost.push(action)
      return next(action)
    }
    const { dispatch, getState } = configureStore({
      reducer: sync.reducers,
      middleware: (getDefault) =>
        getDefault({ immutableCheck: false, serializableCheck: false })
          .prepend(listen)
          .concat(sync.middleware),
    })
    onTestFinished(() => sync.disconnect())
    sync.connect()
    return { sync, dispatch, getState, lost }
  }
}

export type ProcessUser = ReturnType<ServerProcess['user']>
