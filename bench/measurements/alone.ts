import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../child.ts'
import type { Measurement, Values } from '../measurement.ts'

/** What a file of `bench/` does by itself, without a load on it, in a process that lives through all rounds. */
export function alone(file: string) {
  let child: Child | undefined
  let folder: string | undefined
  const run = (seconds: number) => child!.call<Values>('run', { folder, seconds })
  return {
    async prepare(scale) {
      folder = await mkdtemp(join(scale.folder, 'foldback-bench-'))
      child = await Child.start(new URL(`../${file}`, import.meta.url))
      await run(scale.warmUpSeconds)
    },
    round: ({ seconds }) => run(seconds),
    async close() {
      await child?.stop()
      if (folder !== undefined) await rm(folder, { recursive: true })
    },
  } satisfies Partial<Measurement>
}
