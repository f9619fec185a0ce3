import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { answerCalls } from '../answering.ts'
import { ActionTexts, writerName } from '../loads/action-texts.ts'
import type { Values } from '../measurement.ts'

/* How many actions a second SQLite itself takes, in one table, as durably as Foldback has it. */

/** Half of what 20 clients with 50 each have on their way: the others are being folded meanwhile. */
const actionsPerTransaction = 500

answerCalls({
  run({ folder, seconds }: { readonly folder: string; readonly seconds: number }): Values {
    const database = new DatabaseSync(join(folder, 'log.db'))
    database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, action TEXT NOT NULL)`)
    const insert = database.prepare('INSERT INTO events (action) VALUES (?)')
    const texts = new ActionTexts(writerName(0))
    let count = 0
    const began = performance.now()
    const elapsed = () => (performance.now() - began) / 1_000
    while (elapsed() < seconds) {
      database.exec('BEGIN')
      for (let left = actionsPerTransaction; left > 0; left--) insert.run(texts.next())
      database.exec('COMMIT')
      count += actionsPerTransaction
    }
    const perSecond = count / elapsed()
    database.close()
    return { perSecond }
  },
})
