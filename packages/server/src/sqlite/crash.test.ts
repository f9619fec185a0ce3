import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import type { EventStore } from '@foldback/engine'
import { sampleModels } from '@foldback/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlite } from './sqlite-store.ts'

const acknowledgedUntilKill = 150
const roundCount = 3
const streams = ['1', '2', '3'].map((id) => ({ model: 'order', id }))

/*
 * What the child runs: the writer itself, as its thread would. It appends (lane, n) for ever, every second one into
 * two streams, and prints each n when it was answered.
 */
const appender = `
const here = ${JSON.stringify(new URL('.', import.meta.url).href)}
const { openForWriting, openForReading } = await import(here + 'open-database.ts')
const { Reader } = await import(here + 'reader.ts')
const { Writer } = await import(here + 'writer.ts')
const { writeSync } = await import('node:fs')
const path = process.argv[1]
const models = ${JSON.stringify(sampleModels)}
const writer = new Writer(openForWriting(path, 5000), models)
const reader = new Reader(openForReading(path, 5000))
const ids = ['1', '2', '3']
const { heads, marks } = reader.read({ streams: ids.map((id) => ({ model: 'order', id })), lanes: ['lane'] })
const versions = [...heads.tailLengths]
for (let n = (marks[0]?.n ?? 0) + 1; ; n += 1) {
  const touched = n % 2 === 0 ? [n % 3, (n + 1) % 3] : [n % 3]
  const events = touched.map((index) => ({
    id: 'n' + n, model: 'order', stream: ids[index], expectedVersion: versions[index]++,
    action: JSON.stringify({ type: 't', n, filler: 'x'.repeat(n % 500) }), actor: 'ann', receivedAt: n,
  }))
  const unit = { lane: { lane: 'lane', n, actor: 'ann' }, events, outcome: '"' + n + '"' }
  const [answer] = writer.append({ units: [unit], records: [], forget: [], now: n })
  if (answer.status !== 'ok') throw new Error(JSON.stringify(answer))
  writeSync(1, n + '\\n')
}`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-crash-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Lets the child append until it has been answered often enough, kills it, and gives the last n it was told of. */
async function appendUntilKilled(path: string): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', appender, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const last = await lastLine(child)
  const [, signal] = await exit
  expect(signal).toBe('SIGKILL')
  return last
}

async function lastLine(child: ChildProcess): Promise<number> {
  let last = 0
  let lineCount = 0
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line)
    lineCount += 1
    if (lineCount === acknowledgedUntilKill) child.kill('SIGKILL')
  }
  return last
}

/** The versions of each stream, and the mark, are as dense as they must be, and n is in all its streams or in none. */
async function checkAll(store: EventStore): Promise<number> {
  const { heads, marks } = await store.read({ streams, lanes: ['lane'] })
  const events = heads.flatMap(({ tail }) => {
    expect(tail.map(({ version }) => version)).toEqual(tail.map((_, index) => index + 1))
    return tail
  })
  const mark = marks[0]?.n ?? 0
  const numbers = Array.from({ length: mark }, (_, index) => index + 1)
  expect(events.map(({ n }) => n).sort((one, other) => one! - other!)).toEqual(
    numbers.flatMap((n) => (n % 2 === 0 ? [n, n] : [n])),
  )
  const outcomes = await store.outcomes('lane', 1, mark + 1)
  expect(outcomes.map(({ n }) => n)).toEqual(numbers)
  return mark
}

describe('kill -9', () => {
  it('loses nothing that was answered, time after time', async () => {
    const path = join(folder, 'test.db')
    for (let round = 0; round < roundCount; round += 1) {
      const acknowledged = await appendUntilKilled(path)
      const store = sqlite(path)
      await store.open(sampleModels)
      expect(await checkAll(store)).toBeGreaterThanOrEqual(acknowledged)
      await store.close()
    }
    const database = new DatabaseSync(path)
    expect({ ...database.prepare('PRAGMA integrity_check').get() }).toEqual({ integrity_check: 'ok' })
    database.close()
  }, 60_000)
})
