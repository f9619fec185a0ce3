import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { MessageQueue } from './message-queue.ts'

export interface PlainMessage {
  readonly type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly payload: any
}

/** The other end of the plain door: what wscat is. */
export class PlainClient {
  readonly socket: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #messages = new MessageQueue<PlainMessage>()

  private constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = closing(socket)
    socket.on('message', (data: Buffer) => this.#messages.push(JSON.parse(data.toString()) as PlainMessage))
    socket.on('close', (code) => this.#messages.end(new Error(`closed with ${code}`)))
  }

  static async connect(url: string, options: ClientOptions = {}): Promise<PlainClient> {
    const socket = new WebSocket(url, options)
    onTestFinished(() => socket.terminate())
    const client = new PlainClient(socket)
    await opening(socket)
    return client
  }

  send(action: unknown): void {
    this.socket.send(JSON.stringify(action))
  }

  sendText(text: string): void {
    this.socket.send(text)
  }

  next(): Promise<PlainMessage> {
    return this.#messages.next()
  }

  /** The next record that arrives, which must be the next message. */
  async record(): Promise<{ model: string; id: string; version: number; state: unknown }> {
    const { type, payload } = await this.next()
    if (type !== 'foldback/record')
      throw new Error(`a record was expected, not ${type} ${JSON.stringify(payload)}`)
    return payload
  }

  async rejected(): Promise<{ code: string; message: string; action: unknown }> {
    const { type, payload } = await this.next()
    if (type !== 'foldback/rejected')
      throw new Error(`a refusal was expected, not ${type} ${JSON.stringify(payload)}`)
    return payload
  }
}

export function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
}

export function opening(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
}
