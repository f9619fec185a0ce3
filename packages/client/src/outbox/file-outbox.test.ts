import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { memoryStore, outboxContract, StoreMemory } from '@foldback/testkit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { RunningServer } from '../../../../test-support/running-server.ts'
import { sources } from '../../../../test-support/sources.ts'
import { checkSqliteVersion, fileOutbox } from './file-outbox.ts'

let folder: string
let count = 0
const freshPath = () => join(folder, `${++count}.db`)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-outbox-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('fileOutbox', () => {
  it.for(outboxContract.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    const path = freshPath()
    const open = [fileOutbox(path)]
    const make = async () => ({
      storage: open[0]!,
      reopen: async () => {
        open[0]!.close()
        open[0] = fileOutbox(path)
        return open[0]
      },
      cleanup: async () => open[0]!.close(),
    })
    await expect(run(make)).resolves.toBeUndefined()
  })

  it('is one process’s at a time, and says so', async () => {
    const path = freshPath()
    const first = fileOutbox(path)
    expect(await first.open()).toBe('durable')
    await expect(fileOutbox(path).open()).rejects.toMatchObject({
      code: 'outbox-in-use',
      message: expect.stringContaining(path),
    })
    first.close()
    const second = fileOutbox(path)
    onTestFinished(() => second.close())
    expect(await second.open()).toBe('durable')
  })

  it('does not touch the file of another program', async () => {
    const text = freshPath()
    writeFileSync(text, 'a shopping list, which is long enough to be a database of a kind')
    const foreign = freshPath()
    const database = new DatabaseSync(foreign)
    database.exec('CREATE TABLE entries (key, value)')
    database.close()
    const refused = { code: 'not-a-foldback-database' }
    for (const path of [text, foreign]) {
      const before = readFileSync(path)
      await expect(fileOutbox(path).open()).rejects.toMatchObject(refused)
      expect(readFileSync(path)).toEqual(before)
    }
    await expect(fileOutbox(folder).open()).rejects.toMatchObject(refused)
  })

  it('leaves what a newer version has written to that', async () => {
    const path = freshPath()
    const outbox = fileOutbox(path)
    await outbox.open()
    outbox.close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 2; PRAGMA wal_checkpoint')
    database.close()
    await expect(fileOutbox(path).open()).rejects.toMatchObject({ code: 'database-newer' })
  })

  it('rejects where no file can be', async () => {
    await expect(fileOutbox(join(folder, 'nowhere', 'outbox.db')).open()).rejects.toThrow('unable to open')
  })

  it('needs an SQLite that keeps what it has written', () => {
    expect(() => checkSqliteVersion('3.51.3')).not.toThrow()
    expect(() => checkSqliteVersion('3.51.2')).toThrow(expect.objectContaining({ code: 'sqlite-too-old' }))
  })

  it('is not open before it is opened, nor after it was closed', async () => {
    const outbox = fileOutbox(freshPath())
    await expect(outbox.transact('read', async () => 1)).rejects.toThrow('is not open')
    await outbox.open()
    outbox.close()
    await expect(outbox.transact('read', async () => 1)).rejects.toThrow('is not open')
  })
})

const repository = new URL('../../../..', import.meta.url)

/** What a child of these tests begins with: a store with a file outbox, on the sources. */
const beginning = `
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
const sources = ${JSON.stringify(sources)}
registerHooks({
  resolve: (name, context, next) =>
    next(sources[name] === undefined ? name : pathToFileURL(sources[name]).href, context),
})
const { createSync } = await import('@foldback/client')
const { defineModel } = await import('@foldback/core')
const { fileOutbox } = await import('@foldback/client/file')
const { configureStore, createSlice } = await import('@reduxjs/toolkit')
const { writeSync } = await import('node:fs')
const [path, url, first, actionCount] = process.argv.slice(1)
const note = createSlice({ name: 'note', initialState: { text: '' }, reducers: { written: (_, { payload }) => ({ text: payload }) } })
const sync = createSync({ url: url || 'ws://127.0.0.1:9', models: [defineModel(note)], outbox: fileOutbox(path) })
const store = configureStore({ reducer: sync.reducers, middleware: (all) => all().concat(sync.middleware) })
`

