import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { batchOf, looseUnit, sampleEvent, sampleModels } from '@foldback/testkit'
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
