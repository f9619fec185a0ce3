import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleModels, SeededRandom } from '@foldback/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  checkpointPartly,
  contentOf,
  copyDatabase,
  type CrashedDatabase,
  crashedDatabase,
  type Frame,
  frameHeaderBytes,
  integrityOf,
  readWal,
  walHeaderBytes,
} from '../test-parts/crashed-database.ts'
import { explained } from './explained.ts'
import { openForWriting } from './open-database.ts'
import { sqlite } from './sqlite-store.ts'
import { Writer } from './writer.ts'

const commitCount = 30
const checkpointAfter = 10

let folder: string
let databases: readonly CrashedDatabase[]
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-wal-'))
  databases = [
    crashedDatabase({ folder, name: 'fresh', seed: 1, commitCount }),
    crashedDatabase({ folder, name: 'checkpointed', seed: 2, commitCount, checkpointAfter }),
  ]
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

const walOf = (path: string) => `${path}-wal`

/** A copy of a crashed database, without the index of its WAL, which a copy may have or not. */
function copyOf({ path }: CrashedDatabase): string {
  const copy = join(folder, 'copy.db')
  for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
  copyDatabase(path, copy)
  rmSync(`${copy}-shm`, { force: true })
  return copy
}

/** Opens it as a server would, and gives what a reader then finds; or the fault of what did not let it open. */
function opened(path: string): string {
  try {
    explained(path, () => new Writer(openForWriting(path, 0), sampleModels)).close()
  } catch (thrown) {
    return (thrown as { readonly code: string }).code
  }
  expect(integrityOf(path)).toBe('ok')
  return contentOf(path)
}

/** Which of the commits a reader finds the database after; whatever else it finds, when that is none of them. */
function commitFound({ contents }: CrashedDatabase, found: string): number | string {
  const index = contents.indexOf(found)
  return index === -1 ? found.slice(0, 500) : index
}

/** How many commits are whole, when everything from a place in the WAL on is lost. */
function commitsBefore(database: CrashedDatabase, place: number): number {
  const { frames, pageBytes } = readWal(walOf(database.path))
  const commits = frames.filter(({ isCommit }) => isCommit)
  const whole = commits.filter(({ at }) => at + frameHeaderBytes + pageBytes <= place)
  // The WAL begins with what was not in the file yet; the opening itself is a commit that changes no content.
  return Math.max(0, commitCount - commits.length + whole.length)
}

/** Every kind of place: at the edges of frames, in their headers, in their pages; of some frames, in all of the WAL. */
function places(database: CrashedDatabase, random: SeededRandom): number[] {
  const { frames, pageBytes } = readWal(walOf(database.path))
  const commits = frames.filter(({ isCommit }) => isCommit)
  const someFrames = Array.from({ length: 12 }, () => frames[random.below(frames.length)]!)
  const someCommits = Array.from({ length: 12 }, () => commits[random.below(commits.length)]!)
  return [
    0,
    random.below(walHeaderBytes),
    walHeaderBytes,
    ...someFrames.flatMap(({ at }) => [
      at,
      at + 1 + random.below(frameHeaderBytes - 1),
      at + frameHeaderBytes + random.below(pageBytes),
    ]),
    ...someCommits.map(({ at }) => at + frameHeaderBytes + pageBytes),
  ]
}

describe('a WAL that is cut short', () => {
  it('leaves exactly what was committed before the cut', { timeout: 60_000 }, () => {
    for (const [index, database] of databases.entries()) {
      for (const place of places(database, new SeededRandom(index))) {
        const path = copyOf(database)
        truncateSync(walOf(path), place)
        const commit = commitFound(database, opened(path))
        expect({ index, place, commit }).toEqual({ index, place, commit: commitsBefore(database, place) })
      }
    }
  })

  it('never shows a mixture, when a checkpoint had begun', { timeout: 60_000 }, () => {
    const random = new SeededRandom(3)
    const found: (number | string)[] = []
    for (const database of databases) {
      const { frames } = readWal(walOf(database.path))
      const pageCount = new Set(frames.map(({ page }) => page)).size
      for (const place of places(database, random)) {
        const path = copyOf(database)
        checkpointPartly(path, 1 + random.below(pageCount))
        truncateSync(walOf(path), place)
        found.push(commitFound(database, opened(path)))
      }
    }
    expect(new Set(found.filter((each) => typeof each === 'string'))).toEqual(new Set(['database-damaged']))
    expect(found.filter((each) => typeof each === 'number')).not.toEqual([])
  })

  it('is named with the path, and what to do', async () => {
    const [database] = databases
    const path = copyOf(database!)
    checkpointPartly(path, 4)
    truncateSync(walOf(path), readFileSync(walOf(path)).length / 2)
    await expect(sqlite(path).open(sampleModels)).rejects.toMatchObject({
      code: 'database-damaged',
      message: expect.stringMatching(/use a backup\. \(.*copy\.db: its -wal file is incomplete: .*\)$/),
    })
  })
})

