import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { KillRun } from './kill-run.ts'
import { models } from './models.ts'
import { StoredLog } from './stored-log.ts'
import { isClean, summaryTable } from './summary-table.ts'

const cycles = 10

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-kill-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

it(
  'a server that is killed again and again loses, doubles and mixes up nothing, and the checks would tell',
  { timeout: 180_000 },
  async () => {
    const folder = newFolder()
    const summary = await new KillRun({ cycles, seed: 1, workMsMax: 300, folder, progress: () => {} }).run()
    expect(isClean(summary), summaryTable(summary)).toBe(true)
    expect(summary.clientsKilled).toBeGreaterThan(0)
    expect(Math.min(summary.accepted, summary.refused, summary.queued)).toBeGreaterThan(0)

    const path = join(folder, 'log.db')
    const database = new DatabaseSync(path)
    const findings = (damage: string) => {
      database.exec(`BEGIN; ${damage}; COMMIT`)
      return new StoredLog(path, models)
    }
    const last = 'SELECT max(seq) FROM _events'
    const twice = findings(`
    INSERT INTO _events (seq, stream, version, actor, received_at, lane, n, id, action)
      SELECT seq + 1, stream, version + 1, actor, received_at, lane, n, id, action FROM _events WHERE seq = (${last});
    UPDATE _streams SET version = version + 1 WHERE id = (SELECT stream FROM _events WHERE seq = (${last}))`)
    expect(twice.doubled).toHaveLength(1)
    expect(twice.disorder).toEqual([])
    const shipped = `SELECT max(seq) FROM _events WHERE action LIKE '%"order/shipped"%'`
    const torn = findings(`DELETE FROM _events WHERE seq = (${shipped})`)
    expect(torn.disorder).toContainEqual(expect.stringMatching(/ is in 1 of its 2 streams$/))
    const wrong = findings(`UPDATE _records SET state = '{"levels":{}}'`)
    expect(wrong.wrongRecords.length).toBeGreaterThan(1)
    database.close()
  },
)
