import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { appendUnits, looseUnit, sampleEvent, sampleModels } from '@foldback/testkit'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { sqlite } from '../sqlite/sqlite-store.ts'
import { run } from './run.ts'

// Threads, processes and disks take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let folder: string
let database: string
let backup: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-cli-'))
  database = join(folder, 'orders.db')
  backup = join(folder, 'backups', 'orders.backup')
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

/** What Node runs, as the command `foldback` does. */
const program = [
  '--import',
  fileURLToPath(new URL('../test-parts/run-sources.ts', import.meta.url)),
  fileURLToPath(new URL('main.ts', import.meta.url)),
]

async function foldback(...args: readonly string[]) {
  const said: string[] = []
  const complaints: string[] = []
  const progress: string[] = []
  const code = await run(args, {
    say: (line) => said.push(line),
    complain: (line) => complaints.push(line),
    progress: (text) => progress.push(text),
  })
  return { code, said: said.join('\n'), complaint: complaints.join('\n'), progress }
}

/** As a server that starts on it tells its clients. */
async function historyOf(path: string): Promise<string> {
  const store = sqlite(path)
  const { history } = await store.open(sampleModels)
  await store.close()
  return history
}

/** A store that is open, as a server has it. */
async function opened(path = database) {
  const store = sqlite(path)
  await store.open(sampleModels)
  onTestFinished(() => store.close())
  return store
}

async function filled(count: number): Promise<void> {
  const store = await opened()
  for (let version = 0; version < count; version += 1) {
    await appendUnits(store, looseUnit(sampleEvent('1', version)))
  }
  await store.close()
}

function change(path: string, sql: string): void {
  const changed = new DatabaseSync(path)
  changed.exec(sql)
  changed.close()
}

/** Overwrites the middle of a file. */
function damage(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 6_000)
  writeFileSync(path, bytes)
}

describe('foldback backup', () => {
  it('copies what is committed when it begins, while a server goes on writing', async () => {
    const store = await opened()
    const filler = 'x'.repeat(20_000)
    const write = async (version: number): Promise<void> => {
      const action = JSON.stringify({ type: 'order/changed', filler })
      await appendUnits(store, looseUnit(sampleEvent('1', version, { action })))
    }
    for (let version = 0; version < 400; version += 1) await write(version)
    const copying = { isDone: false }
    const done = foldback('backup', database, backup, '--json').finally(() => {
      copying.isDone = true
    })
    let version = 400
    while (!copying.isDone) await write(version++)
    const { code, said, progress } = await done
    expect(code).toBe(0)
    const { tip, eventCount } = JSON.parse(said) as { tip: { seq: number }; eventCount: number }
    expect(tip.seq).toBeGreaterThanOrEqual(400)
    expect(eventCount).toBe(tip.seq)
    expect(version).toBeGreaterThan(tip.seq)
    // It does not begin again because something is written.
    const shares = progress.filter((text) => text !== '').map(Number.parseFloat)
    expect(shares.at(-1)).toBe(100)
    expect(shares).toEqual(shares.toSorted((one, other) => one - other))
    // One file, whole, with nothing beside it.
    expect(readdirSync(join(folder, 'backups'))).toEqual(['orders.backup'])
    const copy = await opened(backup)
    expect((await copy.events({ model: 'order', id: '1' }, 1, 10_000)).length).toBe(tip.seq)
  }, 30_000)

  it('says what it has done', async () => {
    await filled(3)
    expect(await foldback('backup', database, backup)).toMatchObject({
      code: 0,
      said: expect.stringMatching(
        /is backed up as .*: 3 events of 1 record, the last event is 3 \(event-\d+\)\.$/,
      ),
    })
  })

  it('is as readable for others as the database is', async () => {
    await filled(1)
    const mode = statSync(database).mode
    await foldback('backup', database, backup)
    expect(statSync(backup).mode).toBe(mode)
  })

  it.each([
    ['is not there any more', () => spawnSync(process.execPath, ['--version']).pid],
    ['had the id of this one', () => process.pid],
  ])('removes what a killed backup has left whose process %s', async (_, idOf) => {
    await filled(1)
    mkdirSync(join(folder, 'backups'))
    for (const suffix of ['', '-journal']) writeFileSync(`${backup}.part-${idOf()}${suffix}`, 'half')
    // A process that lives: it may be another backup.
    writeFileSync(`${backup}.part-${process.ppid}`, 'half')
    expect(await foldback('backup', database, backup)).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder, 'backups')).sort()).toEqual(
      ['orders.backup', `orders.backup.part-${process.ppid}`].sort(),
    )
  })

  it('replaces nothing unless it is told to', async () => {
    await filled(1)
    await foldback('backup', database, backup)
    const before = readFileSync(backup)
    const again = await foldback('backup', database, backup)
    expect(again).toMatchObject({ code: 1, complaint: expect.stringContaining(backup) })
    expect(readFileSync(backup)).toEqual(before)
    expect(await foldback('backup', database, backup, '--replace')).toMatchObject({ code: 0 })
    expect((await foldback('backup', database, database, '--replace')).code).toBe(1)
  })

  it('leaves nothing behind when the database is damaged, and the backup before as it was', async () => {
    await filled(200)
    await foldback('backup', database, backup)
    const before = readFileSync(backup)
    damage(database)
    const answer = await foldback('backup', database, backup, '--replace', '--json')
    expect(answer.code).toBe(1)
    expect(JSON.parse(answer.said)).toMatchObject({ error: { code: 'database-damaged' } })
    expect(readFileSync(backup)).toEqual(before)
    expect(readdirSync(join(folder, 'backups'))).toEqual(['orders.backup'])
  })

  it.each([
    ['is not there', 'database-unusable', () => {}],
    ['is of another program', 'not-a-foldback-database', () => change(database, 'CREATE TABLE mine (a)')],
    ['is no database', 'not-a-foldback-database', () => writeFileSync(database, 'hello '.repeat(100))],
  ])('says so when the database %s', async (_, code, make) => {
    make()
    const answer = await foldback('backup', database, backup, '--json')
    expect(answer.code).toBe(1)
    expect(JSON.parse(answer.said)).toMatchObject({
      error: { code, message: expect.stringContaining(database) },
    })
  })
})

