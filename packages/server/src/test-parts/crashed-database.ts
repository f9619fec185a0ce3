import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  batchOf,
  laneUnit,
  place,
  sampleEvent,
  sampleModels,
  sampleRecord,
  SeededRandom,
} from '@foldback/testkit'
import { openForWriting } from '../sqlite/open-database.ts'
import { Writer } from '../sqlite/writer.ts'

/*
 * A database as a crash leaves it, commit by commit, and what was in it after each of them. Its records are true folds:
 * the number of the stream's events, and the sum of what they carry.
 */

const streams = ['1', '2', '3', '4']
/** Several pages of the database. */
const longTextLength = 9_000

/** Everything in a database that a reader could see. */
export type Content = string

export interface CrashedDatabase {
  readonly path: string
  /** What was there after each commit; first before any. */
  readonly contents: readonly Content[]
}

export interface CrashOptions {
  readonly folder: string
  readonly name: string
  readonly seed: number
  readonly commitCount: number
  /** After how many commits everything was brought into the database file; then the WAL begins anew. */
  readonly checkpointAfter?: number
}

/** Makes a database, and copies it with its WAL as it is, without closing it. */
export function crashedDatabase(options: CrashOptions): CrashedDatabase {
  const { folder, name, seed, commitCount, checkpointAfter } = options
  const random = new SeededRandom(seed)
  const running = join(folder, `${name}-running.db`)
  const database = openForWriting(running, 0)
  const writer = new Writer(database, sampleModels)
  const contents = [contentOf(running)]
  const sums = new Map<string, { version: number; sum: number }>()
  for (let n = 1; n <= commitCount; n += 1) {
    writer.append(n % 5 === 0 ? refusal(n) : acceptance(n, random, sums))
    contents.push(contentOf(running))
    if (n === checkpointAfter) database.exec('PRAGMA wal_checkpoint(FULL)')
  }
  const path = join(folder, `${name}.db`)
  copyDatabase(running, path)
  writer.close()
  return { path, contents }
}

/** Copies a database file with whatever lies beside it. */
export function copyDatabase(from: string, to: string): void {
  for (const end of ['', '-wal', '-shm']) if (existsSync(from + end)) copyFileSync(from + end, to + end)
}

function refusal(n: number) {
  return batchOf([laneUnit(place('lane', n), [], JSON.stringify({ refused: n }))])
}

function acceptance(n: number, random: SeededRandom, sums: Map<string, { version: number; sum: number }>) {
  const touched = streams.filter(() => random.below(2) === 0)
  const events = (touched.length > 0 ? touched : ['1']).map((stream) => {
    const { version } = sums.get(stream) ?? { version: 0 }
    const text = 'x'.repeat(random.below(3) === 0 ? random.below(longTextLength) : 10)
    const action = { type: 'order/changed', payload: { id: stream, amount: n, text }, meta: {} }
    return sampleEvent(stream, version, { id: `${n}-${stream}`, action: JSON.stringify(action) })
  })
  const records = events.map((event) => {
    const { version, sum } = sums.get(event.stream) ?? { version: 0, sum: 0 }
    const next = { version: version + 1, sum: sum + n }
    sums.set(event.stream, next)
    const padding = 'y'.repeat(random.below(longTextLength))
    return sampleRecord(event, { state: JSON.stringify({ ...next, padding }) })
  })
  return batchOf([laneUnit(place('lane', n), events)], { records: random.below(4) === 0 ? [] : records })
}

const tables = [
  '_models',
  '_actors',
  '_lanes',
  '_streams',
  '_shapes',
  '_events',
  '_records',
  '_outcomes',
] as const

/** Without the writer's generation, which each opening moves. */
export function contentOf(path: string): Content {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const rows = tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all())
    return JSON.stringify([database.prepare('SELECT seq FROM _log').all(), ...rows])
  } finally {
    database.close()
  }
}

export function integrityOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  } finally {
    database.close()
  }
}

// The WAL, as https://sqlite.org/fileformat2.html#the_write_ahead_log has it

export const walHeaderBytes = 32
export const frameHeaderBytes = 24

export interface Wal {
  readonly pageBytes: number
  /** Of those that belong to the WAL as it is now: older ones may lie behind them. */
  readonly frames: readonly Frame[]
}

export interface Frame {
  readonly at: number
  readonly page: number
  readonly isCommit: boolean
}

export function readWal(path: string): Wal {
  const bytes = readFileSync(path)
  const pageBytes = bytes.readUInt32BE(8)
  const salts = bytes.subarray(16, 24)
  const frames: Frame[] = []
  for (let at = walHeaderBytes; at < bytes.length; at += frameHeaderBytes + pageBytes) {
    if (!bytes.subarray(at + 8, at + 16).equals(salts)) break
    frames.push({ at, page: bytes.readUInt32BE(at), isCommit: bytes.readUInt32BE(at + 4) > 0 })
  }
  return { pageBytes, frames }
}

/**
 * Does the first part of a checkpoint: brings the newest version of so many pages into the database file, in the order
 * in which SQLite does, and leaves the WAL as it is.
 */
export function checkpointPartly(path: string, pageCount: number): void {
  const { pageBytes, frames } = readWal(`${path}-wal`)
  const wal = readFileSync(`${path}-wal`)
  const newest = new Map(frames.map((frame) => [frame.page, frame]))
  const pages = [...newest.keys()].sort((a, b) => a - b).slice(0, pageCount)
  let file = readFileSync(path)
  for (const page of pages) {
    const { at } = newest.get(page)!
    const start = (page - 1) * pageBytes
    if (file.length < start + pageBytes)
      file = Buffer.concat([file, Buffer.alloc(start + pageBytes - file.length)])
    wal.copy(file, start, at + frameHeaderBytes, at + frameHeaderBytes + pageBytes)
  }
  writeFileSync(path, file)
}
