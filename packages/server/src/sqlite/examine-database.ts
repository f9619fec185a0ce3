import type { DatabaseSync } from 'node:sqlite'
import { FoldbackError } from '@foldback/core'
import type { StoreTip } from '@foldback/engine'
import { ReadStatements } from './read-statements.ts'
import { lastVersion } from './schema.ts'

/** What is in a database that is whole. */
export interface Contents {
  readonly eventCount: number
  readonly streamCount: number
  /** The last position in its log; seq 0 and an empty id when it is empty. */
  readonly tip: StoreTip
}

/** What must hold between the tables, as queries that find the rows for which it does not. */
const rules = [
  {
    fault: 'streams without all of their events',
    sql: `SELECT count(*) AS count FROM _streams s
      WHERE (SELECT count(*) = max(e.version) FROM _events e WHERE e.stream = s.id) IS NOT TRUE`,
  },
  {
    fault: 'positions without their event',
    sql: 'SELECT seq - (SELECT count(*) FROM _events) AS count FROM _log',
  },
  {
    fault: 'events of no stream',
    sql: 'SELECT count(*) AS count FROM _events e WHERE NOT EXISTS (SELECT 1 FROM _streams s WHERE s.id = e.stream)',
  },
  {
    fault: 'positions given out twice',
    sql: 'SELECT count(*) AS count FROM _log l WHERE l.seq < (SELECT coalesce(max(seq), 0) FROM _events)',
  },
  {
    fault: 'events above the mark of their lane',
    sql: 'SELECT count(*) AS count FROM _events e JOIN _lanes l ON l.id = e.lane WHERE e.n > l.n',
  },
  {
    fault: 'events without the rest of their action',
    sql: `SELECT count(*) AS count FROM _events e
      WHERE e.shape IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _shapes h WHERE h.id = e.shape)`,
  },
  {
    fault: 'records ahead of their streams',
    sql: `SELECT count(*) AS count FROM _records r JOIN _streams s ON s.id = r.stream WHERE r.version > ${lastVersion}`,
  },
]

/**
 * Looks at every page and every row of a database, as of one moment.
 * @throws FoldbackError `database-damaged`, with what is wrong.
 */
export function examineDatabase(database: DatabaseSync): Contents {
  const checks = database.prepare('PRAGMA integrity_check(10)').all()
  const faults = checks.map(({ integrity_check: text }) => String(text)).filter((text) => text !== 'ok')
  if (faults.length > 0) throw new FoldbackError('database-damaged', faults.join('; '))
  for (const { fault, sql } of rules) {
    const found = countOf(database, sql)
    if (found > 0) throw new FoldbackError('database-damaged', `${fault}: ${found}`)
  }
  const tip = new ReadStatements(database).selectTip.get() as StoreTip | undefined
  return {
    eventCount: countOf(database, 'SELECT count(*) AS count FROM _events'),
    streamCount: countOf(database, 'SELECT count(*) AS count FROM _streams'),
    tip: tip ?? { seq: 0, id: '' },
  }
}

function countOf(database: DatabaseSync, sql: string): number {
  return Number(database.prepare(sql).get()?.['count'])
}
