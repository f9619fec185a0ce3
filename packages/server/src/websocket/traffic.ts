import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

export type WebSocketDoor = 'sync' | 'plain'

/** One open connection, and the socket below it, which counts its bytes by itself. */
interface Line {
  readonly webSocket: WebSocket
  readonly socket: Pick<Socket, 'bytesRead' | 'bytesWritten'>
}

/** What has passed through one WebSocket door. */
export class Traffic {
  readonly #lines = new Set<Line>()
  #endedSentBytes = 0
  #endedReceivedBytes = 0
  sentFrames = 0
  receivedFrames = 0

  /** Counts a connection until it closes. */
  add(webSocket: WebSocket, socket: Line['socket']): void {
    const line = { webSocket, socket }
    this.#lines.add(line)
    webSocket.on('close', () => {
      this.#lines.delete(line)
      this.#endedSentBytes += socket.bytesWritten
      this.#endedReceivedBytes += socket.bytesRead
    })
  }

  get openCount(): number {
    return this.#lines.size
  }

  /** Bytes that were handed to connections and have not left. */
  get bufferedBytes(): number {
    return this.#sum(({ webSocket }) => webSocket.bufferedAmount)
  }

  get sentBytes(): number {
    return this.#endedSentBytes + this.#sum(({ socket }) => socket.bytesWritten)
  }

  get receivedBytes(): number {
    return this.#endedReceivedBytes + this.#sum(({ socket }) => socket.bytesRead)
  }

  #sum(read: (line: Line) => number): number {
    let sum = 0
    for (const line of this.#lines) sum += read(line)
    return sum
  }
}
