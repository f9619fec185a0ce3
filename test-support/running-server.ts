import type { AnyModel } from '@foldback/core'
import { createServer, type FoldbackServer, type ServerOptions } from '@foldback/server'
import { memoryStore } from '@foldback/testkit'
import { onTestFinished } from 'vitest'
import { models as orderModels } from './order-models.ts'
import { PlainClient } from './plain-client.ts'
import { RawSyncClient } from './raw-sync-client.ts'

/** A server on a free port, over real sockets. It closes when the test has finished. */
export class RunningServer {
  readonly server: FoldbackServer
  readonly port: number

  private constructor(server: FoldbackServer, port: number) {
    this.server = server
    this.port = port
  }

  static async start<const Models extends readonly AnyModel[] = typeof orderModels>(
    options: Partial<ServerOptions<Models>> = {},
  ): Promise<RunningServer> {
    const models = options.models ?? (orderModels as unknown as Models)
    const server = await createServer({ store: memoryStore(), log: 'silent', ...options, models })
    onTestFinished(() => server.close())
    const { port } = await server.listen(0, '127.0.0.1')
    return new RunningServer(server, port)
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url(path), init)
  }

  /** The status and the JSON of what is at a path. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return answerOf(await this.fetch(path, { headers }))
  }

  async post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.postText(JSON.stringify(body), headers)
  }

  async postText(body: string, headers: Record<string, string> = {}): Promise<Answer> {
    const type = { 'content-type': 'application/json' }
    return answerOf(await this.fetch('/actions', { method: 'POST', headers: { ...type, ...headers }, body }))
  }

  plain(path = '/', headers: Record<string, string> = {}): Promise<PlainClient> {
    return PlainClient.connect(`ws://127.0.0.1:${this.port}${path}`, { headers })
  }

  sync(): Promise<RawSyncClient> {
    return RawSyncClient.connect(`ws://127.0.0.1:${this.port}`)
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly body: any
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.json() }
}
