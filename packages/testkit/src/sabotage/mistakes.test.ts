import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, it } from 'vitest'
import { promises } from '../checkers/promises.ts'
import { mistakes } from './mistakes.ts'
import { patchedFiles, root } from './patch-sources.ts'
import { patchedSource } from './patched-source.ts'

describe('the list of mistakes', () => {
  it.each(mistakes.map((mistake) => [mistake.name, mistake] as const))(
    'knows the code that it would change: %s',
    (_, { edits }) => {
      for (const [file, sabotaged] of patchedFiles(edits)) {
        expect(sabotaged).not.toBe(readFileSync(new URL(file, root), 'utf8'))
        // Throws where it is not TypeScript any more.
        expect(stripTypeScriptTypes(sabotaged)).toHaveLength(sabotaged.length)
      }
    },
  )

  it('has each once, and something against every promise', () => {
    expect(new Set(mistakes.map(({ name }) => name)).size).toBe(mistakes.length)
    const broken = new Set(mistakes.map(({ promise }) => String(promise)))
    expect([...broken].sort()).toEqual(Object.keys(promises).sort())
  })
})

describe('a mistake whose place is not in the code', () => {
  const edit = { file: 'fold.ts', find: 'state + 1', replace: 'state' }

  it.each([
    ['any more', 'return state', 0],
    ['only once', 'state + 1 + state + 1', 2],
  ])('says that it is not there %s', (_, source, count) => {
    expect(() => patchedSource(source, [edit])).toThrow(`fold.ts has it ${count} times instead of once`)
  })
})
