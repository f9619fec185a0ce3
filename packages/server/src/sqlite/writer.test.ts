import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { batchOf, laneUnit, looseUnit, place, sampleEvent, sampleModels } from '@foldback/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openForReading, openForWriting } from './open-database.ts'
import { Reader } from './reader.ts'
import { faultOf } from './store-fault.ts'
import { Writer } from './writer.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-writer-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = () => join(folder, 'test.db')

/** Lets the file grow no further, as a full disk would. */
function fill(database: DatabaseSync): void {
  database.exec('PRAGMA max_page_count = 1')
}

function makeRoom(database: DatabaseSync): void {
  database.exec('PRAGMA max_page_count = 1000000')
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (thrown) {
    return faultOf(thrown).code
  }
  return undefined
}

const large = (stream: string) =>
  looseUnit(sampleEvent(stream, 0, { action: JSON.stringify({ type: 'x'.repeat(50_000) }) }))

describe('a full disk', () => {
  it('lets no part of a batch in, and appends go on when there is room', () => {
    const database = openForWriting(path(), 0)
    const writer = new Writer(database, sampleModels)
    const reader = new Reader(openForReading(path(), 0))
    fill(database)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const batch = batchOf([looseUnit(sampleEvent('small', 0)), large('large')])
      expect(codeOf(() => writer.append(batch))).toBe('disk-full')
      expect(reader.tip()).toEqual({ seq: 0, id: '' })
      expect(reader.list({ model: 'order', afterSeq: 0, afterId: '', limit: 9 }).ids).toEqual([])
    }
    makeRoom(database)
    expect(writer.append(batchOf([large('large')]))).toEqual([{ status: 'ok', seqs: [1] }])
    reader.close()
    writer.close()
  })

  const manyModels = Array.from({ length: 100 }, (_, index) => ({ name: `model_${index}`, version: 1 }))

  it('does not keep a writer from starting: it reads, and appends when there is room', () => {
    const database = openForWriting(path(), 0)
    fill(database)
    const writer = new Writer(database, [...sampleModels, ...manyModels])
    expect(codeOf(() => writer.append(batchOf([looseUnit(sampleEvent('1', 0))])))).toBe('disk-full')
    makeRoom(database)
    expect(writer.append(batchOf([looseUnit(sampleEvent('1', 0))]))).toEqual([{ status: 'ok', seqs: [1] }])
    writer.close()
  })

  it('does not let a writer that had to wait supersede one that came after it', () => {
    const database = openForWriting(path(), 0)
    fill(database)
    const waiting = new Writer(database, [...sampleModels, ...manyModels])
    const newer = new Writer(openForWriting(path(), 0), sampleModels)
    makeRoom(database)
    expect(codeOf(() => waiting.append(batchOf([])))).toBe('writer-superseded')
    expect(newer.append(batchOf([looseUnit(sampleEvent('1', 0))]))).toEqual([{ status: 'ok', seqs: [1] }])
    waiting.close()
    newer.close()
  })
})

describe('what the writer remembers from one batch to the next', () => {
  const ids = (): readonly string[] => {
    const reader = new Reader(openForReading(path(), 0))
    const { ids: found } = reader.list({ model: 'order', afterSeq: 0, afterId: '', limit: 9 })
    reader.close()
    return found
  }

  it('is nothing of a batch that was rolled back', () => {
    const database = openForWriting(path(), 0)
    const writer = new Writer(database, sampleModels)
    writer.append(batchOf([laneUnit(place('kept', 1), [sampleEvent('kept', 0)])]))
    fill(database)
    const units = ['kept', 'lost'].map((name, index) =>
      laneUnit(place(name, 2 - index), [sampleEvent(name, 1 - index)]),
    )
    expect(codeOf(() => writer.append(batchOf([...units, large('large')])))).toBe('disk-full')
    expect(ids()).toEqual(['kept'])
    makeRoom(database)
    expect(writer.append(batchOf([...units, large('large')])).map(({ status }) => status)).toEqual([
      'ok',
      'ok',
      'ok',
    ])
    expect(ids()).toEqual(['kept', 'large', 'lost'])
    expect(database.prepare('SELECT name, n FROM _lanes').all()).toMatchObject([
      { name: 'kept', n: 2 },
      { name: 'lost', n: 1 },
    ])
    writer.close()
  })

  it('is nothing of a file that somebody else has written to', () => {
    const writer = new Writer(openForWriting(path(), 0), sampleModels)
    writer.append(batchOf([laneUnit(place('lane', 1), [sampleEvent('1', 0)])]))
    const shell = openForWriting(path(), 0)
    shell.exec('UPDATE _events SET version = 5; UPDATE _lanes SET n = 7')
    shell.close()
    expect(writer.append(batchOf([looseUnit(sampleEvent('1', 1))]))).toMatchObject([{ status: 'conflict' }])
    expect(writer.append(batchOf([laneUnit(place('lane', 7), [sampleEvent('1', 5)])]))).toEqual([
      { status: 'duplicate' },
    ])
    writer.close()
  })

  it('is nothing of a lane that has expired', () => {
    const writer = new Writer(openForWriting(path(), 0), sampleModels)
    const unit = laneUnit(place('id:a', 1), [sampleEvent('1', 0)])
    expect(writer.append(batchOf([unit], { now: 1 }))).toMatchObject([{ status: 'ok' }])
    expect(writer.append(batchOf([unit], { now: 2 }))).toEqual([{ status: 'duplicate' }])
    expect(writer.expireSomeLanes(3)).toBe(false)
    expect(writer.append(batchOf([laneUnit(place('id:a', 1), [sampleEvent('1', 1)])]))).toMatchObject([
      { status: 'ok' },
    ])
    writer.close()
  })
})