/** Writes into one frame of a copy's WAL. */
function tear(path: string, { at }: Frame, write: (frame: Buffer) => void): void {
  const wal = readFileSync(walOf(path))
  const { pageBytes } = readWal(walOf(path))
  write(wal.subarray(at, at + frameHeaderBytes + pageBytes))
  writeFileSync(walOf(path), wal)
}

describe('a WAL that is torn', () => {
  it('ends before a frame in which a byte is another', { timeout: 60_000 }, () => {
    for (const [index, database] of databases.entries()) {
      const random = new SeededRandom(10 + index)
      const { frames } = readWal(walOf(database.path))
      const some = Array.from({ length: 15 }, () => frames[random.below(frames.length)]!)
      for (const frame of [...some, frames.at(-1)!, frames.at(-1)!, frames.at(-1)!]) {
        const path = copyOf(database)
        const byte = random.below(frameHeaderBytes + 4096)
        tear(path, frame, (bytes) => (bytes[byte]! ^= 1 + random.below(255)))
        const commit = commitFound(database, opened(path))
        const expected = commitsBefore(database, frame.at)
        expect({ index, at: frame.at, byte, commit }).toEqual({ index, at: frame.at, byte, commit: expected })
      }
    }
  })

  it('ends before a page of which one half is old', { timeout: 60_000 }, () => {
    for (const [index, database] of databases.entries()) {
      const { frames, pageBytes } = readWal(walOf(database.path))
      const wal = readFileSync(walOf(database.path))
      const random = new SeededRandom(20 + index)
      const rewritten = frames.flatMap((frame, at) => {
        const before = frames.slice(0, at).findLast(({ page }) => page === frame.page)
        return before === undefined ? [] : [{ frame, before }]
      })
      for (let round = 0; round < 15; round += 1) {
        const { frame, before } = rewritten[random.below(rewritten.length)]!
        const half = before.at + frameHeaderBytes + pageBytes / 2
        const path = copyOf(database)
        tear(path, frame, (bytes) =>
          wal.copy(bytes, frameHeaderBytes + pageBytes / 2, half, half + pageBytes / 2),
        )
        const isSame = readFileSync(walOf(path)).equals(wal)
        const expected = isSame ? commitCount : commitsBefore(database, frame.at)
        const commit = commitFound(database, opened(path))
        expect({ index, at: frame.at, commit }).toEqual({ index, at: frame.at, commit: expected })
      }
    }
  })
})

describe('files that are missing', () => {
  it('the index of the WAL is made again, also where it is garbage', () => {
    for (const database of databases) {
      expect(commitFound(database, opened(copyOf(database)))).toBe(commitCount)
      const path = copyOf(database)
      writeFileSync(`${path}-shm`, Buffer.alloc(32_768, 0xa5))
      expect(commitFound(database, opened(path))).toBe(commitCount)
    }
  })

  it('without its WAL the database is what the last checkpoint has made it', () => {
    const [fresh, checkpointed] = databases
    for (const [database, commit] of [
      [fresh!, 0],
      [checkpointed!, checkpointAfter],
    ] as const) {
      const path = copyOf(database)
      rmSync(walOf(path))
      expect(commitFound(database, opened(path))).toBe(commit)
    }
  })
})

describe('a crash in the middle of a checkpoint', () => {
  it('loses nothing, as long as the WAL is there', { timeout: 60_000 }, () => {
    for (const database of databases) {
      const { frames } = readWal(walOf(database.path))
      const pageCount = new Set(frames.map(({ page }) => page)).size
      for (let count = 1; count <= pageCount; count += 3) {
        const path = copyOf(database)
        checkpointPartly(path, count)
        expect({ count, commit: commitFound(database, opened(path)) }).toEqual({ count, commit: commitCount })
      }
    }
  })
})
