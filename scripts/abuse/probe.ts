import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { WebSocket } from 'ws'
import { thingActions } from './models.ts'
import { hello, newLane } from './target.ts'

const everyMs = 5

/** A well-behaved client: sends an action now and then, and measures how long each takes to be settled. */
export class Probe {
  readonly #socket: WebSocket
  readonly #lane = newLane()
  readonly #sentAt = new Map<number, number>()
  #n = 0
  #settled = 0
  #latencies: number[] = []
  /** What was said to it that should not have been. */
  readonly complaints: string[] = []

  private constructor(port: number) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/`, 'foldback.v1')
    this.#socket.on('message', (data: Buffer) => {
      for (const message of JSON.parse(data.toString()) as Message[]) this.#hear(message)
    })
    this.#socket.on('close', (code) => this.complaints.push(`closed with ${code}`))
  }

  static async connect(port: number): Promise<Probe> {
    const probe = new Probe(port)
    await once(probe.#socket, 'open')
    probe.#socket.send(JSON.stringify([hello('ann', [probe.#lane])]))
    return probe
  }

  /** The latencies in milliseconds of the actions sent until `isOver` says so. */
  async measure(isOver: () => boolean): Promise<readonly number[]> {
    this.#latencies = []
    while (!isOver()) {
      this.#send()
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
    const last = this.#n
    const waitedFrom = performance.now()
    while (this.#settled < last && performance.now() - waitedFrom < 10_000)
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    if (this.#settled < last) this.complaints.push(`${last - this.#settled} actions were not settled`)
    return this.#latencies
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.terminate()
  }

  #send(): void {
    const n = ++this.#n
    const action = thingActions.written({ id: 'of ann', text: `${n}` })
    this.#sentAt.set(n, performance.now())
    this.#socket.send(JSON.stringify([{ type: 'push', lane: this.#lane, n, actions: [action] }]))
  }

  #hear({ type, from = 0, to = 0, code = '' }: Message): void {
    if (type === 'rejected' || type === 'problem') this.complaints.push(code)
    if (type !== 'settled') return
    for (let n = from; n <= to; n++) {
      this.#latencies.push(performance.now() - this.#sentAt.get(n)!)
      this.#sentAt.delete(n)
    }
    this.#settled = to
  }
}

interface Message {
  readonly type: string
  readonly from?: number
  readonly to?: number
  readonly code?: string
}

/** The value that 99 of 100 do not exceed. */
export function p99Of(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? NaN
}
