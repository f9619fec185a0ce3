import type { WebSocket } from 'ws'
import type { LoadClient } from './closed-loop.ts'
import { closeSocket } from './sockets.ts'

type Writer = Pick<LoadClient, 'send' | 'close'>

/**
 * One who writes and many who listen, as one client of a load: a message is answered when, on average, every listener
 * has it. So the writer is never further ahead of those who listen than what it keeps on its way.
 */
export class Deliveries implements LoadClient {
  readonly #writer: Writer
  readonly #listeners: readonly WebSocket[]
  #delivered = 0
  #answered = 0
  onAnswered: (count: number) => void = () => {}

  /** @param countIn how many messages of the writer a frame brings. */
  constructor(writer: Writer, listeners: readonly WebSocket[], countIn: (frame: Buffer) => number) {
    this.#writer = writer
    this.#listeners = listeners
    for (const socket of listeners) {
      socket.on('message', (frame: Buffer) => {
        this.#delivered += countIn(frame)
        const count = Math.floor(this.#delivered / listeners.length) - this.#answered
        if (count === 0) return
        this.#answered += count
        this.onAnswered(count)
      })
    }
  }

  send(count: number): void {
    this.#writer.send(count)
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), ...this.#listeners.map(closeSocket)])
  }
}
