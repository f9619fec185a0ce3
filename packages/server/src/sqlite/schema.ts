/*
 * What the file holds. Text that repeats (models, stream ids, actors, lanes) is kept once and named by integers in
 * the events: half the work and two thirds of the bytes of text ids.
 *
 * Tables begin with `_`, which a model's name cannot: the views named after models never meet them.
 */

/** "Fold": tells our files from other programs' databases. */
export const applicationId = 0x46_6f_6c_64

/** `user_version` of the file: rises with each change of the tables. */
export const schemaVersion = 3

const shapes = `
CREATE TABLE _shapes (id INTEGER PRIMARY KEY, head TEXT NOT NULL, tail TEXT NOT NULL, UNIQUE (head, tail));
`

const streams = `
CREATE TABLE _streams (
  id INTEGER PRIMARY KEY,
  model INTEGER NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (model, name)
);
`

const records = `
CREATE TABLE _records (
  stream INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  model_version INTEGER NOT NULL,
  state TEXT NOT NULL
) WITHOUT ROWID;
`

/*
 * `_log.seq` is the last position given out: a counter of its own, so that a position is never given twice, even
 * when the last event is deleted. `_log.generation` names the writer: see writer.ts. `_log.commits` rises with each
 * commit and stays below 2^48: see wal-check.ts, which also knows where the table's only row lies.
 *
 * `_lanes.id` is AUTOINCREMENT because lanes expire: an old event never becomes one of a new lane's.
 *
 * A stream's last version and its position are those at the end of its part of `_events_by_stream`: a row that would
 * change with each event would be one more page for each to write.
 *
 * `_records` is WITHOUT ROWID because of where SQLite then keeps a large row: but for its first bytes on pages of its
 * own. In other tables a record that grows leaves half-empty pages behind, 40% of them all.
 *
 * `_events.action` is the action's text, or, where `shape` names one, what is left of it without that shape and what
 * the row says anyhow: see action-parts.ts. `age` is then how many milliseconds before `received_at` the action was
 * dispatched. `_events.id` is null where the text is whole and has the same id as its meta.foldback.id.
 */
export const tables = `
CREATE TABLE _log (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  generation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  commits INTEGER NOT NULL
);
INSERT INTO _log (one, generation, seq, commits) VALUES (1, 0, 0, 0);

CREATE TABLE _models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);

CREATE TABLE _actors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE _lanes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  actor INTEGER NOT NULL,
  n INTEGER NOT NULL,
  moved_at INTEGER NOT NULL
);
CREATE INDEX _keyed_lanes ON _lanes (moved_at) WHERE instr(name, ':') > 0;

${streams}
CREATE TABLE _events (
  seq INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  version INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  lane INTEGER,
  n INTEGER,
  id TEXT,
  action TEXT NOT NULL,
  shape INTEGER,
  age INTEGER
);
CREATE UNIQUE INDEX _events_by_stream ON _events (stream, version);

${records}
CREATE TABLE _outcomes (
  lane INTEGER NOT NULL,
  n INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (lane, n)
) WITHOUT ROWID;
${shapes}`

/**
 * Names the history of the log, in a table of its own that a copy is without: whoever opens a copy begins another one,
 * because the two go different ways from there on. Text, 32 hexadecimal digits.
 */
export const beginHistory = `
CREATE TABLE IF NOT EXISTS _history (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
INSERT OR IGNORE INTO _history (one, id) VALUES (1, lower(hex(randomblob(16))));
`

export const endHistory = 'DROP TABLE IF EXISTS _history'

/** What brings a file of each older version to the next one. */
export const upgrades: { readonly [version: number]: string } = {
  1: 'ALTER TABLE _log ADD COLUMN commits INTEGER NOT NULL DEFAULT 0',
  2: `
    ALTER TABLE _events ADD COLUMN shape INTEGER; ALTER TABLE _events ADD COLUMN age INTEGER; ${shapes}
    CREATE TEMP TABLE older_records AS SELECT * FROM _records; DROP TABLE _records; ${records}
    INSERT INTO _records SELECT * FROM older_records; DROP TABLE older_records;
    CREATE TEMP TABLE older_streams AS SELECT id, model, name FROM _streams; DROP TABLE _streams; ${streams}
    INSERT INTO _streams SELECT * FROM older_streams; DROP TABLE older_streams`,
}

/** The version of the last event of the stream in row `s`; 0 where it has none, which only damage does. */
export const lastVersion = '(SELECT coalesce(max(e.version), 0) FROM _events e WHERE e.stream = s.id)'

/** The id of the event in row `e`, wherever it is kept. */
export const eventId = `coalesce(e.id, e.action ->> '$.meta.foldback.id')`

/** The whole text of the action in row `e`, whose shape is in row `h`, if it has one, and its actor in row `a`. */
export const actionText = `CASE WHEN e.shape IS NULL THEN e.action ELSE
    h.head || e.action || ',"meta":{"foldback":{"id":"' || e.id || '","at":' || (e.received_at - e.age) ||
    ',"actor":"' || a.name || '"' || h.tail END`

/** Joins what `actionText` needs to row `e`. */
export const withActionText = 'JOIN _actors a ON a.id = e.actor LEFT JOIN _shapes h ON h.id = e.shape'
