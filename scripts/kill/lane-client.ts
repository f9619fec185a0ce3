import {
  type Action,
  type DownMessage,
  protocolVersion,
  type StampedAction,
  subprotocol,
  type Welcome,
} from '@foldback/core'
import type { SeededRandom } from '@foldback/testkit'
import { WebSocket } from 'ws'
import type { Ledger } from './ledger.ts'
import { models } from './models.ts'

const outstandingMax = 40
/** Milliseconds from the end of a connection, or from a refusal that is not final, to the next try. */
const retryMs = 20

export interface LaneClientParts {
  readonly url: string
  readonly user: string
  readonly random: SeededRandom
  readonly ledger: Ledger
  readonly next: (random: SeededRandom) => Action
  readonly fault: (text: string) => void
}

/**
 * Speaks the sync protocol from the specification, without `@foldback/client`: one lane, filled as fast as it is
 * settled, and sent again from the mark on after each cut. What it has sent it never changes.
 */
export class LaneClient {
  readonly #parts: LaneClientParts
  readonly #lane: string
  /** By n: what is not settled. */
  readonly #pending = new Map<number, StampedAction>()
  readonly #models = Object.fromEntries(models.map(({ name, version }) => [name, version]))
  #socket: WebSocket | undefined
  #settledUpTo = 0
  #isResting = false
  #isClosed = false

  constructor(parts: LaneClientParts) {
    this.#parts = parts
    this.#lane = parts.random.id()
  }

  /** How far it is settled, as it was told. */
  get mark(): { readonly lane: string; readonly n: number } {
    return { lane: this.#lane, n: this.#settledUpTo }
  }

  get isSettled(): boolean {
    return this.#pending.size === 0
  }

  connect(): void {
    if (this.#isClosed) return
    const socket = new WebSocket(this.#parts.url, subprotocol)
    this.#socket = socket
    socket.on('open', () => this.#hello())
    socket.on('message', (data: Buffer) => {
      for (const message of JSON.parse(data.toString()) as DownMessage[]) this.#hear(message)
    })
    // Nobody listens, or not any more: `close` follows.
    socket.on('error', () => {})
    socket.on('close', () => setTimeout(() => this.connect(), retryMs))
  }

  /** From now on it sends nothing new. */
  rest(): void {
    this.#isResting = true
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.terminate()
  }

  #hello(): void {
    const lanes = [{ lane: this.#lane, settled: this.#settledUpTo }]
    this.#send({
      type: 'hello',
      protocol: protocolVersion,
      models: this.#models,
      lanes,
      token: this.#parts.user,
    })
  }

  #hear(message: DownMessage): void {
    if (message.type === 'welcome') this.#welcome(message)
    else if (message.type === 'settled') {
      for (let n = message.from; n <= message.to; n += 1) this.#settle(n, true)
      this.#fill()
    } else if (message.type === 'rejected') {
      if (message.final) {
        this.#settle(message.n, false)
        this.#fill()
      } else setTimeout(() => this.#sendPending(), retryMs)
    } else if (message.type === 'problem') this.#parts.fault(`${message.code}: ${message.message}`)
  }

  #welcome({ lanes: [own] }: Welcome): void {
    if (own === undefined) return this.#parts.fault('a welcome without the lane')
    const { mark, refusals } = own
    if (mark < this.#settledUpTo) this.#parts.fault(`a mark went back from ${this.#settledUpTo} to ${mark}`)
    const refused = new Set(refusals.map(({ n }) => n))
    for (const n of this.#pending.keys()) if (n <= mark) this.#settle(n, !refused.has(n))
    this.#sendPending()
    this.#fill()
  }

  #settle(n: number, isAccepted: boolean): void {
    const action = this.#pending.get(n)
    if (action === undefined) return
    this.#pending.delete(n)
    if (n !== this.#settledUpTo + 1) this.#parts.fault(`${n} was settled after ${this.#settledUpTo}`)
    this.#settledUpTo = n
    const { ledger } = this.#parts
    const { id } = action.meta.foldback
    if (isAccepted) ledger.accept(id)
    else ledger.refuse(id)
  }

  #sendPending(): void {
    const [n] = this.#pending.keys()
    if (n !== undefined) this.#push(n, [...this.#pending.values()])
  }

  #fill(): void {
    const first = this.#settledUpTo + this.#pending.size + 1
    const fresh: StampedAction[] = []
    while (!this.#isResting && this.#pending.size < outstandingMax) {
      const action = this.#stamped()
      this.#pending.set(first + fresh.length, action)
      fresh.push(action)
    }
    if (fresh.length > 0) this.#push(first, fresh)
  }

  #stamped(): StampedAction {
    const { random, next, user } = this.#parts
    return { ...next(random), meta: { foldback: { id: random.id(), at: Date.now(), actor: user } } }
  }

  #push(n: number, actions: readonly StampedAction[]): void {
    this.#send({ type: 'push', lane: this.#lane, n, actions })
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify([message]))
  }
}
