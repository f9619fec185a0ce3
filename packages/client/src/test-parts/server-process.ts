import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { UnknownAction } from '@reduxjs/toolkit'
import { onTestFinished } from 'vitest'
import type { Order } from './browser-models.ts'

const script = fileURLToPath(new URL('browser-server.ts', import.meta.url))

export interface LoggedEvent {
  readonly id: string
  readonly version: number
  readonly actor: string
  readonly action: { readonly type: string; readonly payload: { readonly line?: string } | string }
}

/** A real server with a SQLite file, in a process of its own. Both go when the test ends. */
export class ServerProcess {
  readonly #folder: string
  #process: ChildProcess | undefined
  #port = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async start(): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'foldback-browser-')))
    onTestFinished(async () => {
      await server.kill()
      await rm(server.#folder, { recursive: true, force: true })
    })
    await server.start()
    return server
  }

  /** Starts it, or starts it again on the same port with the same file. */
  async start(): Promise<void> {
    const started = fork(script, [join(this.#folder, 'log.db'), String(this.#port)], { execArgv: [] })
    this.#process = started
    const [{ port }] = (await once(started, 'message')) as [{ port: number }]
    this.#port = port
  }

  /** `kill -9`: nothing can be said or written any more. */
  async kill(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }

  /** From now on it does nothing, and what is sent to it waits; until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  get port(): number {
    return this.#port
  }

  /** Somebody else does something, until it is settled. */
  async dispatch(actor: string, ...actions: readonly UnknownAction[]): Promise<void> {
    const outcomes = await this.#fetch<{ outcome: string }[]>('actions', actor, actions)
    const refused = outcomes.find(({ outcome }) => outcome !== 'accepted')
    if (refused !== undefined) throw new Error(`An action was refused: ${JSON.stringify(refused)}`)
  }

  async events(model: string, stream: string, actor = 'zoe'): Promise<readonly LoggedEvent[]> {
    const path = `events/${model}/${stream}?limit=1000`
    return (await this.#fetch<{ events?: LoggedEvent[] }>(path, actor)).events ?? []
  }

  /** The lines that were added to an order, from its events: each as often as it is in the log, in order. */
  async loggedLines(id: string): Promise<readonly string[]> {
    const events = await this.events('order', id)
    return events.flatMap(({ action: { payload } }) =>
      typeof payload === 'string' ? [] : (payload.line ?? []),
    )
  }

  async order(id: string): Promise<Order | null> {
    return (await this.#fetch<{ state?: Order | null }>(`records/order/${id}`, 'zoe')).state ?? null
  }

  async #fetch<Answer>(path: string, actor: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/${path}`, {
      headers: { authorization: `Bearer ${actor}`, 'content-type': 'application/json' },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
    return (await response.json()) as Answer
  }
}
