import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Child } from '../child.ts'
import type { LogKind } from './make-log.ts'

/** Large logs are kept from run to run, up to 3 GB: making them takes a minute, and they lie where they are made. */
export const logFolder = fileURLToPath(new URL('../.cache', import.meta.url))

const secondsMax = 900
/** Measurements add to a log that is kept; one that has grown by so much is made anew. */
const growthMax = 1.1

/** What decides how a log is written. */
const recipes = ['./bulk-log.ts', './contents.ts', '../../packages/server/dist/sqlite/schema.js']

/** The path of a log with these contents, made when there is none. */
export async function keptLog(wanted: LogKind): Promise<string> {
  mkdirSync(logFolder, { recursive: true })
  const name = nameOf(wanted)
  const path = join(logFolder, `${name}-${fingerprint()}.db`)
  if (isFit(path, wanted)) return path
  for (const file of readdirSync(logFolder)) if (file.startsWith(`${name}-`)) rmSync(join(logFolder, file))
  const part = `${path}.part`
  await makeLog(part, wanted)
  renameSync(part, path)
  // Of the server that made the file.
  rmSync(`${part}-lock`, { force: true })
  return path
}

/** Makes a log at a path where there is nothing. */
export async function makeLog(path: string, wanted: LogKind): Promise<void> {
  const maker = await Child.start(new URL('./make-log.ts', import.meta.url))
  try {
    await maker.call('make', { ...wanted, path }, secondsMax)
  } finally {
    await maker.stop()
  }
}

function isFit(path: string, wanted: LogKind): boolean {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return false
  if (!('events' in wanted)) return true
  const database = new DatabaseSync(path, { readOnly: true })
  const { seq } = database.prepare('SELECT seq FROM _log').get() ?? {}
  database.close()
  return Number(seq) <= wanted.events * growthMax
}

function nameOf(wanted: LogKind): string {
  return Object.values(wanted).join('-')
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const recipe of recipes) hash.update(readFileSync(new URL(recipe, import.meta.url)))
  return hash.digest('hex').slice(0, 8)
}
