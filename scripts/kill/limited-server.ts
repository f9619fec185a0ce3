import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Child } from './child.ts'

interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly body: any
}

/** A server on SQLite in a process of its own, for tests: on a disk that can be filled, or under a limit. */
export class LimitedServer {
  readonly folder: string
  readonly #child: Child<{ readonly port: number }>
  readonly #port: number
  readonly log: readonly string[]

  private constructor(folder: string, child: Child<{ readonly port: number }>, port: number, log: string[]) {
    this.folder = folder
    this.#child = child
    this.#port = port
    this.log = log
  }

  /** @param within a command that runs it in the folder that it is given. */
  static async start(
    within: (folder: string) => readonly string[] = () => [],
    folder = newFolder(),
  ): Promise<LimitedServer> {
    const log: string[] = []
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const child = new Child<{ readonly port: number }>(
      'server.ts',
      [join(folder, 'log.db'), '0'],
      {
        message: ({ port }) => resolve(port),
        fault: (text) => void log.push(text),
        ended: (text) => reject(new Error(`${text} ${log.join('')}`)),
      },
      within(folder),
    )
    onTestFinished(() => child.kill())
    return new LimitedServer(folder, child, await promise, log)
  }

  /** Without `http:` or `ws:`. */
  get address(): string {
    return `//127.0.0.1:${this.#port}`
  }

  get pid(): number {
    return this.#child.pid
  }

  kill(): Promise<void> {
    return this.#child.kill()
  }

  async post(action: object): Promise<Answer> {
    return this.#fetch('actions', { method: 'POST', body: JSON.stringify(action) })
  }

  async get(path: string): Promise<Answer> {
    return this.#fetch(path)
  }

  async #fetch(path: string, more: RequestInit = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ann' }
    const response = await fetch(`http:${this.address}/${path}`, { headers, ...more })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-disk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
