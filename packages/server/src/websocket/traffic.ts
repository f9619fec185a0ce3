export type WebSocketDoor = 'sync' | 'plain'

/** One open connection. */
export interface Line {
  /** All that have come, and all that have left. */
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Bytes that were handed to it and have not left. */
  bufferedBytes(): number
  /** Says goodbye, since the server closes; resolves when the other side has gone. */
  leave(): Promise<void>
  /** Ends it at once. */
  cutOff(): void
}

/** Who is there by one WebSocket door, and what has passed through it. */
export class Traffic {
  readonly #lines = new Set<Line>()
  #endedSentBytes = 0
  #endedReceivedBytes = 0
  sentFrames = 0
  receivedFrames = 0

  opened(line: Line): void {
    this.#lines.add(line)
  }

  ended(line: Line): void {
    this.#lines.delete(line)
    this.#endedSentBytes += line.bytesWritten
    this.#endedReceivedBytes += line.bytesRead
  }

  get open(): ReadonlySet<Line> {
    return this.#lines
  }

  get openCount(): number {
    return this.#lines.size
  }

  get bufferedBytes(): number {
    return this.#sum((line) => line.bufferedBytes())
  }

  get sentBytes(): number {
    return this.#endedSentBytes + this.#sum(({ bytesWritten }) => bytesWritten)
  }

  get receivedBytes(): number {
    return this.#endedReceivedBytes + this.#sum(({ bytesRead }) => bytesRead)
  }

  #sum(read: (line: Line) => number): number {
    let sum = 0
    for (const line of this.#lines) sum += read(line)
    return sum
  }
}
