import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { LimitedServer } from './limited-server.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** What somebody sees who starts a server as `npm start` does, on a database that it cannot use. */
async function outputFor(path: string): Promise<{ readonly output: string; readonly code: unknown }> {
  const preloads = ['on-sources.ts', '../say-errors.mjs'].flatMap((name) => ['--import', here(name)])
  const child = spawn(process.execPath, [...preloads, here('server.ts'), path, '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const [code] = (await once(child, 'close')) as [unknown]
  return { output, code }
}

/** A folder in which not even root may make a file. */
function readOnlyFolder(folder: string): string {
  if (process.getuid?.() === 0) return '/sys'
  const path = join(folder, 'read-only')
  mkdirSync(path)
  chmodSync(path, 0o500)
  return path
}

it(
  'a server that cannot use its database says so in one sentence, with what to do',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foldback-start-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const at = (name: string) => join(folder, name)
    const change = (path: string, sql: string) => {
      const database = new DatabaseSync(path)
      database.exec(sql)
      database.close()
    }
    writeFileSync(at('text'), 'a shopping list')
    change(at('foreign'), 'CREATE TABLE mine (a)')
    const running = await LimitedServer.start(undefined, folder)
    const older = at('newer')
    mkdirSync(older)
    const before = await LimitedServer.start(undefined, older)
    await before.kill()
    change(join(older, 'log.db'), 'PRAGMA user_version = 9')

    const cases = [
      [
        at('text'),
        /^The file is a database of another program, .* Choose another path\. \(.*text: it is no SQLite database\)$/,
      ],
      [at('foreign'), /^The file is a database of another program, .* Choose another path\. \(.*foreign\)$/],
      [
        join(older, 'log.db'),
        /^The database was written by a newer Foldback\. Update this one; .* has version 9.*\)$/,
      ],
      [folder, /^The database cannot be opened for writing\. Check that .*: it is a folder\)$/],
      [join(at('text'), 'log.db'), /^The database cannot be opened for writing\. Check that .*text.*\)$/],
      [
        join(readOnlyFolder(folder), 'log.db'),
        /^The database cannot be opened for writing\. Check that .*: .+\)$/,
      ],
      [
        join(running.folder, 'log.db'),
        /^A server or another program has this database open\. Stop it first\. \(.*: another server has it\)$/,
      ],
    ] as const
    const outputs = await Promise.all(cases.map(([path]) => outputFor(path)))
    for (const [index, [, sentence]] of cases.entries()) {
      expect(outputs[index]!.output.trim()).toMatch(sentence)
      expect(outputs[index]!.code).toBe(1)
    }
    expect((await running.get('readyz')).status).toBe(200)
  },
)
