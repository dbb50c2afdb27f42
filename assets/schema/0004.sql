-- Format 4: how goals were. Before a goal changes in a way that its check-ins do
-- not tell, the way it was until then is kept: once a goal and day, the first
-- change of the day. Two years of it stay.

-- `until` is when the change was found, to the millisecond, so that text sorts as
-- time does. `was` is the goal without its words; none where it was not there.
CREATE TABLE past (
  n       INTEGER PRIMARY KEY,
  goal    TEXT NOT NULL,
  account TEXT NOT NULL,
  until   TEXT NOT NULL,
  was     TEXT CHECK (was IS NULL OR json_valid(was))
) STRICT;
CREATE INDEX past_goal ON past (goal, until);
CREATE INDEX past_until ON past (until);

-- Since when it is kept; the program writes it.
ALTER TABLE meta ADD COLUMN past_since TEXT;

-- What waits for somebody at a remote account is found by indexes, also where the
-- account and not the goal has a cadence, where only a key result is theirs, where
-- plans are approved and where there is no inbox: a line for a prompt must not cost
-- what the store holds.

-- Goals without a day of their own for the next check-in.
CREATE INDEX IF NOT EXISTS goals_undated ON goals (champion)
  WHERE closed_at IS NULL AND cadence = 'none' AND next_due IS NULL;
CREATE INDEX IF NOT EXISTS goals_reviewed ON goals (reviewer) WHERE reviewer IS NOT NULL;
-- Plans that wait for approval.
CREATE INDEX IF NOT EXISTS goals_in_review ON goals (n)
  WHERE approval ->> 'stage' = 'in_review' AND closed_at IS NULL;
CREATE INDEX IF NOT EXISTS key_results_owned ON key_results (particulars ->> 'owner')
  WHERE particulars IS NOT NULL;
-- Who wrote in a thread, and comments that name somebody.
CREATE INDEX IF NOT EXISTS comments_author ON comments (author);
CREATE INDEX IF NOT EXISTS comments_naming ON comments (at) WHERE instr(text, '@') > 0;
