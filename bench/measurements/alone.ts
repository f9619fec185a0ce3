import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { LoadResult } from '../loads/closed-loop.ts'
import type { Scale } from '../measurement.ts'

/** Runs what a file of `limits/` does, by itself in a process: first to warm up, then what counts. */
export async function alone<Result>(file: string, scale: Scale): Promise<Result> {
  const folder = await mkdtemp(join(scale.folder, 'limit-'))
  const child = await Child.start(new URL(`../limits/${file}`, import.meta.url))
  try {
    await child.call('run', { folder, seconds: scale.warmUpSeconds })
    return await child.call<Result>('run', { folder, seconds: scale.seconds })
  } finally {
    await child.stop()
    await rm(folder, { recursive: true })
  }
}

/** How often a second. */
export async function rateAlone(file: string, scale: Scale): Promise<{ readonly perSecond: number }> {
  const { count, seconds } = await alone<LoadResult>(file, scale)
  return { perSecond: count / seconds }
}
