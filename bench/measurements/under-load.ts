import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { LoadResult } from '../loads/closed-loop.ts'
import type { Scale, Values } from '../measurement.ts'

/** A server and a load on it, each a process of its own. */
export interface Pair {
  readonly server: Child
  readonly load: Child
}

/** Files of `servers/` and `loads/`. */
export interface PairFiles {
  readonly server: string
  readonly load: string
  /** What the load is told beside the port. */
  readonly options: object
}

/**
 * Starts both, with an empty folder for the server, and ends them and removes the folder when `work` is done, whatever
 * came of it.
 */
export async function withPair<Result>(
  { server: serverFile, load: loadFile, options }: PairFiles,
  { folder: parent }: Scale,
  work: (pair: Pair) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(parent, 'server-'))
  const children: Child[] = []
  try {
    const server = await Child.start(new URL(`../servers/${serverFile}`, import.meta.url))
    children.push(server)
    const port = await server.call<number>('start', { folder })
    const load = await Child.start(new URL(`../loads/${loadFile}`, import.meta.url))
    children.push(load)
    await load.call('connect', { port, ...options })
    return await work({ server, load })
  } finally {
    for (const child of children.toReversed()) await child.stop()
    await rm(folder, { recursive: true })
  }
}

/** Messages that were answered in a second, and the server's processor time for each. */
export function underLoad(
  files: PairFiles,
  inFlight: number,
  scale: Scale,
): Promise<Values & { readonly perSecond: number; readonly serverCpuMicroseconds: number }> {
  return withPair(files, scale, async ({ server, load }) => {
    const run = (seconds: number) => load.call<LoadResult>('run', { inFlight, seconds })
    await run(scale.warmUpSeconds)
    const before = await server.cpuMicroseconds()
    const { count, seconds } = await run(scale.seconds)
    const after = await server.cpuMicroseconds()
    return { perSecond: count / seconds, serverCpuMicroseconds: (after - before) / count }
  })
}
