-- Format 3: what some providers tell besides (approvals of goals, particulars of
-- key results), and what this machine keeps for good about things of remote
-- accounts because their provider has no place for it.

-- No CHECK on new columns, as in format 2.
ALTER TABLE goals ADD COLUMN approval TEXT;
ALTER TABLE key_results ADD COLUMN particulars TEXT;

-- Acknowledgements, comments, statuses and the like. Not part of what may be
-- thrown away: there is no other copy. `key` says what it is about; a row without
-- body says that it was taken back, for programs that know it from before. `rev` is
-- the store's revision at the last change of a row, `at` when that was.
CREATE TABLE kept_here (
  account TEXT NOT NULL,
  key     TEXT NOT NULL CHECK (json_valid(key)),
  rev     INTEGER NOT NULL,
  at      TEXT NOT NULL,
  body    TEXT CHECK (body IS NULL OR json_valid(body)),
  PRIMARY KEY (account, key)
) STRICT;
CREATE INDEX kept_here_rev ON kept_here (account, rev);
