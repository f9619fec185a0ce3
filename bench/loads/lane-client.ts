import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { type DownMessage, protocolVersion, type Settled, subprotocol } from '@foldback/core'
import { WebSocket } from 'ws'
import { models } from '../model.ts'
import { ActionTexts, writerName } from './action-texts.ts'
import type { LoadClient } from './closed-loop.ts'

const modelVersions = Object.fromEntries(models.map(({ name, version }) => [name, version]))

/** Of an action's id: what is the same for all of a client, and the digits behind it that count. */
const idRandomBytes = 10
const idCounterDigits = 6

export interface LaneClientOptions {
  readonly port: number
  readonly index: number
  /** Actions that are sent at one time go in one frame, as `@foldback/client` sends them; or each in its own. */
  readonly batches: boolean
}

/**
 * A page that speaks the sync protocol, and does nothing else: it folds nothing and keeps nothing, so that its
 * processor time is the server's to use.
 */
export class LaneClient implements LoadClient {
  readonly #socket: WebSocket
  readonly #batches: boolean
  readonly #texts: ActionTexts
  readonly #lane = randomBytes(15).toString('base64url')
  readonly #idPrefix = randomBytes(idRandomBytes).toString('base64url')
  readonly #actor: string
  readonly #pushHead: string
  #n = 0
  onAnswered: (count: number) => void = () => {}

  private constructor(socket: WebSocket, { index, batches }: LaneClientOptions) {
    this.#socket = socket
    this.#batches = batches
    this.#texts = new ActionTexts(writerName(index))
    this.#actor = `user-${index}`
    this.#pushHead = `[{"type":"push","lane":"${this.#lane}","n":`
  }

  static async connect(options: LaneClientOptions): Promise<LaneClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${options.port}`, subprotocol, { perMessageDeflate: false })
    await once(socket, 'open')
    const client = new LaneClient(socket, options)
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

  /** Says this, and resolves with what comes back. */
  async ask(message: object): Promise<readonly DownMessage[]> {
    this.#socket.send(JSON.stringify([message]))
    const [data] = (await once(this.#socket, 'message')) as [Buffer]
    return JSON.parse(data.toString()) as readonly DownMessage[]
  }

  async #hello(): Promise<void> {
    const lanes = [{ lane: this.#lane, settled: 0 }]
    const [welcome] = await this.ask({
      type: 'hello',
      protocol: protocolVersion,
      models: modelVersions,
      lanes,
      token: this.#actor,
    })
    if (welcome?.type !== 'welcome') throw new Error(`instead of a welcome: ${JSON.stringify(welcome)}`)
  }

  /** From now on it hears what is settled, and nothing else is to come. */
  listen(): this {
    this.#socket.on('message', (data: Buffer) => {
      let count = 0
      for (const message of JSON.parse(data.toString()) as DownMessage[]) count += settledBy(message)
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

/** @throws Error for whatever else is said: then it is not measured what should be. */
function settledBy(message: DownMessage): number {
  if (message.type !== 'settled') throw new Error(`instead of settled: ${JSON.stringify(message)}`)
  const { from, to } = message satisfies Settled
  return to - from + 1
}
