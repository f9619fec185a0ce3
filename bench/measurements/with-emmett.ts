import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { Scale } from '../measurement.ts'

export const emmettPackages = ['@event-driven-io/emmett', '@event-driven-io/emmett-sqlite', 'sqlite3']

/** Starts Emmett on an empty folder, and ends it and removes the folder when `work` is done, whatever came of it. */
export async function withEmmett<Result>(
  scale: Scale,
  work: (emmett: Child) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(scale.folder, 'emmett-'))
  const emmett = await Child.start(new URL('../servers/emmett.ts', import.meta.url))
  try {
    await emmett.call('open', { folder })
    return await work(emmett)
  } finally {
    await emmett.stop()
    await rm(folder, { recursive: true })
  }
}
