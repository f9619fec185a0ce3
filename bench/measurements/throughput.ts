import type { LoadResult } from '../loads/closed-loop.ts'
import type { Measurement } from '../measurement.ts'
import { LoadedServer, type PairFiles } from './loaded-server.ts'

/** Clients, and how many messages each has on its way. */
export interface Crowd {
  readonly clients: number
  readonly inFlight: number
  /** Where the load can send several in one frame. */
  readonly batches?: boolean
}

/** The same wherever messages are counted. */
export const crowd: Crowd = { clients: 20, inFlight: 50 }

export interface Throughput {
  /** Messages answered. */
  readonly perSecond: number
  /** The server's processor time for each, all threads. */
  readonly serverCpuMicroseconds: number
}

/**
 * How many messages are answered in a second. Both processes live through all rounds, so that their code is compiled;
 * in each round the clients connect anew.
 */
export function throughput(files: PairFiles, { inFlight, ...options }: Crowd) {
  const pair = new LoadedServer(files)
  const measure = (seconds: number): Promise<Throughput & Readonly<Record<string, number>>> =>
    pair.connected(options, async ({ server, load }) => {
      const before = await server.cpuMicroseconds()
      const result = await load.call<LoadResult>('run', { inFlight, seconds })
      const after = await server.cpuMicroseconds()
      return {
        perSecond: result.count / result.seconds,
        serverCpuMicroseconds: (after - before) / result.count,
      }
    })
  return {
    async prepare({ folder, warmUpSeconds }) {
      await pair.start(folder)
      await measure(warmUpSeconds)
    },
    round: ({ seconds }) => measure(seconds),
    close: () => pair.stop(),
  } satisfies Partial<Measurement>
}
