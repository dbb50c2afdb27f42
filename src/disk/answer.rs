//! Answers questions about one section of the store, in batches, from a connection
//! that only reads: those of the local workspace in full, those about what is kept
//! of a remote account for `cache`. Knows SQL and batches, no thread and no file.

use rusqlite::{Connection, params};

use super::columns::get_id;
use super::fault::Trouble;
use super::load::{self, Scope, Section};
use crate::model::exchange::{Batch, Cursor, Query};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};
use crate::model::notification::Notification;

/// Goals in one batch: small enough that the screen goes on between two, and that
/// those under way take little memory.
const BATCH: usize = 500;
/// Goals in the first batch of a long answer, so that something stands soon.
const FIRST_BATCH: usize = 200;
/// Most overdue goals, and newest unread lines, in a glance.
const GLANCE: u32 = 200;

/// Takes batches; says false when nobody wants more.
pub type Hand<'a> = &'a mut dyn FnMut(Batch) -> bool;

/// Answers one question to the local workspace for one person.
pub fn answer(
    rows: &Connection,
    query: &Query,
    me: &PersonId,
    hand: Hand<'_>,
) -> Result<(), Trouble> {
    // One transaction: all batches of an answer tell of the same moment.
    let rows = rows.unchecked_transaction()?;
    match query {
        Query::Glance => {
            hand(glance(&rows, Section::HERE, me)?);
            Ok(())
        }
        Query::All => all(&rows, me, hand),
        Query::Since(cursor) => match revision_in(&rows, cursor)? {
            Some(after) => since(&rows, after, me, hand),
            None => all(&rows, me, hand),
        },
        Query::Goal(id) => goal(&rows, id, hand),
        // Everything kept here is in memory when somebody searches.
        Query::Search(_) => {
            hand(Batch::default());
            Ok(())
        }
    }
}

/// The revision a cursor stands for; none if it is of another store.
fn revision_in(rows: &Connection, cursor: &Cursor) -> rusqlite::Result<Option<i64>> {
    let (store, revision) = store_and_revision(rows)?;
    Ok(cursor
        .0
        .split_once(':')
        .filter(|(of, _)| *of == store)
        .and_then(|(_, after)| after.parse().ok())
        .filter(|after| (0..=revision).contains(after)))
}

