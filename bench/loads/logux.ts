import { Client } from '@logux/client'
import { Reconnect, WsConnection } from '@logux/core'
import { WebSocket } from 'ws'
import { OrderWriter } from '../model.ts'
import { writerName } from './action-texts.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import type { LoadClient } from './closed-loop.ts'

/* Actions to a Logux server by Logux's own client, which sends each in a frame of its own. */

class LoguxClient implements LoadClient {
  readonly #client: Client
  readonly #writer: OrderWriter
  onAnswered: (count: number) => void = () => {}

  private constructor(client: Client, index: number) {
    this.#client = client
    this.#writer = new OrderWriter(writerName(index))
  }

  static async connect(port: number, index: number): Promise<LoguxClient> {
    // With `ws`, as all loads: it takes less of the machine than the WebSocket that Node brings.
    const connection = new WsConnection(`ws://127.0.0.1:${port}`, WebSocket)
    const client = new Client({ subprotocol: 1, server: new Reconnect(connection), userId: `user${index}` })
    client.start()
    await client.waitFor('synchronized')
    return new LoguxClient(client, index)
  }

  /** An action is answered when the server has processed it, not when it has received it. */
  send(count: number): void {
    for (let left = count; left > 0; left--)
      void this.#client.sync(this.#writer.next()).then(() => this.onAnswered(1))
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }
}

answerLoad(({ port, clients }: LoadOptions) =>
  Promise.all(Array.from({ length: clients }, (_, index) => LoguxClient.connect(port, index))),
)