/*
 * A program that dispatches for ever or until it has its part, prints how many of its actions are queued, and at last
 * that nothing is pending.
 */
const lastingProgram = `${beginning}
let dispatched = 0
const safe = new Set()
sync.onChange(() => {
  const { status } = sync
  if (status.error) writeSync(1, 'error ' + status.error.code + '\\n')
  if (status.pending === status.queued) for (let n = safe.size; n < dispatched; n++) {
    safe.add(n)
    writeSync(1, 'queued ' + (Number(first) + n) + '\\n')
  }
  if (status.phase === 'connected' && status.pending === 0 && dispatched >= Number(actionCount)) writeSync(1, 'idle\\n')
})
if (url) sync.connect()
while (dispatched < Number(actionCount)) {
  store.dispatch(note.actions.written(String(Number(first) + dispatched++)))
  await new Promise((resolve) => setTimeout(resolve, 1))
}
setInterval(() => {}, 1000)
`

/** A program that has one thing to say, and ends when it is said. */
const shortProgram = `${beginning}
sync.connect()
await sync.settled(store.dispatch(note.actions.written('said')))
await sync.close()
`

interface Child {
  readonly process: ChildProcess
  readonly lines: AsyncIterator<string>
}

function start(path: string, url: string, first: number, actionCount: number, isQuiet = false): Child {
  const args = [
    '--input-type=module',
    '--eval',
    lastingProgram,
    path,
    url,
    String(first),
    String(actionCount),
  ]
  const child = spawn(process.execPath, args, {
    cwd: repository,
    stdio: ['ignore', 'pipe', isQuiet ? 'ignore' : 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

/** Reads what a child prints up to that line, which must come. */
async function readUntil({ lines }: Child, line: string): Promise<void> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`The child ended before it printed ${line}.`)
    if (value === line) return
  }
}

async function kill({ process: child }: Child): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

describe('a program that closes its sync', { timeout: 60_000 }, () => {
  it('ends by itself, and leaves a file with nothing to send', async () => {
    const memory = new StoreMemory()
    const { port } = await RunningServer.start({ store: memoryStore(memory) })
    const path = freshPath()
    const args = ['--input-type=module', '--eval', shortProgram, path, `ws://127.0.0.1:${port}`, '0', '1']
    const child = spawn(process.execPath, args, { cwd: repository, stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(memory.log).toHaveLength(1)
    const outbox = fileOutbox(path)
    await outbox.open()
    onTestFinished(() => outbox.close())
    expect(await outbox.transact('read', (rows) => rows.list('action/'))).toEqual([])
  })
})

describe('a program that is killed', { timeout: 60_000 }, () => {
  it('loses nothing that was queued, and sends nothing twice', async () => {
    const memory = new StoreMemory()
    const { port } = await RunningServer.start({ store: memoryStore(memory) })
    const url = `ws://127.0.0.1:${port}`
    const path = freshPath()

    const offline = start(path, '', 0, 30)
    await readUntil(offline, 'queued 29')
    await kill(offline)
    expect(memory.log).toEqual([])

    // Killed while it sends what the first one has left behind, and what it dispatches itself.
    const online = start(path, url, 100, 1_000)
    await readUntil(online, 'queued 120')
    await kill(online)

    const after = start(path, url, 10_000, 0)
    await readUntil(after, 'idle')
    await kill(after)

    const texts = memory.log.map(({ action }) => Number((JSON.parse(action) as { payload: string }).payload))
    expect(texts.filter((n) => n < 30)).toEqual(Array.from({ length: 30 }, (_, n) => n))
    const own = texts.filter((n) => n >= 100)
    expect(own.length).toBeGreaterThan(20)
    expect(own).toEqual(own.map((_, n) => 100 + n))
  })

  it('has the file for itself until then: another one says so and works on without', async () => {
    const path = freshPath()
    const first = start(path, '', 0, 1)
    await readUntil(first, 'queued 0')
    const second = start(path, '', 0, 1, true)
    await readUntil(second, 'error outbox-in-use')
    await readUntil(second, 'queued 0')
    await kill(first)
    const third = fileOutbox(path)
    onTestFinished(() => third.close())
    expect(await third.open()).toBe('durable')
    expect(await third.transact('read', (rows) => rows.list('action/'))).toHaveLength(1)
  })
})
