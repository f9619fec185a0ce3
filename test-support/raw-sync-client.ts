import { type DownMessage, subprotocol } from '@foldback/core'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { MessageQueue } from './message-queue.ts'
import { closing, opening } from './plain-client.ts'

export type MessageOf<Type extends DownMessage['type']> = Extract<DownMessage, { type: Type }>

export const lane = 'lane-0123456789abcdef'

/** The other end of the sync door, frame by frame: it knows nothing of what it says. */
export class RawSyncClient {
  readonly socket: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #messages = new MessageQueue<DownMessage>()

  private constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = closing(socket)
    socket.on('message', (data: Buffer) => {
      for (const message of JSON.parse(data.toString()) as DownMessage[]) this.#messages.push(message)
    })
    socket.on('close', (code) => this.#messages.end(new Error(`closed with ${code}`)))
  }

  static async connect(
    url: string,
    protocols: string | string[] = subprotocol,
    options: ClientOptions = {},
  ): Promise<RawSyncClient> {
    const socket = new WebSocket(url, protocols, options)
    onTestFinished(() => socket.terminate())
    const client = new RawSyncClient(socket)
    await opening(socket)
    return client
  }

  send(...messages: readonly object[]): void {
    this.socket.send(JSON.stringify(messages))
  }

  sendText(text: string): void {
    this.socket.send(text)
  }

  /** Says hello with one lane, and takes the welcome. */
  async hello(more: object = {}): Promise<MessageOf<'welcome'>> {
    this.send(hello(more))
    return this.next('welcome')
  }

  push(n: number, ...actions: readonly unknown[]): void {
    this.send({ type: 'push', lane, n, actions })
  }

  any(): Promise<DownMessage> {
    return this.#messages.next()
  }

  /** The next message, which must be of this type. */
  async next<Type extends DownMessage['type']>(type: Type): Promise<MessageOf<Type>> {
    const message = await this.#messages.next()
    if (message.type === type) return message as MessageOf<Type>
    throw new Error(`${type} was expected, not ${JSON.stringify(message)}`)
  }
}

export function hello(more: object = {}): object {
  const models = { order: 1, note: 1, theme: 1 }
  return { type: 'hello', protocol: 1, models, lanes: [{ lane, settled: 0 }], ...more }
}
