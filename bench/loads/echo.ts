import type { WebSocket } from 'ws'
import { ActionTexts, writerName } from './action-texts.ts'
import { answerLoad, type LoadOptions } from './answer-load.ts'
import type { LoadClient } from './closed-loop.ts'
import { inWaves } from './in-waves.ts'
import { closeSocket, openSocket } from './sockets.ts'

/* Actions to a server that sends each message back as it came. */

class EchoClient implements LoadClient {
  readonly #socket: WebSocket
  readonly #texts: ActionTexts
  onAnswered: (count: number) => void = () => {}

  private constructor(socket: WebSocket, index: number) {
    this.#socket = socket
    this.#texts = new ActionTexts(writerName(index))
    socket.on('message', () => this.onAnswered(1))
  }

  static async connect(port: number, index: number): Promise<EchoClient> {
    return new EchoClient(await openSocket(port), index)
  }

  send(count: number): void {
    for (let left = count; left > 0; left--) this.#socket.send(this.#texts.next())
  }

  close(): Promise<void> {
    return closeSocket(this.#socket)
  }
}

answerLoad(({ port, clients }: LoadOptions) => inWaves(clients, (index) => EchoClient.connect(port, index)))
