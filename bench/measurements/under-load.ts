import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { LoadResult } from '../loads/closed-loop.ts'
import type { Scale } from '../measurement.ts'

/** A server and a load on it, each a process of its own. */
export interface Pair {
  readonly server: Child
  readonly load: Child
  readonly port: number
}

/** Files of `servers/` and `loads/`. */
export interface PairFiles {
  readonly server: string
  readonly load: string
}

/**
 * Starts both, with an empty folder for the server, and ends them and removes the folder when `work` is done, whatever
 * came of it.
 *
 * @param options what the load is told beside the port.
 */
export async function withPair<Result>(
  files: PairFiles,
  options: object,
  scale: Scale,
  work: (pair: Pair) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(scale.folder, 'server-'))
  const children: Child[] = []
  try {
    const server = await Child.start(new URL(`../servers/${files.server}`, import.meta.url))
    children.push(server)
    const port = await server.call<number>('start', { folder })
    const load = await Child.start(new URL(`../loads/${files.load}`, import.meta.url))
    children.push(load)
    await load.call('connect', { port, ...options })
    return await work({ server, load, port })
  } finally {
    for (const child of children.toReversed()) await child.stop()
    await rm(folder, { recursive: true })
  }
}

/** Clients, and how many messages each has on its way. */
export interface Crowd {
  readonly clients: number
  readonly inFlight: number
  /** Where the load can send several in one frame. */
  readonly batches?: boolean
}

export interface Throughput {
  readonly perSecond: number
  /** The server's processor time for each, all threads. */
  readonly serverCpuMicroseconds: number
}

/** How many messages are answered in a second. */
export function underLoad(
  files: PairFiles,
  options: Crowd,
  scale: Scale,
): Promise<Throughput & Readonly<Record<string, number>>> {
  const { inFlight } = options
  return withPair(files, options, scale, async ({ server, load }) => {
    const run = (seconds: number) => load.call<LoadResult>('run', { inFlight, seconds })
    await run(scale.warmUpSeconds)
    const before = await server.cpuMicroseconds()
    const { count, seconds } = await run(scale.seconds)
    const after = await server.cpuMicroseconds()
    return { perSecond: count / seconds, serverCpuMicroseconds: (after - before) / count }
  })
}
