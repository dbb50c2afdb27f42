-- Format 2: facts of remote accounts are kept beside those of this machine, so
-- that the program starts with them; all of it may be thrown away.
--
-- Section 0 is what this machine keeps for good; every remote account has a
-- section of its own. Goals are numbered by section (n = section * 2^32 + …), so
-- that what hangs on them is found by a range.

-- No CHECK on new columns: adding one reads the whole table, which a damaged
-- store that is being saved may not stand.
ALTER TABLE goals ADD COLUMN nature TEXT NOT NULL DEFAULT 'goal';
-- Since when the provider does not show it any more.
ALTER TABLE goals ADD COLUMN gone TEXT;
-- On whom a check-in waits where the provider says so: a person, or nobody ('').
ALTER TABLE check_ins ADD COLUMN waits_told TEXT;
ALTER TABLE people ADD COLUMN section INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notifications ADD COLUMN section INTEGER NOT NULL DEFAULT 0;
-- Goals whose provider names the next check-in and no cadence.
CREATE INDEX goals_asked ON goals (champion, next_due)
  WHERE closed_at IS NULL AND cadence = 'none' AND next_due IS NOT NULL;

-- Remote accounts whose facts are kept. Another origin or another person: other
-- facts.
CREATE TABLE accounts (
  section   INTEGER PRIMARY KEY CHECK (section BETWEEN 1 AND 2147483647),
  account   TEXT NOT NULL UNIQUE,
  origin    TEXT NOT NULL,
  me        TEXT,
  synced_at TEXT,
  cursor    TEXT,
  may_write INTEGER CHECK (may_write IN (0, 1))
) STRICT;

-- What providers themselves remember of an account.
CREATE TABLE provider_notes (
  account TEXT NOT NULL,
  key     TEXT NOT NULL,
  value   TEXT NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
