import { registerHooks } from 'node:module'
import type { Edit } from './mistake.ts'
import { patchedSource } from './patched-source.ts'

/** The repository's folder, from which on the files of edits are named. */
export const root = new URL('../../../../', import.meta.url)

/** From now on, files that are imported for the first time are read with these edits. */
export function patchSources(edits: readonly Edit[]): void {
  const byUrl = Map.groupBy(edits, ({ file }) => new URL(file, root).href)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const own = byUrl.get(url)
      return own === undefined ? loaded : { ...loaded, source: patchedSource(textOf(loaded.source), own) }
    },
  })
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array)
}
