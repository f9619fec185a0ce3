import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'

const subprotocol = 'foldback.v1'
/** More must not wait in the attacker's own memory. */
const waitingBytesMax = 4 * 1024 * 1024

/** What an attack is made on, and how it counts. */
export class Target {
  readonly port: number
  /** How much of everything: 1 for the whole run, less for a quick one. */
  readonly scale: number
  tried = 0
  readonly #endsAt: number

  constructor(port: number, scale: number, seconds: number) {
    this.port = port
    this.scale = scale
    this.#endsAt = Date.now() + seconds * 1_000
  }

  get isOver(): boolean {
    return Date.now() >= this.#endsAt
  }

  /** Resolves when the attack has lasted as long as it should. */
  async end(): Promise<void> {
    while (!this.isOver) await pause(50)
  }

  /** A socket without any protocol. Whatever becomes of it is no fault of ours. */
  socket(): Socket {
    const socket = connect(this.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('data', () => {})
    return socket
  }

  /** A WebSocket at the plain door; undefined when it was not let in. */
  plain(user = 'mallory'): Promise<WebSocket | undefined> {
    return this.#open(new WebSocket(`ws://127.0.0.1:${this.port}/?user=${user}`))
  }

  /** A WebSocket at the sync door that has said nothing. */
  silent(): Promise<WebSocket | undefined> {
    return this.#open(new WebSocket(`ws://127.0.0.1:${this.port}/`, subprotocol))
  }

  /** A WebSocket at the sync door that has said hello. */
  async sync(lanes: readonly string[] = [], user = 'mallory'): Promise<WebSocket | undefined> {
    const socket = await this.silent()
    socket?.send(JSON.stringify([hello(user, lanes)]))
    return socket
  }

  post(body: string, user = 'mallory'): Promise<number> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${user}` }
    const sent = fetch(`http://127.0.0.1:${this.port}/actions`, { method: 'POST', headers, body })
    return sent.then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      () => 0,
    )
  }

  /** Does something again and again, as fast as the socket takes it, and opens another one when it has ended. */
  async flood(open: () => Promise<WebSocket | undefined>, send: (socket: WebSocket) => void): Promise<void> {
    let socket: WebSocket | undefined
    while (!this.isOver) {
      if (socket?.readyState !== WebSocket.OPEN) socket = await open()
      if (socket === undefined) await pause(20)
      else if (socket.bufferedAmount > waitingBytesMax) await pause(5)
      else {
        send(socket)
        this.tried++
        if (this.tried % 16 === 0) await pause(0)
      }
    }
    socket?.terminate()
  }

  async #open(socket: WebSocket): Promise<WebSocket | undefined> {
    socket.on('error', () => {})
    try {
      await once(socket, 'open')
      return socket
    } catch {
      return undefined
    }
  }
}

export function hello(user: string, lanes: readonly string[] = []): object {
  const claims = lanes.map((lane) => ({ lane, settled: 0 }))
  return { type: 'hello', protocol: 1, models: { thing: 1 }, lanes: claims, token: user }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

let laneCount = 0

/** A lane that nobody else has. */
export function newLane(): string {
  return `lane-${process.pid}-${String(++laneCount).padStart(16, '0')}`
}
