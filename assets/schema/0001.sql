-- The store of goaldeck, format 1. Moments are UTC (RFC 3339), days are
-- YYYY-MM-DD, flags are 0 or 1. Readings: 1.5 (REAL), 0/1 (INTEGER, no or yes),
-- '101' (TEXT, ticks in order). `goal` in child tables is goals.n, `check_in`
-- is the check-in's place in its goal. `rev` is the store's revision at the
-- last change of a row.

CREATE TABLE meta (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  store    TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  made_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
) STRICT;
INSERT INTO meta (one, store) VALUES (1, lower(hex(randomblob(8))));

CREATE TABLE people (
  id      TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  name    TEXT NOT NULL,
  handle  TEXT NOT NULL DEFAULT '',
  rev     INTEGER NOT NULL
) STRICT;
CREATE INDEX people_rev ON people (rev);

CREATE TABLE goals (
  n                 INTEGER PRIMARY KEY,
  id                TEXT NOT NULL UNIQUE,
  rev               INTEGER NOT NULL,
  account           TEXT NOT NULL,
  parent            TEXT,
  name              TEXT NOT NULL,
  description       TEXT NOT NULL DEFAULT '',
  space             TEXT NOT NULL DEFAULT '',
  champion          TEXT,
  reviewer          TEXT,
  reviewer_since    TEXT,
  start             TEXT,
  due               TEXT,
  cadence           TEXT NOT NULL DEFAULT 'none',
  next_check_in     TEXT,
  next_due          TEXT,
  status            TEXT NOT NULL CHECK (status IN ('on_track', 'at_risk',
                      'off_track', 'not_started', 'paused', 'achieved', 'missed')),
  status_word       TEXT,
  closed_at         TEXT,
  closed_score      REAL,
  aspirational      INTEGER NOT NULL DEFAULT 0 CHECK (aspirational IN (0, 1)),
  weight            REAL NOT NULL DEFAULT 1,
  provider_progress REAL,
  link              TEXT NOT NULL DEFAULT '',
  tags              TEXT CHECK (tags IS NULL OR json_valid(tags)),
  position          INTEGER NOT NULL DEFAULT 0,
  created_at        TEXT NOT NULL,
  updated_at        TEXT NOT NULL
) STRICT;
CREATE INDEX goals_rev ON goals (rev);
CREATE INDEX goals_parent ON goals (parent) WHERE parent IS NOT NULL;
CREATE INDEX goals_due ON goals (champion, next_due)
  WHERE closed_at IS NULL AND cadence <> 'none';

CREATE TABLE gone (
  id  TEXT NOT NULL PRIMARY KEY,
  rev INTEGER NOT NULL
) STRICT;
CREATE INDEX gone_rev ON gone (rev);