fn store_and_revision(rows: &Connection) -> rusqlite::Result<(String, i64)> {
    rows.query_row("SELECT store, revision FROM meta", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

fn cursor(rows: &Connection) -> rusqlite::Result<Cursor> {
    let (store, revision) = store_and_revision(rows)?;
    Ok(Cursor(format!("{store}:{revision}")))
}

fn numbers(
    rows: &Connection,
    sql: &str,
    with: impl rusqlite::Params,
) -> rusqlite::Result<Vec<i64>> {
    let mut statement = rows.prepare_cached(sql)?;
    let found = statement.query_map(with, |row| row.get(0))?;
    found.collect()
}

/// What may wait for one person (`?1`) in a section whose goals are numbered from
/// `?3` to `?4`: goals of theirs that fall due, at most `?2` of them. In these words,
/// or SQLite does not take the indexes on what falls due; for the same reason there
/// is a + before numbers.
const DUE: [&str; 2] = [
    "SELECT n FROM goals WHERE champion = ?1 AND closed_at IS NULL AND cadence <> 'none' \
     AND +n BETWEEN ?3 AND ?4 AND gone IS NULL ORDER BY next_due LIMIT ?2",
    "SELECT n FROM goals WHERE champion = ?1 AND closed_at IS NULL AND cadence = 'none' \
     AND next_due IS NOT NULL AND +n BETWEEN ?3 AND ?4 AND gone IS NULL \
     ORDER BY next_due LIMIT ?2",
];

/// Goals with check-ins that wait for somebody (`?1`), numbered from `?2` to `?3`.
const WAITS: &str =
    "SELECT DISTINCT goal FROM check_ins WHERE waits_for = ?1 AND +goal BETWEEN ?2 AND ?3";

/// Goals of a remote account (numbered from `?2` to `?3`) of which something may
/// wait for somebody (`?1`) though no day and no inbox line tells: where the cadence
/// is the account's and not the goal's, where only a key result is theirs, plans they
/// may approve, and talk on goals they review, in threads they wrote in, or that
/// names somebody. All are few of many, and each has its index.
const ELSEWHERE: [&str; 6] = [
    "SELECT n FROM goals WHERE champion = ?1 AND closed_at IS NULL AND cadence = 'none' \
     AND next_due IS NULL AND +n BETWEEN ?2 AND ?3 AND gone IS NULL",
    "SELECT DISTINCT goal FROM key_results WHERE particulars IS NOT NULL \
     AND particulars ->> 'owner' = ?1 AND +goal BETWEEN ?2 AND ?3",
    "SELECT n FROM goals WHERE approval ->> 'stage' = 'in_review' AND closed_at IS NULL \
     AND n BETWEEN ?2 AND ?3 AND gone IS NULL AND (\
       EXISTS (SELECT 1 FROM json_each(approval, '$.reviewers') WHERE value = ?1) \
       OR approval ->> '$.reviewers[0]' IS NULL AND champion IS NOT ?1)",
    "SELECT n FROM goals WHERE reviewer = ?1 AND +n BETWEEN ?2 AND ?3 AND EXISTS \
     (SELECT 1 FROM comments WHERE goal = goals.n AND author <> ?1)",
    "SELECT DISTINCT goal FROM comments WHERE author = ?1 AND +goal BETWEEN ?2 AND ?3",
    "SELECT goal FROM comments WHERE instr(text, '@') > 0 AND author <> ?1 \
     AND +goal BETWEEN ?2 AND ?3 ORDER BY at DESC LIMIT 200",
];

/// What waits for one person in a section.
pub fn glance(rows: &Connection, section: Section, me: &PersonId) -> Result<Batch, Trouble> {
    let notifications = load::notifications(
        rows,
        "person = ?1 AND read = 0 AND done = 0 AND section = ?3 ORDER BY at DESC LIMIT ?2",
        params![me.as_str(), GLANCE, section.0],
    )?;
    let (first, last) = (section.first(), section.last());
    let mut wanted = Vec::new();
    for due in DUE {
        let with = params![me.as_str(), GLANCE, first, last];
        wanted.extend(numbers(rows, due, with)?);
    }
    let elsewhere = ELSEWHERE.iter().filter(|_| section != Section::HERE);
    for waits in std::iter::once(&WAITS).chain(elsewhere) {
        wanted.extend(numbers(rows, waits, params![me.as_str(), first, last])?);
    }
    for line in &notifications {
        if let Some(goal) = &line.goal {
            wanted.extend(load::number_of(rows, section, goal)?);
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut batch = Batch {
        people: load::people(rows, section, -1)?,
        notifications,
        me: Some(me.clone()),
        ..Batch::default()
    };
    load::goals(rows, Scope::Numbers(&wanted), |_, goal| {
        batch.goals.push(goal);
        true
    })?;
    Ok(batch)
}

fn all(rows: &Connection, me: &PersonId, hand: Hand<'_>) -> Result<(), Trouble> {
    let Some(mut last) = whole(rows, Section::HERE, Some(me), hand)? else {
        return Ok(());
    };
    last.full = true;
    last.cursor = Some(cursor(rows)?);
    hand(last);
    Ok(())
}

/// Everything of a section that concerns one person, or of all people; the last
/// batch comes back unsent, or none if nobody listens any more.
pub fn whole(
    rows: &Connection,
    section: Section,
    me: Option<&PersonId>,
    hand: Hand<'_>,
) -> Result<Option<Batch>, Trouble> {
    let first = Batch {
        people: load::people(rows, section, -1)?,
        me: me.cloned(),
        ..Batch::default()
    };
    let Some(mut last) = in_batches(rows, Scope::Section(section), first, hand)? else {
        return Ok(None);
    };
    last.notifications = lines(rows, section, me)?;
    Ok(Some(last))
}

fn lines(
    rows: &Connection,
    section: Section,
    me: Option<&PersonId>,
) -> rusqlite::Result<Vec<Notification>> {
    match me {
        Some(me) => load::notifications(
            rows,
            "person = ?1 AND section = ?2 ORDER BY n",
            params![me.as_str(), section.0],
        ),
        None => load::notifications(rows, "section = ?1 ORDER BY n", [section.0]),
    }
}

fn since(rows: &Connection, after: i64, me: &PersonId, hand: Hand<'_>) -> Result<(), Trouble> {
    let changed = numbers(
        rows,
        "SELECT n FROM goals WHERE rev > ?1 AND +n <= ?2 ORDER BY n",
        [after, Section::HERE.last()],
    )?;
    let first = Batch {
        people: load::people(rows, Section::HERE, after)?,
        me: Some(me.clone()),
        ..Batch::default()
    };
    let Some(mut last) = in_batches(rows, Scope::Numbers(&changed), first, hand)? else {
        return Ok(());
    };
    let mut gone = rows.prepare_cached("SELECT id FROM gone WHERE rev > ?1")?;
    let gone = gone.query_map([after], |row| get_id::<GoalId>(row, 0))?;
    last.gone = gone.collect::<rusqlite::Result<_>>()?;
    last.notifications = load::notifications(
        rows,
        "person = ?1 AND rev > ?2 AND section = 0 ORDER BY n",
        params![me.as_str(), after],
    )?;
    last.cursor = Some(cursor(rows)?);
    hand(last);
    Ok(())
}

fn goal(rows: &Connection, id: &GoalId, hand: Hand<'_>) -> Result<(), Trouble> {
    let mut batch = Batch::default();
    match load::goal_by_id(rows, Section::HERE, id)? {
        Some((_, goal)) => batch.goals.push(goal),
        None => batch.gone.push(id.clone()),
    }
    hand(batch);
    Ok(())
}

/// Everything this machine keeps for good, also other people's inboxes: for export.
pub fn everything(rows: &Connection, hand: Hand<'_>) -> Result<(), Trouble> {
    let rows = rows.unchecked_transaction()?;
    let Some(mut last) = whole(&rows, Section::HERE, None, hand)? else {
        return Ok(());
    };
    last.full = true;
    hand(last);
    Ok(())
}

/// Hands goals on in batches that say that more follow; returns the last one
/// unsent, or none if nobody listens any more.
fn in_batches(
    rows: &Connection,
    scope: Scope<'_>,
    first: Batch,
    hand: Hand<'_>,
) -> Result<Option<Batch>, Trouble> {
    let (mut batch, mut limit, mut heard) = (first, FIRST_BATCH, true);
    load::goals(rows, scope, |_, goal: Goal| {
        if batch.goals.len() >= limit {
            let mut sent = std::mem::take(&mut batch);
            sent.more = true;
            heard = hand(sent);
            limit = BATCH;
            batch.goals.reserve(BATCH);
        }
        batch.goals.push(goal);
        heard
    })?;
    Ok(heard.then_some(batch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::format;

    /// The steps of a query as SQLite means to go them.
    fn plan(rows: &Connection, sql: &str) -> Vec<String> {
        let mut statement = rows.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let count = statement.parameter_count();
        let none = rusqlite::params_from_iter(std::iter::repeat_n(rusqlite::types::Null, count));
        let steps = statement.query_map(none, |row| row.get(3)).unwrap();
        steps.collect::<rusqlite::Result<_>>().unwrap()
    }

    /// What waits is found by indexes: no step goes through all goals.
    #[test]
    fn a_glance_reads_what_waits_and_not_what_there_is() {
        let rows = Connection::open_in_memory().unwrap();
        for step in format::STEPS {
            rows.execute_batch(step).unwrap();
        }
        for sql in DUE.iter().chain([&WAITS]).chain(&ELSEWHERE) {
            let plan = plan(&rows, sql);
            // Plans in review and comments that name somebody are few: all of the
            // index is what is wanted.
            let is_all = |step: &String| {
                step.starts_with("SCAN")
                    && !step.contains("comments_naming")
                    && !step.contains("json_each")
            };
            assert!(!plan.iter().any(is_all), "{sql}: {plan:?}");
            let is_in_key = |step: &String| step.contains("USING INTEGER PRIMARY KEY (rowid>");
            assert!(!plan.iter().any(is_in_key), "{sql}: {plan:?}");
        }
    }
}
