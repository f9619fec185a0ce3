import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { SalesOrder, SalesOrderAction } from '../src/model/sales-order.ts'

export interface OrderRecord {
  readonly version: number
  readonly state: SalesOrder | null
}

export interface OrderEvent {
  readonly id: string
  readonly version: number
  readonly actor: string
  readonly action: SalesOrderAction
}

/** The example as `npm start` runs it: in a process of its own, on a free port, with data that goes when the test ends. */
export class RunningExample {
  readonly #dataDir: string
  #process: ChildProcess | undefined
  #port = 0

  private constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  static async start(): Promise<RunningExample> {
    const example = new RunningExample(await mkdtemp(join(tmpdir(), 'sales-order-')))
    onTestFinished(() => example.#remove())
    await example.start()
    return example
  }

  /** Starts it, or starts it again on the same port with the same data. */
  async start(): Promise<void> {
    const script = fileURLToPath(new URL('../server.ts', import.meta.url))
    const env = { ...process.env, PORT: String(this.#port), DATA_DIR: this.#dataDir }
    const started = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = started
    this.#port = await portPrintedBy(started)
  }

  /** `kill -9`: nothing can be said or written any more. */
  async kill(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }

  /** Copies the data of an example that is not running. */
  async backUp(): Promise<void> {
    await cp(this.#dataDir, this.#backupDir, { recursive: true })
  }

  /** Puts the data back to what they were then. */
  async restore(): Promise<void> {
    await rm(this.#dataDir, { recursive: true })
    await cp(this.#backupDir, this.#dataDir, { recursive: true })
  }

  get #backupDir(): string {
    return `${this.#dataDir}-backup`
  }

  async #remove(): Promise<void> {
    await this.kill()
    await rm(this.#backupDir, { recursive: true, force: true })
    await rm(this.#dataDir, { recursive: true, force: true })
  }

  url(path = ''): string {
    return `http://localhost:${this.#port}/${path}`
  }

  get webSocketUrl(): string {
    return `ws://localhost:${this.#port}`
  }

  async dispatch(...actions: { type: string }[]): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(this.url('actions'), {
      method: 'POST',
      headers,
      body: JSON.stringify(actions),
    })
    const outcomes = (await response.json()) as { outcome?: string }[]
    const refused = outcomes.find(({ outcome }) => outcome !== 'accepted')
    if (refused) throw new Error(`an action was refused: ${JSON.stringify(refused)}`)
  }

  async record(id: string): Promise<OrderRecord> {
    return (await fetch(this.url(`records/salesOrder/${id}`))).json() as Promise<OrderRecord>
  }

  /** The state of any record. */
  async stateOf<State>(model: string, id = 'shared'): Promise<State> {
    const { state } = (await (await fetch(this.url(`records/${model}/${id}`))).json()) as { state: State }
    return state
  }

  async events(id: string, model = 'salesOrder'): Promise<OrderEvent[]> {
    const answer = await (await fetch(this.url(`events/${model}/${id}`))).json()
    // There are none of what was never there.
    return (answer as { events?: OrderEvent[] }).events ?? []
  }
}

/** The example says where it is when it can be used. */
function portPrintedBy({ stdout }: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const port = /http:\/\/localhost:(\d+)/.exec(text)?.[1]
      if (port) resolve(Number(port))
    })
    stdout?.on('close', () => reject(new Error(`the example ended before it was there; it said: ${text}`)))
  })
}
