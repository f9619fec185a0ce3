import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KillRun } from './kill-run.ts'
import { LimitedServer } from './limited-server.ts'
import { created, lineAdded, models, received, shipped, submitted } from './models.ts'
import { StoredLog } from './stored-log.ts'
import { isClean, summaryTable } from './summary-table.ts'

const cycles = 10

describe('a server that is killed again and again', () => {
  it('loses, doubles and mixes up nothing', { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foldback-kill-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const run = new KillRun({ cycles, seed: 1, workMsMax: 300, folder, progress: () => {} })
    const summary = await run.run()
    expect({ isClean: isClean(summary), table: summaryTable(summary) }).toMatchObject({ isClean: true })
    const { clientsKilled, accepted, refused, queued } = summary
    expect(Math.min(clientsKilled, accepted, refused, queued)).toBeGreaterThan(0)
  })
})

describe('the checks of its database', () => {
  it('find what is doubled, torn, out of order or wrong', { timeout: 60_000 }, async () => {
    const server = await LimitedServer.start()
    const line = { id: 'a', sku: 'tea', quantity: 2, note: '' }
    const actions = [
      received({ sku: 'tea', quantity: 9 }),
      created({ id: '1' }),
      lineAdded({ id: '1', line }),
      submitted({ id: '1' }),
      shipped({ id: '1', sku: 'tea', quantity: 2 }),
    ]
    for (const action of actions) expect((await server.post(action)).status).toBe(200)
    await server.kill()

    const path = join(server.folder, 'log.db')
    const after = (damage: string): StoredLog => {
      const database = new DatabaseSync(path)
      database.exec(damage)
      database.close()
      return new StoredLog(path, models)
    }
    const whole = after('SELECT 1')
    const { integrity, doubled, wrongRecords, disorder, eventCount } = whole
    expect({ integrity, doubled, wrongRecords, disorder, eventCount }).toEqual({
      integrity: 'ok',
      doubled: [],
      wrongRecords: [],
      disorder: [],
      eventCount: 6,
    })
    expect(whole.stateOf('stock', 'shared')).toEqual({ levels: { tea: 7 } })

    const wrong = after(`UPDATE _records SET state = '{"levels":{}}' WHERE state LIKE '{"levels"%'`)
    expect(wrong.wrongRecords).toEqual([expect.stringMatching(/^stock\/shared@/)])
    const torn = after('DELETE FROM _events WHERE seq = 6')
    expect(torn.disorder).toContainEqual(expect.stringMatching(/ is in 1 of its 2 streams$/))
    const again = after(`
      INSERT INTO _events (seq, stream, version, actor, received_at, lane, n, id, action, shape, age)
      SELECT 7, stream, 6, actor, received_at, lane, n, id, action, shape, age FROM _events WHERE seq = 3`)
    expect(again.doubled).toHaveLength(1)
    expect(again.disorder).toContainEqual(expect.stringMatching(/^order\/1: version 6 follows \d$/))
  })
})
