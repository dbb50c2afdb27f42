-- Format 2: facts of remote accounts are kept beside those of this machine, so
-- that the program starts with them; all of it may be thrown away.

ALTER TABLE goals ADD COLUMN nature TEXT NOT NULL DEFAULT 'goal'
  CHECK (nature IN ('goal', 'project'));
-- Since when the provider does not show it any more.
ALTER TABLE goals ADD COLUMN gone TEXT;
