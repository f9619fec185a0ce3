import { randomBytes } from 'node:crypto'
import { type DownMessage, protocolVersion, subprotocol } from '@foldback/core'
import type { WebSocket } from 'ws'
import { models } from '../model.ts'
import { ActionTexts, writerName } from './action-texts.ts'
import type { LoadClient } from './closed-loop.ts'
import { closeSocket, openSocket } from './sockets.ts'

const modelVersions = Object.fromEntries(models.map(({ name, version }) => [name, version]))

/** Of an action's id: what is the same for all of a client, and the digits behind it that count. */
const idRandomBytes = 10
const idCounterDigits = 6

export interface LaneClientOptions {
  readonly port: number
  readonly index: number
  /** Actions that are sent at one time go in one frame, as `@foldback/client` sends them; or each in its own. */
  readonly batches: boolean
  /** What it dispatches; an `ActionTexts` of its own when it is left out. */
  readonly texts?: Pick<ActionTexts, 'next'>
}

/**
 * A page that speaks the sync protocol, and does nothing else: it folds nothing and keeps nothing, so that its
 * processor time is the server's to use.
 */
export class LaneClient implements LoadClient {
  readonly #socket: WebSocket
  readonly #batches: boolean
  readonly #texts: Pick<ActionTexts, 'next'>
  readonly #lane = randomBytes(15).toString('base64url')
  readonly #idPrefix = randomBytes(idRandomBytes).toString('base64url')
  readonly #actor: string
  readonly #pushHead: string
  #n = 0
  onAnswered: (count: number) => void = () => {}

  private constructor(socket: WebSocket, { index, batches, texts }: LaneClientOptions) {
    this.#socket = socket
    this.#batches = batches
    this.#texts = texts ?? new ActionTexts(writerName(index))
    this.#actor = `user-${index}`
    this.#pushHead = `[{"type":"push","lane":"${this.#lane}","n":`
  }

  static async connect(options: LaneClientOptions): Promise<LaneClient> {
    const client = new LaneClient(await openSocket(options.port, subprotocol), options)
    await client.#hello()
    return client
  }

  get socket(): WebSocket {
    return this.#socket
  }

  send(count: number): void {
    if (this.#batches) return this.#push(count)
    for (let left = count; left > 0; left--) this.#push(1)
  }

  close(): Promise<void> {
    return closeSocket(this.#socket)
  }

  /** Says this, and resolves with the first message of this type that comes back; what comes before is passed over. */
  ask<Type extends DownMessage['type']>(message: object, type: Type): Promise<MessageOf<Type>> {
    const { promise, resolve, reject } = Promise.withResolvers<MessageOf<Type>>()
    const hear = (data: Buffer): void => {
      for (const heard of messagesIn(data)) {
        if (heard.type === type) resolve(heard as MessageOf<Type>)
        else if (heard.type === 'problem') reject(new Error(`instead of ${type}: ${heard.message}`))
      }
    }
    this.#socket.on('message', hear)
    this.#socket.send(JSON.stringify([message]))
    return promise.finally(() => this.#socket.off('message', hear))
  }

  async #hello(): Promise<void> {
    const lanes = [{ lane: this.#lane, settled: 0 }]
    const hello = { protocol: protocolVersion, models: modelVersions, lanes, token: this.#actor }
    await this.ask({ type: 'hello', ...hello }, 'welcome')
  }

  /** From now on it hears what is settled, and nothing else is to come. */
  listen(): this {
    this.#socket.on('message', (data: Buffer) => {
      let count = 0
      for (const message of messagesIn(data)) count += settledBy(message)
      this.onAnswered(count)
    })
    return this
  }

  #push(count: number): void {
    const n = this.#n + 1
    let actions = this.#nextText()
    for (let left = count - 1; left > 0; left--) actions += `,${this.#nextText()}`
    this.#socket.send(`${this.#pushHead}${n},"actions":[${actions}]}]`)
  }

  #nextText(): string {
    this.#n += 1
    const id = `${this.#idPrefix}${this.#n.toString(36).padStart(idCounterDigits, '0')}`
    return this.#texts.next(`,"meta":{"foldback":{"id":"${id}","at":${Date.now()},"actor":"${this.#actor}"}}`)
  }
}

type MessageOf<Type> = Extract<DownMessage, { readonly type: Type }>

function messagesIn(data: Buffer): readonly DownMessage[] {
  return JSON.parse(data.toString()) as readonly DownMessage[]
}

/** @throws Error for whatever else is said: then it is not measured what should be. */
function settledBy(message: DownMessage): number {
  if (message.type !== 'settled') throw new Error(`instead of settled: ${JSON.stringify(message)}`)
  return message.to - message.from + 1
}