CREATE TABLE key_results (
  goal    INTEGER NOT NULL REFERENCES goals (n) ON DELETE CASCADE,
  place   INTEGER NOT NULL CHECK (place >= 0),
  id      TEXT NOT NULL,
  name    TEXT NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('number', 'percent', 'currency', 'yes_no',
            'checklist', 'milestones', 'zones', 'baseline', 'guardrail')),
  shape   TEXT CHECK (shape IS NULL OR json_valid(shape)),
  unit    TEXT NOT NULL DEFAULT '',
  start   REAL NOT NULL DEFAULT 0,
  target  REAL,
  current ANY,
  weight  REAL NOT NULL DEFAULT 1,
  falling INTEGER NOT NULL DEFAULT 0 CHECK (falling IN (0, 1)),
  phases  TEXT CHECK (phases IS NULL OR json_valid(phases)),
  sum_of  TEXT CHECK (sum_of IS NULL OR json_valid(sum_of)),
  status  TEXT,
  PRIMARY KEY (goal, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE check_ins (
  goal            INTEGER NOT NULL REFERENCES goals (n) ON DELETE CASCADE,
  place           INTEGER NOT NULL CHECK (place >= 0),
  id              TEXT NOT NULL,
  occasion        TEXT NOT NULL CHECK (occasion IN ('regular', 'closing', 'reopening')),
  author          TEXT NOT NULL,
  at              TEXT NOT NULL,
  status          TEXT,
  note            TEXT NOT NULL DEFAULT '',
  confidence      INTEGER,
  score           REAL,
  due_moved       INTEGER NOT NULL DEFAULT 0 CHECK (due_moved IN (0, 1)),
  due_from        TEXT,
  due_to          TEXT,
  acknowledged_by TEXT,
  acknowledged_at TEXT,
  waits_for       TEXT,
  PRIMARY KEY (goal, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX check_ins_waiting ON check_ins (waits_for) WHERE waits_for IS NOT NULL;

CREATE TABLE check_in_values (
  goal     INTEGER NOT NULL,
  check_in INTEGER NOT NULL,
  place    INTEGER NOT NULL,
  result   TEXT NOT NULL,
  before   ANY,
  now      ANY NOT NULL,
  PRIMARY KEY (goal, check_in, place),
  FOREIGN KEY (goal, check_in) REFERENCES check_ins (goal, place) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
  goal     INTEGER NOT NULL,
  check_in INTEGER NOT NULL,
  place    INTEGER NOT NULL,
  person   TEXT NOT NULL,
  sign     TEXT NOT NULL,
  PRIMARY KEY (goal, check_in, place),
  FOREIGN KEY (goal, check_in) REFERENCES check_ins (goal, place) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- check_in is empty for a remark on the goal itself.
CREATE TABLE comments (
  n        INTEGER PRIMARY KEY,
  goal     INTEGER NOT NULL REFERENCES goals (n) ON DELETE CASCADE,
  check_in INTEGER,
  place    INTEGER NOT NULL,
  id       TEXT NOT NULL,
  author   TEXT NOT NULL,
  at       TEXT NOT NULL,
  text     TEXT NOT NULL,
  FOREIGN KEY (goal, check_in) REFERENCES check_ins (goal, place) ON DELETE CASCADE
) STRICT;
CREATE INDEX comments_place ON comments (goal, check_in, place);

CREATE TABLE notifications (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  rev      INTEGER NOT NULL,
  account  TEXT NOT NULL,
  person   TEXT NOT NULL,
  at       TEXT NOT NULL,
  reason   TEXT NOT NULL,
  actor    TEXT,
  goal     TEXT,
  check_in TEXT,
  comment  TEXT,
  text     TEXT NOT NULL,
  read     INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
  done     INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
) STRICT;
CREATE INDEX notifications_rev ON notifications (rev);
CREATE INDEX notifications_person ON notifications (person);
CREATE INDEX notifications_unread ON notifications (person, at) WHERE read = 0 AND done = 0;

-- Writes carried out here, by the id of their outbox entry: each once.
CREATE TABLE applied (
  entry TEXT NOT NULL PRIMARY KEY,
  at    TEXT NOT NULL,
  goals TEXT NOT NULL CHECK (json_valid(goals)),
  undo  TEXT CHECK (undo IS NULL OR json_valid(undo))
) STRICT;

CREATE TABLE drafts (
  key      TEXT NOT NULL PRIMARY KEY CHECK (json_valid(key)),
  goal     TEXT,
  form     TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  writer   TEXT NOT NULL,
  draft    TEXT NOT NULL CHECK (json_valid(draft))
) STRICT;

CREATE TABLE outbox (
  id       TEXT NOT NULL PRIMARY KEY,
  seq      INTEGER NOT NULL,
  account  TEXT NOT NULL,
  kind     TEXT NOT NULL,
  goal     TEXT,
  state    TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'unknown',
             'sent', 'refused')),
  attempts INTEGER NOT NULL DEFAULT 0,
  entry    TEXT NOT NULL CHECK (json_valid(entry))
) STRICT;
CREATE INDEX outbox_seq ON outbox (seq);

CREATE TABLE outbox_log (
  n          INTEGER PRIMARY KEY,
  entry      TEXT NOT NULL,
  at         TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  from_state TEXT,
  to_state   TEXT NOT NULL,
  why        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER outbox_log_keeps BEFORE UPDATE ON outbox_log
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER outbox_log_stays BEFORE DELETE ON outbox_log
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;

-- What was thrown away, for 30 days.
CREATE TABLE bin (
  n    INTEGER PRIMARY KEY,
  at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  what TEXT NOT NULL CHECK (what IN ('entry', 'draft')),
  goal TEXT,
  text TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE TABLE marks (
  key  TEXT NOT NULL PRIMARY KEY,
  mark TEXT NOT NULL CHECK (json_valid(mark))
) STRICT;
