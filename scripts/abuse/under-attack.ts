import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerLimits } from '@foldback/server'

const scriptPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The server in a process of its own, on an empty database. */
export class ServerProcess {
  readonly port: number
  /** How it ended, if it did before it was stopped. */
  crash: string | undefined
  readonly #process: ChildProcess
  readonly #folder: string
  #isStopping = false

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process
    this.#folder = folder
    this.port = port
    process.on('exit', (code, signal) => {
      if (!this.#isStopping) this.crash = `exit ${signal ?? code}`
    })
  }

  static async start(limits: Partial<ServerLimits>): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'foldback-abuse-'))
    const child = fork(scriptPath('server.ts'), [join(folder, 'log.db'), JSON.stringify(limits)], {
      execArgv: [],
    })
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    return new ServerProcess(child, folder, port)
  }

  /** The most memory that it has had, in MiB. */
  async peakMiB(): Promise<number> {
    if (this.crash !== undefined) return NaN
    this.#process.send('peak')
    const [{ peakMiB }] = (await once(this.#process, 'message')) as [{ peakMiB: number }]
    return peakMiB
  }

  /** What it has refused and which limits took effect, and how often, by its own count. */
  async refusals(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text()
    const found = new Map<string, number>()
    for (const [, name = '', count] of text.matchAll(
      /^foldback_(?:actions_total\{.*code|limit_reached_total\{limit)="([\w-]+)"\} (\d+)$/gm,
    ))
      if (Number(count) > 0) found.set(name, Number(count))
    return found
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.crash === undefined) {
      const exited = once(this.#process, 'exit')
      this.#process.kill('SIGKILL')
      await exited
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** What an attack says of itself: how much it tried, or why it could not. */
export interface LoadReport {
  readonly tried: number
  readonly fault?: string
}

/** An attack under way, in a process of its own, which gives way to the server's where they share a processor. */
export class LoadProcess {
  readonly report: Promise<LoadReport>
  isOver = false

  constructor(index: number, port: number, scale: number, seconds: number) {
    const child = fork(scriptPath('load.ts'), [index, port, scale, seconds].map(String), { execArgv: [] })
    setPriority(child.pid!, 19)
    this.report = new Promise((resolve) => {
      child.on('message', (report: LoadReport) => resolve(report))
      child.on('exit', (code, signal) => {
        this.isOver = true
        resolve({ tried: 0, fault: `the attack ended with ${signal ?? code}` })
      })
    })
  }
}
