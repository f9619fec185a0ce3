/*
 * What the file holds. Text that repeats (models, stream ids, actors, lanes) is kept once and named by integers in
 * the events: half the work and two thirds of the bytes of text ids.
 *
 * Tables begin with `_`, which a model's name cannot: the views named after models never meet them.
 */

/** "Fold": tells our files from other programs' databases. */
export const applicationId = 0x46_6f_6c_64

/** `user_version` of the file: rises with each change of the tables. */
export const schemaVersion = 2

/*
 * `_log.seq` is the last position given out: a counter of its own, so that a position is never given twice, even
 * when the last event is deleted. `_log.generation` names the writer: see writer.ts. `_log.commits` rises with each
 * commit and stays below 2^48: see wal-check.ts, which also knows where the table's only row lies.
 *
 * `_lanes.id` is AUTOINCREMENT because lanes expire: an old event never becomes one of a new lane's.
 *
 * `_streams.version` and `.seq` are those of the stream's last event.
 *
 * `_events.id` is null when the action's text has the same id as its meta.foldback.id, which is nearly always.
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

CREATE TABLE _streams (
  id INTEGER PRIMARY KEY,
  model INTEGER NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  UNIQUE (model, name)
);

CREATE TABLE _events (
  seq INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  version INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  lane INTEGER,
  n INTEGER,
  id TEXT,
  action TEXT NOT NULL
);
CREATE UNIQUE INDEX _events_by_stream ON _events (stream, version);

CREATE TABLE _records (
  stream INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  model_version INTEGER NOT NULL,
  state TEXT NOT NULL
);

CREATE TABLE _outcomes (
  lane INTEGER NOT NULL,
  n INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (lane, n)
) WITHOUT ROWID;
`

/**
 * Names the history of the log, in a table of its own that a copy is without: whoever opens a copy begins another one,
 * because the two go different ways from there on. Text, 32 hexadecimal digits.
 */
export const beginHistory = `
CREATE TABLE IF NOT EXISTS _history (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
INSERT OR IGNORE INTO _history (one, id) VALUES (1, lower(hex(randomblob(16))));
`

export const endHistory = 'DROP TABLE IF EXISTS _history'

/** What makes a file of version 1 one of version 2. */
export const fromVersion1 = 'ALTER TABLE _log ADD COLUMN commits INTEGER NOT NULL DEFAULT 0'

/** The id of the event in row `e`, wherever it is kept. */
export const eventId = `coalesce(e.id, e.action ->> '$.meta.foldback.id')`
