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
