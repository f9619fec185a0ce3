import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const forbidden = {
  imports: [
    ['core', `import { z } from 'zod'`],
    ['core', `import { readFileSync } from 'node:fs'`],
    ['core', `import { readFileSync } from 'fs'`],
    ['core', `import type { Engine } from '@foldback/engine'`],
    ['core', `export { read } from 'node:fs'`],
    ['core', `export * from 'node:fs'`],
    ['core', `export const fs = await import('node:fs')`],
    ['core', `export const fs = require('node:fs')`],
    ['core', `export type Stats = import('node:fs').Stats`],
    ['client', `import '@foldback/engine'`],
    ['client', `import 'node:fs'`],
    ['client', `import 'node:sqlite'`],
    ['client', `import '@foldback/core/dist/fold.js'`],
    ['engine', `import '@foldback/client'`],
    ['engine', `import '@foldback/server'`],
    ['engine', `import 'node:worker_threads'`],
    ['react', `import '@foldback/engine'`],
    ['testkit', `import '@foldback/server'`],
    ['server', `import '@foldback/client'`],
    ['server', `import '../../core/src/fold.ts'`],
    ['engine', `import '../../client/dist/index.js'`],
  ],
  'no-current-date': [
    ['core', `export const now = new Date()`],
    ['core', `export const now = Date()`],
  ],
  'no-restricted-properties': [
    ['core', `export const now = Date.now()`],
    ['engine', `export const { now } = Date`],
    ['client', `export const chance = Math.random()`],
    ['engine', `globalThis.setTimeout(() => {}, 1)`],
  ],
  'no-restricted-globals': [
    ['core', `export const now = performance.now()`],
    ['client', `setTimeout(() => {}, 1)`],
    ['client', `export const id = crypto.randomUUID()`],
    ['engine', `setInterval(() => {}, 1)`],
    ['engine', `setImmediate(() => {})`],
  ],
} satisfies Record<string, [packageName: string, code: string][]>

const allowed = [
  ['packages/core/src/fine.ts', `import './fold.ts'\nimport '#sentences'\nexport const at = new Date(0)`],
  ['packages/core/src/fine.test.ts', `import 'node:fs'\nexport const now = Date.now()`],
  ['packages/client/src/browser-ports.ts', `export const now = () => Date.now()`],
  ['packages/client/src/deep/fine.ts', `import '@foldback/core'\nimport '../session.ts'`],
  ['packages/react/src/fine.tsx', `import 'react'\nimport '@foldback/client'`],
  [
    'packages/server/src/fine.ts',
    `import 'ws'\nimport 'node:fs'\nimport '@foldback/engine'\nexport const now = Date.now()`,
  ],
  ['packages/testkit/src/fine.ts', `import '@foldback/client'\nimport '@foldback/engine'`],
] as const

const cases = Object.entries(forbidden).flatMap(([rule, rows]) =>
  rows.map(([name, code], index) => ({ name, code, rule, path: `packages/${name}/src/${rule}-${index}.ts` })),
)

describe('import boundaries', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-boundaries-'))
  const rulesBrokenIn = new Map<string, string[]>()

  // One run over all cases: what takes time is starting the linter.
  beforeAll(() => {
    for (const file of ['oxlint.config.ts', 'scripts/lint-boundaries.mjs'])
      cpSync(join(root, file), join(folder, file))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const [path, code] of [...allowed, ...cases.map((row) => [row.path, row.code] as const)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), `${code}\n`)
    }
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json', 'packages'], {
      cwd: folder,
      encoding: 'utf8',
    })
    for (const { filename, code } of JSON.parse(stdout).diagnostics) {
      rulesBrokenIn.set(filename, [...(rulesBrokenIn.get(filename) ?? []), code])
    }
  }, 30_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(cases)('$name must not: $code', ({ path, rule }) => {
    expect(rulesBrokenIn.get(path)).toContainEqual(expect.stringContaining(`(${rule})`))
  })

  it.each(allowed)('%s may: %s', (path) => {
    const walls = Object.keys(forbidden).map((rule) => `(${rule})`)
    expect(
      rulesBrokenIn.get(path)?.filter((rule) => walls.some((wall) => rule.includes(wall))) ?? [],
    ).toEqual([])
  })
})
