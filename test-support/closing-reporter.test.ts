import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('the end of a test run', () => {
  let folder: string
  beforeEach(() => {
    mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true })
    folder = mkdtempSync(join(root, 'node_modules', '.cache', 'closing-'))
    const reporter = JSON.stringify(join(root, 'test-support', 'closing-reporter.ts'))
    const config = `import { ClosingReporter } from ${reporter}\nexport default { test: { reporters: [new ClosingReporter()] } }`
    writeFileSync(join(folder, 'vitest.config.ts'), config)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function runOf(tests: string, env: Record<string, string> = {}) {
    writeFileSync(join(folder, 'some.test.ts'), `import { it } from 'vitest'\n${tests}`)
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const { stdout, status } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], {
      encoding: 'utf8',
      env: { ...process.env, FOLDBACK_REQUIRE: '', ...env },
    })
    return { lastLine: stdout.trimEnd().split('\n').at(-1), stdout, status }
  }

  it('counts what passed', () => {
    expect(runOf(`it('a', () => {}); it('b', () => {})`)).toMatchObject({
      lastLine: '2 passed, 0 failed',
      status: 0,
    })
  })

  it('counts what failed and what was skipped', () => {
    const run = runOf(`it('a', () => {}); it('b', () => { throw new Error('no') }); it.skip('c', () => {})`)
    expect(run).toMatchObject({ lastLine: '1 passed, 1 failed, 1 skipped', status: 1 })
  })

  it('counts a file that does not load as failed', () => {
    expect(runOf(`throw new Error('no')`)).toMatchObject({ lastLine: '0 passed, 1 failed', status: 1 })
  })

  it('counts an error that no test caught as failed', () => {
    const run = runOf(`it('a', () => { Promise.reject(new Error('lost')) })`)
    expect(run).toMatchObject({ lastLine: '1 passed, 1 failed', status: 1 })
  })

  it('fails when a requirement is asked for that does not exist', () => {
    const run = runOf(`it('a', () => {})`, { FOLDBACK_REQUIRE: 'browsers' })
    expect(run).toMatchObject({ lastLine: '1 passed, 1 failed', status: 1 })
    expect(run.stdout).toContain('failed: FOLDBACK_REQUIRE asks for browsers tests, which do not exist')
  })
})
