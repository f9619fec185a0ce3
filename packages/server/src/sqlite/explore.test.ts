import { copyFileSync, mkdtempSync, rmSync, truncateSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'vitest'
import { sampleModels } from '@foldback/testkit'
import { checkpointPartly, contentOf, copyDatabase, crashedDatabase, integrityOf, readWal } from '../test-parts/crashed-database.ts'
import { openForWriting } from './open-database.ts'
import { Writer } from './writer.ts'

it('explores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-wal-'))
  const commitCount = 40
  for (const checkpointAfter of [undefined, 9, 40]) {
    const whole = crashedDatabase({ folder, name: `w${checkpointAfter}`, seed: 4, commitCount, ...(checkpointAfter && { checkpointAfter }) })
    const { frames, pageBytes } = readWal(whole.path + '-wal')
    const pages = new Set(frames.map((f) => f.page)).size
    console.log(checkpointAfter, 'frames', frames.length, 'pages', pages, pageBytes, 'commits', frames.filter((f) => f.isCommit).length)
    const tally: Record<string, number> = {}
    for (let m = 0; m <= pages; m += 5) {
      for (const cut of [...frames.filter((f) => f.isCommit).map((f) => f.at + 24 + pageBytes), 0, -1]) {
        const path = join(folder, 'x.db')
        for (const e of ['', '-wal', '-shm']) rmSync(path + e, { force: true })
        copyDatabase(whole.path, path); rmSync(path + '-shm', { force: true })
        checkpointPartly(path, m)
        if (cut < 0) rmSync(path + '-wal'); else truncateSync(path + '-wal', cut)
        let result = ''
        try {
          const writer = new Writer(openForWriting(path, 0), sampleModels)
          writer.close()
          const integrity = integrityOf(path)
          const k = whole.contents.indexOf(contentOf(path))
          result = integrity !== 'ok' ? 'integrity' : k >= 0 ? 'prefix' : 'WRONG'
        } catch (e: any) { result = e.code + ' ' + String(e.message).slice(0, 40) }
        result = `${cut < 0 ? 'missing' : cut === 0 ? 'empty' : 'cut'} ${result}`
        tally[result] = (tally[result] ?? 0) + 1
      }
    }
    console.log(tally)
  }
  rmSync(folder, { recursive: true })
}, 100_000)
