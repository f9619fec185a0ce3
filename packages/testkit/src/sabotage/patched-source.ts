import type { Edit } from './mistake.ts'

/** The text of a file with these edits, one after the other. @throws Error, unless each finds its place exactly once */
export function patchedSource(source: string, edits: readonly Edit[]): string {
  return edits.reduce(patched, source)
}

function patched(source: string, { file, find, replace }: Edit): string {
  const count = source.split(find).length - 1
  if (count === 1) return source.replace(find, () => replace)
  const what = `${file} has it ${count} times instead of once`
  throw new Error(
    `A mistake does not know the code any more: ${what}. Write its \`find\` anew, here: ${JSON.stringify(find)}`,
  )
}
