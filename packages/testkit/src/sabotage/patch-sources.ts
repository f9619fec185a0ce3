import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { Edit } from './mistake.ts'
import { patchedSource } from './patched-source.ts'

/** The repository's folder, from which on the files of edits are named. */
export const root = new URL('../../../../', import.meta.url)

/** Each file with its edits, as it would be. @throws Error, where one does not find its place */
export function patchedFiles(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const byFile = Map.groupBy(edits, ({ file }) => file)
  const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
  return new Map([...byFile].map(([file, own]) => [file, patchedSource(read(file), own)]))
}

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
