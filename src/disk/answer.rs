//! Answers the questions of the local workspace, in batches, from a connection
//! that only reads. Knows SQL and batches, no thread and no file.

use rusqlite::{Connection, params};

use super::columns::get_id;
use super::fault::Trouble;
use super::load::{self, Scope};
use crate::model::exchange::{Batch, Cursor, Query};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};

/// Goals in one batch: small enough that the screen goes on between two, and that
/// those under way take little memory.
const BATCH: usize = 500;
/// Goals in the first batch of a long answer, so that something stands soon.
const FIRST_BATCH: usize = 200;
/// Most overdue goals, and newest unread lines, in a glance.
const GLANCE: u32 = 200;

/// Takes batches; says false when nobody wants more.
pub type Hand<'a> = &'a mut dyn FnMut(Batch) -> bool;

/// Answers one question for one person.
pub fn answer(
    rows: &Connection,
    query: &Query,
    me: &PersonId,
    hand: Hand<'_>,
) -> Result<(), Trouble> {
    // One transaction: all batches of an answer tell of the same moment.
    let rows = rows.unchecked_transaction()?;
    match query {
        Query::Glance => glance(&rows, me, hand),
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

fn glance(rows: &Connection, me: &PersonId, hand: Hand<'_>) -> Result<(), Trouble> {
    let notifications = load::notifications(
        rows,
        "person = ?1 AND read = 0 AND done = 0 ORDER BY at DESC LIMIT ?2",
        params![me.as_str(), GLANCE],
    )?;
    let mut wanted = numbers(
        rows,
        "SELECT n FROM goals WHERE champion = ?1 AND closed_at IS NULL AND cadence <> 'none' \
         ORDER BY next_due LIMIT ?2",
        params![me.as_str(), GLANCE],
    )?;
    wanted.extend(numbers(
        rows,
        "SELECT DISTINCT goal FROM check_ins WHERE waits_for = ?1",
        [me.as_str()],
    )?);
    for line in &notifications {
        if let Some(goal) = &line.goal {
            wanted.extend(load::number_of(rows, goal)?);
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut batch = Batch {
        people: load::people(rows, -1)?,
        notifications,
        me: Some(me.clone()),
        ..Batch::default()
    };
    load::goals(rows, Scope::Numbers(&wanted), |_, goal| {
        batch.goals.push(goal);
        true
    })?;
    hand(batch);
    Ok(())
}

fn all(rows: &Connection, me: &PersonId, hand: Hand<'_>) -> Result<(), Trouble> {
    let first = Batch {
        people: load::people(rows, -1)?,
        me: Some(me.clone()),
        ..Batch::default()
    };
    let Some(mut last) = in_batches(rows, Scope::All, first, hand)? else {
        return Ok(());
    };
    last.notifications = load::notifications(rows, "person = ?1 ORDER BY n", [me.as_str()])?;
    last.full = true;
    last.cursor = Some(cursor(rows)?);
    hand(last);
    Ok(())
}

fn since(rows: &Connection, after: i64, me: &PersonId, hand: Hand<'_>) -> Result<(), Trouble> {
    let changed = numbers(
        rows,
        "SELECT n FROM goals WHERE rev > ?1 ORDER BY n",
        [after],
    )?;
    let first = Batch {
        people: load::people(rows, after)?,
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
        "person = ?1 AND rev > ?2 ORDER BY n",
        params![me.as_str(), after],
    )?;
    last.cursor = Some(cursor(rows)?);
    hand(last);
    Ok(())
}

fn goal(rows: &Connection, id: &GoalId, hand: Hand<'_>) -> Result<(), Trouble> {
    let mut batch = Batch::default();
    match load::goal_by_id(rows, id)? {
        Some((_, goal)) => batch.goals.push(goal),
        None => batch.gone.push(id.clone()),
    }
    hand(batch);
    Ok(())
}

/// Everything, also other people's inboxes: for export.
pub fn everything(rows: &Connection, hand: Hand<'_>) -> Result<(), Trouble> {
    let rows = rows.unchecked_transaction()?;
    let first = Batch {
        people: load::people(&rows, -1)?,
        ..Batch::default()
    };
    let Some(mut last) = in_batches(&rows, Scope::All, first, hand)? else {
        return Ok(());
    };
    last.notifications = load::notifications(&rows, "1 ORDER BY n", [])?;
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
