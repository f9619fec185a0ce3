import type { DatabaseSync } from 'node:sqlite'
import { actionText, eventId, lastVersion, withActionText } from './schema.ts'

/*
 * For each model two views, to be read by people and by analysis: `<model>_events`, its log, and `<model>`, its
 * records as they were last kept (a busy stream's record may trail its log: compare the two versions).
 */

export interface NumberedModel {
  readonly id: number
  readonly name: string
}

export interface View {
  readonly name: string
  readonly sql: string
}

/** Tells our views from those that people made: ours may be replaced. SQLite keeps the comment with the view. */
const ours = '/* Made by Foldback, and made again when it starts. */'

/** Makes the views of these models, where they are not there already or not like this. */
export function makeViews(database: DatabaseSync, models: readonly NumberedModel[]): void {
  const present = database.prepare('SELECT name, type, sql FROM sqlite_schema WHERE name IS NOT NULL').all()
  const isOurs = (row: Record<string, unknown>) => row['type'] === 'view' && String(row['sql']).includes(ours)
  const taken = present.filter((row) => !isOurs(row)).map((row) => String(row['name']))
  const before = new Map(present.filter(isOurs).map((row) => [String(row['name']).toLowerCase(), row['sql']]))
  for (const { name, sql } of viewsOf(models, taken)) {
    const old = before.get(name.toLowerCase())
    if (old === sql) continue
    if (old !== undefined) database.exec(`DROP VIEW ${quoted(name)}`)
    database.exec(sql)
  }
}

/** The views of these models. `taken` are names that something else has. */
export function viewsOf(models: readonly NumberedModel[], taken: readonly string[]): readonly View[] {
  const names = new Set(taken.map((name) => name.toLowerCase()))
  const records = models.map((model) => recordsView(freeName(model.name, names), model.id))
  const events = models.map((model) => eventsView(freeName(`${model.name}_events`, names), model.id))
  return [...records, ...events]
}

/** SQLite's names do not tell upper from lower case, and a model may be called like another one's events. */
function freeName(wanted: string, names: Set<string>): string {
  let name = /^sqlite_/i.test(wanted) ? `model_${wanted}` : wanted
  while (names.has(name.toLowerCase())) name += '_'
  names.add(name.toLowerCase())
  return name
}

function eventsView(name: string, model: number): View {
  return {
    name,
    sql: `CREATE VIEW ${quoted(name)} AS ${ours}
SELECT seq, stream, version, action ->> '$.type' AS type, actor,
  ${isoTime('received_at')} AS received_at, action -> '$.payload' AS payload, action, id
FROM (SELECT e.seq, s.name AS stream, e.version, a.name AS actor, e.received_at, ${actionText} AS action,
    ${eventId} AS id
  FROM _events e JOIN _streams s ON s.id = e.stream ${withActionText}
  WHERE s.model = ${model})`,
  }
}

function recordsView(name: string, model: number): View {
  return {
    name,
    sql: `CREATE VIEW ${quoted(name)} AS ${ours}
SELECT s.name AS id, r.version, r.state, ${isoTime('r.received_at')} AS updated_at,
  ${lastVersion} AS last_version, r.model_version
FROM _streams s JOIN _records r ON r.stream = s.id
WHERE s.model = ${model} AND r.state <> 'null'`,
  }
}

function isoTime(milliseconds: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%fZ', ${milliseconds} / 1000.0, 'unixepoch')`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
