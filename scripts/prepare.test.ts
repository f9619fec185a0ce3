import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exclusively, isDone, markDone } from './prepare/done.mjs'
import { packagesMatchLockfile } from './prepare/packages.mjs'
import { run } from './prepare/run.mjs'
import { fingerprint } from './prepare/sources.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foldback-prepare-test-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

describe('fingerprint', () => {
  it('changes with an edit, and not with tests or what is built', () => {
    write('packages/core/src/fold.ts', 'one')
    const before = fingerprint(root, ['packages'])
    write('packages/core/src/fold.test.ts', 'a test')
    write('packages/core/src/types.test-d.ts', 'a type test')
    write('packages/core/dist/fold.js', 'built')
    expect(fingerprint(root, ['packages'])).toBe(before)
    utimesSync(join(root, 'packages/core/src/fold.ts'), 1, 1)
    expect(fingerprint(root, ['packages'])).not.toBe(before)
  })
})

describe('packagesMatchLockfile', () => {
  const lockfile = (packages: object) => JSON.stringify({ packages })
  const ws = { version: '8.0.0', integrity: 'sha512-a' }

  it('is true when each package is there in the version that is asked for', () => {
    write(
      'package-lock.json',
      lockfile({ '': {}, 'node_modules/ws': ws, 'node_modules/mac': { ...ws, optional: true } }),
    )
    write('node_modules/.package-lock.json', lockfile({ 'node_modules/ws': ws }))
    write('node_modules/ws/package.json', '{}')
    expect(packagesMatchLockfile(root)).toBe(true)
  })

  it.each([
    ['nothing is installed', undefined, true],
    ['a package is missing', {}, true],
    ['a version differs', { 'node_modules/ws': { ...ws, version: '7.0.0' } }, true],
    ['a folder was removed', { 'node_modules/ws': ws }, false],
  ])('is false when %s', (_, installed, folderIsThere) => {
    write('package-lock.json', lockfile({ 'node_modules/ws': ws }))
    if (installed) write('node_modules/.package-lock.json', lockfile(installed))
    if (folderIsThere) write('node_modules/ws/package.json', '{}')
    expect(packagesMatchLockfile(root)).toBe(false)
  })
})

describe('a step', () => {
  it('is done until its sources change or its outputs vanish', () => {
    const step = { name: 'step', state: () => 'v1', outputs: () => true }
    expect(isDone(root, step)).toBe(false)
    markDone(root, step)
    expect(isDone(root, step)).toBe(true)
    expect(isDone(root, { ...step, state: () => 'v2' })).toBe(false)
    expect(isDone(root, { ...step, outputs: () => false })).toBe(false)
  })

  it('is made by one process at a time', async () => {
    const order: string[] = []
    vi.spyOn(console, 'log').mockReturnValue()
    const first = exclusively(root, async () => {
      order.push('first begins')
      await pause(50)
      order.push('first ends')
    })
    const second = exclusively(root, async () => void order.push('second'))
    await Promise.all([first, second])
    expect(order).toEqual(['first begins', 'first ends', 'second'])
  })
})

describe('run', () => {
  const step = (code: string) => ({
    command: process.execPath,
    args: ['-e', code],
    cwd: root,
    env: process.env,
    ifItFails: 'Do this.',
  })
  const written = () =>
    vi
      .mocked(process.stdout.write)
      .mock.calls.map(([text]) => text)
      .join('')
  beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
  afterEach(() => vi.restoreAllMocks())

  it('says in one line what it did, and keeps what the command prints to itself', async () => {
    await run('thinking', step('console.log("chatter")'))
    expect(written()).toMatch(/^foldback: thinking … .*done in \d+\.\d s\n$/s)
    expect(written()).not.toContain('chatter')
  })

  it('shows everything when it fails, and ends with what to do', async () => {
    const failing = run('thinking', step('console.log("out"); console.error("err"); process.exit(3)'))
    await expect(failing).rejects.toThrow(/out\n[^]*err\n\nfoldback: thinking failed. Do this.$/)
  })

  it('says so when the command does not exist', async () => {
    await expect(run('thinking', { ...step(''), command: 'no-such-command' })).rejects.toThrow(
      /ENOENT[^]*Do this.$/,
    )
  })
})