describe('foldback restore', () => {
  it('puts the backup in place, and keeps what was there', async () => {
    await filled(2)
    await foldback('backup', database, backup)
    const store = await opened()
    await appendUnits(store, looseUnit(sampleEvent('1', 2)))
    await store.close()
    const { code, said } = await foldback('restore', backup, database, '--json')
    expect(code).toBe(0)
    const { before, tip } = JSON.parse(said) as { before: string; tip: { seq: number } }
    expect(tip.seq).toBe(2)
    expect((await foldback('verify', before)).said).toContain('3 events')
    expect(readdirSync(folder).sort()).toEqual(
      ['backups', 'orders.db', 'orders.db-lock', before.slice(folder.length + 1)].sort(),
    )
    const restored = await opened()
    expect(await restored.tip()).toMatchObject({ seq: 2 })
    expect(await appendUnits(restored, looseUnit(sampleEvent('1', 2)))).toEqual([{ status: 'ok', seqs: [3] }])
  })

  it('begins another history of the log, also when the backup is put in place by hand', async () => {
    await filled(2)
    const before = await historyOf(database)
    await foldback('backup', database, backup)
    expect(await historyOf(database)).toBe(before)
    await foldback('restore', backup, database)
    const byHand = join(folder, 'by-hand.db')
    copyFileSync(backup, byHand)
    const histories = [before, await historyOf(database), await historyOf(byHand)]
    expect(new Set(histories).size).toBe(3)
    expect(await historyOf(byHand)).toBe(histories[2])
  })

  it('refuses while a server has the database open, and changes nothing', async () => {
    await filled(2)
    await foldback('backup', database, backup)
    const store = await opened()
    await appendUnits(store, looseUnit(sampleEvent('1', 2)))
    const answer = await foldback('restore', backup, database, '--json')
    expect(answer.code).toBe(1)
    expect(JSON.parse(answer.said)).toMatchObject({ error: { code: 'database-in-use' } })
    expect((await appendUnits(store, looseUnit(sampleEvent('1', 3))))[0]?.status).toBe('ok')
    expect(await store.tip()).toMatchObject({ seq: 4 })
  })

  it('works where a killed one has left something', async () => {
    await filled(1)
    await foldback('backup', database, backup)
    writeFileSync(`${database}.restoring-${process.pid}`, 'half')
    expect((await foldback('restore', backup, database)).code).toBe(0)
    expect(readdirSync(folder).filter((name) => name.includes('.restoring-'))).toEqual([])
  })

  it('restores the database that a symbolic link leads to', async () => {
    await filled(2)
    await foldback('backup', database, backup)
    const store = await opened()
    await appendUnits(store, looseUnit(sampleEvent('1', 2)))
    await store.close()
    const link = join(folder, 'link.db')
    symlinkSync(database, link)
    expect((await foldback('restore', backup, link)).code).toBe(0)
    expect((await foldback('verify', database)).said).toContain('2 events')
  })

  it('takes what a killed server has left in its WAL along into what it keeps', async () => {
    await filled(1)
    await foldback('backup', database, backup)
    const store = await opened()
    await appendUnits(store, looseUnit(sampleEvent('1', 1)))
    // As it lies there after a kill -9: the last event is in the WAL only.
    const crashed = join(folder, 'crashed.db')
    for (const suffix of ['', '-wal']) copyFileSync(`${database}${suffix}`, `${crashed}${suffix}`)
    const answer = await foldback('restore', backup, crashed, '--json')
    const { before } = JSON.parse(answer.said) as { before: string }
    expect((await foldback('verify', before)).said).toContain('2 events')
    expect((await foldback('verify', crashed)).said).toContain('1 event ')
  })

  it('works where there is no database, and where a damaged one lies', async () => {
    await filled(200)
    await foldback('backup', database, backup)
    expect(await foldback('restore', backup, join(folder, 'new', 'orders.db'))).toMatchObject({ code: 0 })
    damage(database)
    expect((await foldback('verify', database)).code).toBe(1)
    expect(await foldback('restore', backup, database)).toMatchObject({ code: 0 })
    expect((await foldback('verify', database)).said).toContain('200 events')
  })

  it('is not led astray by the WAL of a database that is not there any more', async () => {
    await filled(1)
    await foldback('backup', database, backup)
    const store = await opened()
    await appendUnits(store, looseUnit(sampleEvent('1', 1)))
    const moved = join(folder, 'moved.db')
    copyFileSync(`${database}-wal`, `${moved}-wal`)
    expect(await foldback('restore', backup, moved)).toMatchObject({ code: 0 })
    expect((await foldback('verify', moved)).said).toContain('1 event ')
    const restored = await opened(moved)
    expect(await restored.tip()).toMatchObject({ seq: 1 })
  })

  it('refuses a damaged backup, and a file of another program in its place; nothing changes', async () => {
    await filled(200)
    await foldback('backup', database, backup)
    const before = readFileSync(database)
    damage(backup)
    expect((await foldback('restore', backup, database, '--json')).said).toContain('database-damaged')
    expect(readFileSync(database)).toEqual(before)
    const foreign = join(folder, 'foreign.db')
    change(foreign, 'CREATE TABLE mine (a)')
    expect((await foldback('restore', database, foreign, '--json')).said).toContain('not-a-foldback-database')
    expect(readdirSync(folder).join()).not.toMatch(/restor/)
  })
})

