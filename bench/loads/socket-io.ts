import { io, type Socket } from 'socket.io-client'
import { OrderWriter } from '../model.ts'
import { writerName } from './action-texts.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import type { LoadClient } from './closed-loop.ts'

/* Actions to a Socket.IO server, each with an acknowledgement. */

class SocketIoClient implements LoadClient {
  readonly #socket: Socket
  readonly #writer: OrderWriter
  onAnswered: (count: number) => void = () => {}

  private constructor(socket: Socket, index: number) {
    this.#socket = socket
    this.#writer = new OrderWriter(writerName(index))
  }

  static async connect(port: number, index: number): Promise<SocketIoClient> {
    // Without the upgrade from HTTP polling, and a connection for each client.
    const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('connect', resolve)
    await promise
    return new SocketIoClient(socket, index)
  }

  send(count: number): void {
    for (let left = count; left > 0; left--)
      this.#socket.emit('action', this.#writer.next(), () => this.onAnswered(1))
  }

  async close(): Promise<void> {
    this.#socket.disconnect()
  }
}

answerLoad(({ port, clients }: LoadOptions) =>
  Promise.all(Array.from({ length: clients }, (_, index) => SocketIoClient.connect(port, index))),
)
