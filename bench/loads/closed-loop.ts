/** A client of a load, whatever it speaks. */
export interface LoadClient {
  /** Sends so many messages. */
  send(count: number): void
  /** Set by whoever drives it; hears of so many that were answered. */
  onAnswered: (count: number) => void
  /** Resolves when its connections have ended. */
  close(): Promise<void>
}

export interface LoadResult {
  /** Messages that were sent and answered. */
  readonly count: number
  /** From the first that was sent to the last that was answered. */
  readonly seconds: number
}

/**
 * Keeps `inFlight` messages of each client on their way: as many as are answered are sent. When the time is over it
 * waits for the rest, so that everything that was counted is settled.
 */
export function closedLoop(
  clients: readonly LoadClient[],
  inFlight: number,
  seconds: number,
): Promise<LoadResult> {
  const { promise, resolve } = Promise.withResolvers<LoadResult>()
  const began = performance.now()
  let isOver = false
  let sent = 0
  let answered = 0
  setTimeout(() => (isOver = true), seconds * 1_000)
  for (const client of clients) {
    client.onAnswered = (count) => {
      answered += count
      if (!isOver) {
        sent += count
        client.send(count)
      } else if (answered === sent) {
        resolve({ count: answered, seconds: (performance.now() - began) / 1_000 })
      }
    }
    sent += inFlight
    client.send(inFlight)
  }
  return promise
}

export interface RoundTrips {
  readonly count: number
  readonly p50Microseconds: number
  readonly p99Microseconds: number
}

/** One message at a time: the next leaves when the one before is answered. */
export function roundTrips(client: LoadClient, seconds: number): Promise<RoundTrips> {
  const { promise, resolve } = Promise.withResolvers<RoundTrips>()
  const times: number[] = []
  let sentAt = performance.now()
  const endsAt = sentAt + seconds * 1_000
  client.onAnswered = () => {
    const now = performance.now()
    times.push((now - sentAt) * 1_000)
    sentAt = now
    if (now < endsAt) client.send(1)
    else resolve(summaryOf(times))
  }
  client.send(1)
  return promise
}

function summaryOf(times: number[]): RoundTrips {
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
  return { count: times.length, p50Microseconds: at(0.5), p99Microseconds: at(0.99) }
}