describe('foldback verify', () => {
  it.each([
    ['an event is missing', 'DELETE FROM _events WHERE seq = 2', /streams without all of their events: 1/],
    ['the last event is missing', 'DELETE FROM _events WHERE seq = 3', /positions without their event: 1/],
    ['a position would be given out twice', 'UPDATE _log SET seq = 1', /positions given out twice/],
    ['a record is ahead of its stream', "INSERT INTO _records VALUES (1, 9, 'x', 1, 1, 'null')", /ahead/],
  ])('finds that %s', async (_, sql, sentence) => {
    await filled(3)
    expect(await foldback('verify', database)).toMatchObject({ code: 0 })
    change(database, sql)
    expect(await foldback('verify', database)).toMatchObject({
      code: 1,
      complaint: expect.stringMatching(sentence),
    })
  })

  it('works beside a server, and leaves nothing beside a backup', async () => {
    const store = await opened()
    await appendUnits(store, looseUnit(sampleEvent('1', 0)))
    expect(await foldback('verify', database)).toMatchObject({ code: 0 })
    await foldback('backup', database, backup)
    expect(await foldback('verify', backup)).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder, 'backups'))).toEqual(['orders.backup'])
  })
})

describe('foldback', () => {
  it.each([
    [['--help'], 'Usage: foldback <command>'],
    [[], 'Usage: foldback <command>'],
    [['backup', '--help'], 'Usage: foldback backup <database> <to>'],
    [['restore', '-h'], 'Usage: foldback restore <backup> <database>'],
  ])('explains itself: %s', async (args, usage) => {
    expect(await foldback(...args)).toMatchObject({ code: 0, said: expect.stringContaining(usage) })
  })

  it.each([
    [['sing'], 'There is no command sing.'],
    [['backup'], '<database> is missing.'],
    [['backup', 'a'], '<to> is missing.'],
    [['verify', 'a', 'b'], 'b is one argument too many.'],
    [['verify', '--fast', 'a'], "Unknown option '--fast'"],
  ])('says what it did not understand: %s', async (args, sentence) => {
    const { code, complaint } = await foldback(...args)
    expect(code).toBe(2)
    expect(complaint).toContain(sentence)
    expect(complaint).toContain('Usage: foldback')
    expect(JSON.parse((await foldback(...args, '--json')).said)).toMatchObject({ error: { code: 'misused' } })
  })

  it('tells its version', async () => {
    expect((await foldback('--version')).said).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('is a program, with exit codes', async () => {
    await filled(1)
    const start = (...args: readonly string[]) =>
      spawnSync(process.execPath, [...program, ...args], { encoding: 'utf8' })
    expect(start('backup', database, backup)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('is backed up'),
      stderr: '',
    })
    expect(start('backup', database, backup)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(backup),
    })
    expect(start('sing').status).toBe(2)
  })

  it('removes what is half done when a signal ends it', async () => {
    await filled(1)
    change(
      database,
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
       INSERT INTO _actors (name) SELECT i || hex(zeroblob(5000)) FROM n`,
    )
    mkdirSync(join(folder, 'backups'))
    const child = spawn(process.execPath, [...program, 'backup', database, backup], { stdio: 'ignore' })
    const exited = once(child, 'exit')
    await vi.waitFor(() => expect(readdirSync(join(folder, 'backups'))).not.toEqual([]), {
      timeout: 10_000,
      interval: 1,
    })
    child.kill('SIGTERM')
    await exited
    expect(readdirSync(join(folder, 'backups')).join()).not.toContain('part')
  }, 20_000)
})
