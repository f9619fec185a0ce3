import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  appendUnits,
  batchOf,
  checkAgainstModel,
  laneUnit,
  looseUnit,
  type MakeStore,
  place,
  sampleEvent,
  sampleModels,
  sampleRecord,
  storeContract,
} from '@foldback/testkit'
import { array, assert, asyncProperty, nat } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaVersion } from './schema.ts'
import { sqlite } from './sqlite-store.ts'

let folder: string
let count = 0
const newPath = () => join(folder, `store-${(count += 1)}`, 'test.db')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foldback-sqlite-'))
})
afterAll(() => rm(folder, { recursive: true }))

const makeStore: MakeStore = async () => {
  const path = newPath()
  return { store: sqlite(path), reopen: async () => sqlite(path) }
}

async function opened(path = newPath(), options = {}) {
  const store = sqlite(path, options)
  await store.open(sampleModels)
  return store
}

/** Runs `change` on a closed database with nothing of ours in between. */
function changeFile(path: string, change: string): void {
  const database = new DatabaseSync(path)
  database.exec(change)
  database.close()
}

describe('sqlite, as every store', () => {
  it.for(storeContract.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    await expect(run(makeStore)).resolves.toBeUndefined()
  })

  it('does what a list of units would do, whatever is appended', async () => {
    const unit = array(nat(9), { minLength: 7, maxLength: 7 })
    const batches = array(array(unit, { maxLength: 5 }), { maxLength: 12 })
    await assert(
      asyncProperty(batches, async (choices) => {
        const store = await opened()
        await expect(checkAgainstModel(store, choices)).resolves.toBeUndefined()
        await store.close()
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

describe('opening', () => {
  it('leaves a database of another program as it is', async () => {
    const path = join(folder, 'foreign.db')
    changeFile(path, 'CREATE TABLE mine (a); INSERT INTO mine VALUES (1); PRAGMA journal_mode = WAL')
    const before = await readFile(path)
    await expect(opened(path)).rejects.toMatchObject({
      code: 'not-a-foldback-database',
      message: expect.stringContaining(path),
    })
    expect(await readFile(path)).toEqual(before)
  })

  it('leaves a file that is no database as it is', async () => {
    for (const content of [
      'x',
      'no database '.repeat(1000),
      'SQLite format 3\0',
      'SQLite format 3\0'.repeat(500),
    ]) {
      const path = join(folder, `file-${(count += 1)}`)
      await writeFile(path, content)
      await expect(opened(path)).rejects.toMatchObject({ code: 'not-a-foldback-database' })
      expect(await readFile(path, 'utf8')).toBe(content)
    }
  })

  it('leaves a database of a newer version as it is', async () => {
    const path = newPath()
    await (await opened(path)).close()
    changeFile(path, `PRAGMA user_version = ${schemaVersion + 1}`)
    const before = await readFile(path)
    await expect(opened(path)).rejects.toMatchObject({
      code: 'database-newer',
      message: expect.stringContaining(path),
    })
    expect(await readFile(path)).toEqual(before)
  })

  it('sees a newer version that is still in the WAL', async () => {
    const path = newPath()
    await (await opened(path)).close()
    const newer = new DatabaseSync(path)
    newer.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
    await expect(opened(path)).rejects.toMatchObject({ code: 'database-newer' })
    newer.close()
  })

  it('takes an empty file for a new one', async () => {
    const path = join(folder, 'empty.db')
    await writeFile(path, '')
    const store = await opened(path)
    expect(await store.tip()).toEqual({ seq: 0, id: '' })
    await store.close()
  })

  it('says which path it cannot use, and why', { timeout: 30_000 }, async () => {
    const file = join(folder, 'regular-file')
    await writeFile(file, '')
    for (const path of [join(file, 'test.db'), join(file, 'sub', 'test.db'), folder, '/proc/none/test.db']) {
      await expect(opened(path)).rejects.toMatchObject({
        code: 'database-unusable',
        message: expect.stringMatching(/\(.*: .+\)$/),
      })
      await expect(opened(path)).rejects.toThrow(path)
    }
    await expect(opened('')).rejects.toMatchObject({ code: 'database-unusable' })
    await expect(opened(':memory:')).rejects.toMatchObject({ code: 'database-unusable' })
    const missing = undefined as unknown as string
    await expect(sqlite(missing).open(sampleModels)).rejects.toMatchObject({ code: 'database-unusable' })
  })

  it('can be tried again after it failed', async () => {
    const path = join(folder, 'again.db')
    await writeFile(path, 'x')
    const store = sqlite(path)
    await expect(store.open(sampleModels)).rejects.toMatchObject({ code: 'not-a-foldback-database' })
    await expect(store.tip()).rejects.toMatchObject({ code: 'store-failed' })
    await rm(path)
    await store.open(sampleModels)
    expect(await store.tip()).toEqual({ seq: 0, id: '' })
    await expect(store.open(sampleModels)).rejects.toMatchObject({ code: 'misconfigured' })
    await store.close()
  })

  it('keeps everything in the one file when it is closed', async () => {
    const path = newPath()
    const store = await opened(path)
    await appendUnits(store, looseUnit(sampleEvent('1', 0)))
    await store.close()
    await expect(readFile(`${path}-wal`)).rejects.toMatchObject({ code: 'ENOENT' })
    const moved = newPath()
    await (await opened(moved)).close()
    await writeFile(moved, await readFile(path))
    const copy = await opened(moved)
    expect(await copy.tip()).toMatchObject({ seq: 1 })
    await copy.close()
  })
})

describe('a database that is in use', () => {
  it('is refused to another server, which changes nothing for the one that has it', async () => {
    const path = newPath()
    const first = await opened(path)
    const second = sqlite(path, { busyTimeoutMs: 1 })
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(second.open(sampleModels)).rejects.toMatchObject({
        code: 'database-in-use',
        message: expect.stringContaining(`${path}: another server has it`),
      })
    }
    expect(await appendUnits(first, looseUnit(sampleEvent('1', 0)))).toEqual([{ status: 'ok', seqs: [1] }])
    await first.close()
    await second.open(sampleModels)
    expect(await appendUnits(second, looseUnit(sampleEvent('1', 1)))).toEqual([{ status: 'ok', seqs: [2] }])
    await second.close()
  })

  it('is refused to a server that comes by a symbolic link, of the file or of a folder', async () => {
    const path = newPath()
    await mkdir(dirname(path), { recursive: true })
    await symlink(dirname(path), `${dirname(path)}-link`)
    // The folder is another before there is a file.
    const first = await opened(join(`${dirname(path)}-link`, 'test.db'))
    const link = newPath()
    await mkdir(dirname(link), { recursive: true })
    await symlink(path, link)
    for (const way of [path, link]) {
      await expect(opened(way, { busyTimeoutMs: 1 })).rejects.toMatchObject({ code: 'database-in-use' })
    }
    expect(await appendUnits(first, looseUnit(sampleEvent('1', 0)))).toEqual([{ status: 'ok', seqs: [1] }])
    await first.close()
  })

  it('is waited for while the server that has it is ending', async () => {
    const path = newPath()
    const first = await opened(path)
    const second = opened(path, { busyTimeoutMs: 60_000 })
    await first.close()
    await (await second).close()
  })

  it('is refused while somebody holds a transaction open', async () => {
    const path = newPath()
    await (await opened(path)).close()
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(opened(path, { busyTimeoutMs: 1 })).rejects.toMatchObject({ code: 'database-in-use' })
    other.close()
    await (await opened(path)).close()
  })
})

describe('writing', () => {
  it('stops when another process has opened the file after all, and goes on reading', async () => {
    const path = newPath()
    const older = await opened(path)
    await appendUnits(older, looseUnit(sampleEvent('1', 0)))
    // As on a file system without locks.
    await rm(`${path}-lock`)
    const newer = await opened(path)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(appendUnits(older, looseUnit(sampleEvent('1', 1)))).rejects.toMatchObject({
        code: 'writer-superseded',
      })
    }
    const [outcome] = await appendUnits(newer, looseUnit(sampleEvent('1', 1)))
    expect(outcome?.status).toBe('ok')
    expect(await older.events({ model: 'order', id: '1' }, 1, 9)).toHaveLength(2)
    await older.close()
    expect((await appendUnits(newer, looseUnit(sampleEvent('1', 2))))[0]?.status).toBe('ok')
    await newer.close()
  })

  it('writes nothing of a batch that fails, and goes on', async () => {
    const store = await opened()
    await appendUnits(store, laneUnit(place('lane', 1), [sampleEvent('1', 0)]))
    const failing = batchOf(
      [
        laneUnit(place('lane', 2), [sampleEvent('1', 1), sampleEvent('new', 0)], '"lost"'),
        looseUnit(sampleEvent('1', 2, { action: '"\ud800"' })),
      ],
      { forget: [{ lane: 'lane', upTo: 1 }] },
    )
    const tip = await store.tip()
    await expect(store.append(failing)).rejects.toMatchObject({ code: 'unstorable' })
    await expect(appendUnits(store, looseUnit(sampleEvent('1', 0, { model: 'other' })))).rejects.toThrow(
      'model other',
    )
    expect(await store.tip()).toEqual(tip)
    expect(await store.outcomes('lane', 1, 9)).toEqual([])
    const answers = await appendUnits(
      store,
      laneUnit(place('lane', 2), [sampleEvent('1', 1), sampleEvent('new', 0)]),
    )
    expect(answers).toEqual([{ status: 'ok', seqs: [2, 3] }])
    await store.close()
  })

  it('is busy while somebody else holds the file, and goes on', async () => {
    const path = newPath()
    const store = await opened(path, { busyTimeoutMs: 1 })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(appendUnits(store, looseUnit(sampleEvent('1', 0)))).rejects.toMatchObject({ code: 'busy' })
    expect(await store.tip()).toEqual({ seq: 0, id: '' })
    other.exec('ROLLBACK')
    expect(await appendUnits(store, looseUnit(sampleEvent('1', 0)))).toEqual([{ status: 'ok', seqs: [1] }])
    other.close()
    await store.close()
  })

  it('never gives a position twice, even when the last event was deleted', async () => {
    const path = newPath()
    const store = await opened(path)
    await appendUnits(store, looseUnit(sampleEvent('1', 0)), looseUnit(sampleEvent('2', 0)))
    await store.close()
    changeFile(path, 'DELETE FROM _events WHERE seq = 2')
    const again = await opened(path)
    expect(await again.tip()).toMatchObject({ seq: 1 })
    expect(await appendUnits(again, looseUnit(sampleEvent('3', 0)))).toEqual([{ status: 'ok', seqs: [3] }])
    await again.close()
  })

  it('reads while a commit is waiting', async () => {
    const path = newPath()
    const store = await opened(path)
    await appendUnits(store, looseUnit(sampleEvent('1', 0)))
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const waiting = appendUnits(store, looseUnit(sampleEvent('1', 1)))
    expect(await store.tip()).toMatchObject({ seq: 1 })
    other.exec('ROLLBACK')
    other.close()
    expect((await waiting)[0]?.status).toBe('ok')
    await store.close()
  })

  it('keeps of a stamped action what its row does not say, and of any other its text', async () => {
    const path = newPath()
    const store = await opened(path)
    await appendUnits(store, looseUnit(sampleEvent('1', 0), sampleEvent('1', 1, { id: 'x', action: '{}' })))
    await store.close()
    const database = new DatabaseSync(path)
    const kept = database.prepare('SELECT action, age, id FROM _events ORDER BY seq').all()
    expect(kept.map((row) => ({ ...row }))).toEqual([
      { action: '{"id":"1"}', age: 0, id: expect.stringMatching(/^event-/) },
      { action: '{}', age: null, id: 'x' },
    ])
    database.close()
  })
})

describe('shapes of actions', () => {
  it('are as many as types and versions, whatever else actions say', async () => {
    const path = newPath()
    const store = await opened(path)
    const foldback = { id: 'id', at: 1, actor: 'ann' }
    const metas = [
      { foldback },
      { foldback: { ...foldback, at: 2 } },
      { foldback: { ...foldback, merged: 2 } },
      { foldback: { ...foldback, merged: 3 } },
      { foldback: { ...foldback, versions: { order: 2 } } },
      { foldback: { ...foldback, versions: { order: 2 } } },
      { foldback, more: 1 },
      { foldback, more: 2 },
    ]
    const events = metas.flatMap((meta, index) => [
      sampleEvent('1', 2 * index, { id: 'id', action: JSON.stringify({ type: 'a', payload: index, meta }) }),
      sampleEvent('1', 2 * index + 1, { id: 'id', action: JSON.stringify({ type: 'b', meta }) }),
    ])
    await appendUnits(store, looseUnit(...events))
    await store.close()
    const database = new DatabaseSync(path)
    expect(database.prepare('SELECT head, tail FROM _shapes ORDER BY id').all()).toMatchObject([
      { head: '{"type":"a","payload":', tail: '}}}' },
      { head: '{"type":"b"', tail: '}}}' },
      { head: '{"type":"a","payload":', tail: ',"versions":{"order":2}}}}' },
      { head: '{"type":"b"', tail: ',"versions":{"order":2}}}}' },
    ])
    database.close()
  })
})

describe('listing', () => {
  it('gives the same to who is far behind and to who is not', async () => {
    const store = await opened()
    const ids = ['c', 'a', 'd', 'b']
    await appendUnits(store, ...ids.map((id) => looseUnit(sampleEvent(id, 0))))
    const busy = Array.from({ length: 10_000 }, (_, version) =>
      sampleEvent('busy', version, { action: '{}' }),
    )
    const records = [sampleRecord(busy.at(-1)!)]
    await store.append(batchOf([looseUnit(...busy)], { records }))
    const list = (afterSeq: number, afterId: string, limit: number) =>
      store.list({ model: 'order', afterSeq, afterId, limit })
    const idsOf = (heads: readonly { readonly id: string }[]) => heads.map(({ id }) => id)
    expect(idsOf(await list(0, '', 9))).toEqual(['a', 'b', 'busy', 'c', 'd'])
    expect(idsOf(await list(1, '', 9))).toEqual(['a', 'b', 'busy', 'd'])
    expect(idsOf(await list(2, '', 9))).toEqual(['b', 'busy', 'd'])
    expect(idsOf(await list(4, '', 9))).toEqual(['busy'])
    expect(idsOf(await list(0, 'a', 2))).toEqual(['b', 'busy'])
    expect((await list(0, 'b', 1))[0]).toMatchObject({ record: { version: 10_000 }, tail: [] })
    await store.close()
  })
})

describe('views', () => {
  it('show log and records of each model to anybody with SQL', async () => {
    const path = newPath()
    const store = await opened(path)
    const event = sampleEvent('1', 0, { id: 'first' })
    const deleted = sampleEvent('2', 0)
    const records = [sampleRecord(event, { state: '{"total":5}' }), sampleRecord(deleted, { state: 'null' })]
    await store.append(batchOf([looseUnit(event), looseUnit(deleted)], { records }))
    await appendUnits(store, looseUnit(sampleEvent('1', 1, { actor: 'bob' })))
    await store.close()
    const database = new DatabaseSync(path, { readOnly: true })
    const rows = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }))
    expect(rows(`SELECT *, payload ->> '$.id' AS payload_id FROM order_events WHERE stream = '1'`)).toEqual([
      {
        seq: 1,
        stream: '1',
        version: 1,
        type: 'order/changed',
        actor: 'ann',
        received_at: '2024-01-01T00:00:00.000Z',
        payload: '{"id":"1"}',
        action: event.action,
        id: 'first',
        payload_id: '1',
      },
      expect.objectContaining({ version: 2, actor: 'bob', received_at: '2024-01-01T00:00:01.000Z' }),
    ])
    expect(rows(`SELECT *, state ->> '$.total' AS total FROM "order"`)).toEqual([
      {
        id: '1',
        version: 1,
        state: '{"total":5}',
        updated_at: '2024-01-01T00:00:00.000Z',
        last_version: 2,
        model_version: 1,
        total: 5,
      },
    ])
    expect(rows('SELECT * FROM board_events')).toEqual([])
    database.close()
  })

  it('are made again when they are not as they should be, beside those of other people', async () => {
    const path = newPath()
    await (await opened(path)).close()
    changeFile(
      path,
      `
      DROP VIEW board;
      DROP VIEW "order";
      CREATE VIEW "order" AS /* Made by Foldback, and made again when it starts. */ SELECT 1 AS old;
      DROP VIEW order_events;
      CREATE VIEW order_events AS SELECT 1 AS theirs;`,
    )
    await (await opened(path)).close()
    const database = new DatabaseSync(path)
    const columns = (view: string) =>
      database
        .prepare(`SELECT * FROM ${view}`)
        .columns()
        .map(({ name }) => name)
    expect(columns('"order"')).toContain('updated_at')
    expect(columns('board')).toContain('updated_at')
    expect(columns('order_events')).toEqual(['theirs'])
    expect(columns('order_events_')).toContain('payload')
    database.close()
  })
})
