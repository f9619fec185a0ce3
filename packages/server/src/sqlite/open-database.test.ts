import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkSqliteVersion, openForWriting } from './open-database.ts'

describe('checkSqliteVersion', () => {
  it('refuses a SQLite whose WAL can corrupt a database', () => {
    for (const version of ['3.51.2', '3.50.10', '3.6.0', '2.99.99']) {
      expect(() => checkSqliteVersion(version)).toThrow(expect.objectContaining({ code: 'sqlite-too-old' }))
    }
  })

  it('takes those in which that is mended', () => {
    for (const version of ['3.51.3', '3.51.10', '3.53.0', '3.100.0', '4.0.0']) {
      expect(() => checkSqliteVersion(version)).not.toThrow()
    }
  })
})

describe('openForWriting', () => {
  it('sees to it that a commit is on the disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'foldback-open-'))
    for (const when of ['made', 'opened again']) {
      const database = openForWriting(join(folder, 'below', 'test.db'), 0)
      const { synchronous } = database.prepare('PRAGMA synchronous').get() ?? {}
      const { journal_mode: journalMode } = database.prepare('PRAGMA journal_mode').get() ?? {}
      // 2 is FULL: with less, the WAL is not synced at each commit.
      expect({ when, synchronous, journalMode }).toEqual({ when, synchronous: 2, journalMode: 'wal' })
      database.close()
    }
    rmSync(folder, { recursive: true })
  })

  it('brings files of older versions up to date', () => {
    const folder = mkdtempSync(join(tmpdir(), 'foldback-open-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'test.db')
    const database = openForWriting(path, 0)
    database.exec(`
      ALTER TABLE _events DROP COLUMN shape; ALTER TABLE _events DROP COLUMN age; DROP TABLE _shapes;
      DROP TABLE _records;
      CREATE TABLE _records (stream INTEGER PRIMARY KEY, version INTEGER NOT NULL, event_id TEXT NOT NULL,
        received_at INTEGER NOT NULL, model_version INTEGER NOT NULL, state TEXT NOT NULL);
      INSERT INTO _records VALUES (7, 1, 'id', 2, 3, '{}');
      DROP TABLE _streams;
      CREATE TABLE _streams (id INTEGER PRIMARY KEY, model INTEGER NOT NULL, name TEXT NOT NULL,
        version INTEGER NOT NULL, seq INTEGER NOT NULL, UNIQUE (model, name));
      INSERT INTO _streams VALUES (7, 1, 'name', 1, 2);
      CREATE VIEW theirs AS SELECT state FROM _records;
      ALTER TABLE _log DROP COLUMN commits; PRAGMA user_version = 1`)
    database.close()
    for (const when of ['older', 'up to date']) {
      const opened = openForWriting(path, 0)
      const { user_version: version } = opened.prepare('PRAGMA user_version').get() ?? {}
      const { commits } = opened.prepare('SELECT commits FROM _log').get() ?? {}
      const shapes = opened.prepare('SELECT shape, age FROM _events JOIN _shapes').all()
      expect({ when, version, commits, shapes }).toEqual({ when, version: 3, commits: 0, shapes: [] })
      expect(Object.values(opened.prepare('SELECT * FROM _records').get()!)).toEqual([7, 1, 'id', 2, 3, '{}'])
      expect(Object.values(opened.prepare('SELECT * FROM _streams').get()!)).toEqual([7, 1, 'name'])
      expect(opened.prepare('SELECT * FROM theirs').all()).toMatchObject([{ state: '{}' }])
      opened.close()
    }
  })
})
